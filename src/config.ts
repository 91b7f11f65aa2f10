import * as z from 'zod'
import { languageTag } from './domain/text.ts'

const day = /^([01]\d|2[0-3]):[0-5]\d$/

/** True for a name that this machine's time zone data knows. */
function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

/** A regular expression with at least one group. */
function isPattern(text: string): boolean {
  try {
    return (new RegExp(`${text}|`).exec('')?.length ?? 0) > 1
  } catch {
    return false
  }
}

/** As it can stand in a header, with a path added to it: in ASCII, escaped, and without a slash at its end. */
const webAddress = z
  .url({ protocol: /^https?$/, abort: true, error: 'must be an address that begins with https:// or http://' })
  .refine((text) => !hasCredentials(text), 'must not hold a user name or password: everybody gets to see it')
  .refine((text) => !/[?#]/.test(text), 'must end with its path: no query (?) and no fragment (#)')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''))

function hasCredentials(text: string): boolean {
  const { username, password } = new URL(text)
  return username !== '' || password !== ''
}

const publicationSchema = z.strictObject({
  name: z.string().min(1).optional().describe('As readers know it; else the title that the source gives'),
  description: z.string().optional().describe('One sentence'),
  url: webAddress.optional().describe('Home page; else the origin of the items'),
  language: z
    .string()
    .refine((tag) => languageTag(tag) !== undefined, 'must be a language tag such as en or pt-BR')
    .optional(),
  zone: z.string().refine(isZone, 'must be a time zone such as Europe/Berlin').default('UTC'),
  address: z.string().default('').describe('Postal address for the foot of every mail'),
})

const sourceSchema = z.strictObject({
  location: z.string().min(1).describe('Address, file or folder'),
  kind: z.enum(['llms-full', 'feed', 'markdown']).optional().describe('Else told from what is there'),
  sourcePattern: z
    .string()
    .refine(isPattern, 'must be a regular expression with one group, such as Source: (\\S+)')
    .optional()
    .describe('Regular expression with one group that finds the primary source in a feed item'),
  section: z.string().optional().describe('Section of items that name none'),
  baseUrl: webAddress.optional().describe('What the slugs of a Markdown folder are added to'),
  allowPrivate: z.boolean().default(false).describe('Allow a source on this machine or a private network'),
  maxMegabytes: z.number().positive().max(1024).default(64),
  timeoutSeconds: z.number().positive().max(600).default(30),
})

const fileSchema = z.strictObject({
  publication: publicationSchema.prefault({}),
  source: sourceSchema.optional(),
  sections: z.array(z.string()).optional().describe('Sections whose dated items are news; else all'),
  edition: z
    .strictObject({
      stories: z.int().min(1).max(100).default(10).describe('Items with summary; the rest is a short list'),
      background: z.int().min(0).max(10).default(3).describe('Lessons that the items link to'),
    })
    .prefault({}),
  schedule: z
    .strictObject({
      at: z.string().regex(day, 'must be a time such as 07:00').default('07:00').describe("In the publication's zone"),
      lateHours: z.number().min(0.5).max(168).default(12).describe('An edition later than this is held for the editor'),
      pollMinutes: z.int().min(1).max(60).default(15),
      catchUpDays: z.int().min(0).max(14).default(3).describe('How late a missed edition is still made up for'),
    })
    .prefault({}),
  approval: z.enum(['auto', 'editor']).default('auto').describe('editor: an edition waits for run --approve'),
  data: z.string().min(1).default('.groundwire'),
  url: webAddress.optional().describe('Public address of what this worker serves'),
  secret: z.string().min(16, 'must have at least 16 characters').optional(),
  host: z.string().min(1).default('127.0.0.1').describe('Address that start listens on'),
  port: z.int().min(0).max(65535).default(4750),
  readers: z.array(z.email('must be an e-mail address')).optional().describe('First subscribers of an empty store'),
  channels: z
    .record(z.string(), z.union([z.literal(false), z.looseObject({})]))
    .prefault({})
    .describe('Settings by channel; false: off'),
})

/** What a config file may say; everything has a default. */
export type ConfigFile = z.input<typeof fileSchema>
/** The configuration after the file, the environment and the defaults were put together. */
export type Config = Omit<z.output<typeof fileSchema>, 'channels'> & {
  /** Only those that are on. Settings are of the channel's own type. */
  readonly channels: ReadonlyMap<string, unknown>
}

/** Gives a config file its types: `export default defineConfig({ ... })`. */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config
}

/** Every problem at once, each with its place, its value and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(where: string, problems: readonly string[]) {
    super(
      `${problems.length === 1 ? 'One problem' : `${problems.length} problems`} in ${where}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    )
    this.problems = problems
  }
}

/** Where each variable of the environment goes. */
const ENVIRONMENT: Readonly<Record<string, readonly string[]>> = {
  GROUNDWIRE_SOURCE: ['source', 'location'],
  GROUNDWIRE_DATA: ['data'],
  GROUNDWIRE_URL: ['url'],
  GROUNDWIRE_SECRET: ['secret'],
  EMAIL_FROM: ['channels', 'email', 'from'],
  RESEND_API_KEY: ['channels', 'email', 'resend', 'apiKey'],
  RESEND_BASE_URL: ['channels', 'email', 'resend', 'baseUrl'],
  RESEND_WEBHOOK_SECRET: ['channels', 'email', 'resend', 'webhookSecret'],
  SMTP_URL: ['channels', 'email', 'smtp', 'url'],
  BLUESKY_SERVICE: ['channels', 'bluesky', 'service'],
  BLUESKY_IDENTIFIER: ['channels', 'bluesky', 'identifier'],
  BLUESKY_APP_PASSWORD: ['channels', 'bluesky', 'appPassword'],
  MASTODON_URL: ['channels', 'mastodon', 'url'],
  MASTODON_ACCESS_TOKEN: ['channels', 'mastodon', 'accessToken'],
}

/**
 * File and environment to a configuration; the environment wins. Pure.
 *
 * @param file what the config file exports, not yet believed; undefined when there is none.
 * @param channels the settings schema of each channel that exists.
 * @throws ConfigError
 */
export function readConfig(
  file: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  channels: ReadonlyMap<string, z.ZodType>,
  where = 'the configuration',
): Config {
  const problems: string[] = []
  const input: unknown = withEnvironment(file ?? {}, environment)
  const parsed = fileSchema.safeParse(input)
  if (!parsed.success) problems.push(...explain(parsed.error, [], input))
  const given = z.object({ channels: z.record(z.string(), z.unknown()) }).safeParse(input).data?.channels ?? {}
  const settings = new Map<string, unknown>()
  for (const id of Object.keys(given))
    if (!channels.has(id))
      problems.push(`channels.${id}: there is no such channel; there are ${[...channels.keys()].join(', ')}`)
  for (const [id, schema] of channels) {
    if (given[id] === false) continue
    const read = schema.safeParse(given[id] ?? {})
    if (read.success) settings.set(id, read.data)
    else problems.push(...explain(read.error, ['channels', id], input))
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(where, problems)
  return { ...parsed.data, channels: settings }
}

function withEnvironment(file: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof file !== 'object' || file === null) return file
  let merged: Record<string, unknown> = { ...file }
  for (const [name, path] of Object.entries(ENVIRONMENT))
    if (environment[name]) merged = setAt(merged, path, environment[name])
  return merged
}

function setAt(
  target: Record<string, unknown>,
  [head = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...target, [head]: value }
  const inner = target[head]
  if (inner === false) return target
  const open = typeof inner === 'object' && inner !== null ? { ...inner } : {}
  return { ...target, [head]: setAt(open, rest, value) }
}

/** One line for each issue: place, what is wrong, and the value unless it is a secret or a reader's address. */
function explain(error: z.ZodError, prefix: readonly string[], input: unknown): string[] {
  return error.issues.map((issue) => {
    const path = [...prefix, ...issue.path.map(String)]
    const variable = Object.entries(ENVIRONMENT).find(([, place]) => place.join('.') === path.join('.'))?.[0]
    const place = `${path.join('.') || 'the file'}${variable ? ` (${variable})` : ''}`
    const value = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      input,
    )
    const shown =
      value === undefined ||
      typeof value === 'object' ||
      // An address with a user name, query or fragment may hold a password or a key.
      (typeof value === 'string' && /:.*[@?#]/s.test(value)) ||
      /secret|key|password|token|readers|accounts|smtp\.url|resend\.baseUrl/i.test(place)
        ? ''
        : ` (it is ${JSON.stringify(value)})`
    return `${place}: ${issue.message}${shown}`
  })
}
