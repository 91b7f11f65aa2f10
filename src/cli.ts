import { parseArgs, type ParseArgsConfig } from 'node:util'

/** Options that every command takes. */
export interface CommonOptions {
  /** Config file; undefined: `groundwire.config.ts` (or `.js`, `.mjs`) in the working folder, if there is one. */
  readonly config: string | undefined
  readonly data: string | undefined
  readonly source: string | undefined
  readonly json: boolean
}

export type Command = CommonOptions &
  (
    | {
        readonly kind: 'run'
        readonly date: string | undefined
        readonly channels: readonly string[] | undefined
        readonly approve: boolean
        readonly now: boolean
        readonly dryRun: boolean
      }
    | { readonly kind: 'start'; readonly port: number | undefined }
    | { readonly kind: 'preview'; readonly date: string | undefined; readonly port: number | undefined }
    | { readonly kind: 'status'; readonly edition: string | undefined }
    | { readonly kind: 'migrate' }
  )

/** `usage` says what is wrong with the words of the call; the process then ends with 2. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string }

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  config: { type: 'string' },
  data: { type: 'string' },
  source: { type: 'string' },
  json: { type: 'boolean' },
  date: { type: 'string' },
  channels: { type: 'string' },
  approve: { type: 'boolean' },
  now: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  port: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

type Values = ReturnType<typeof parse>['values']

const COMMON = ['config', 'data', 'source', 'json']
const TAKES: Readonly<Record<Command['kind'], readonly string[]>> = {
  run: [...COMMON, 'date', 'channels', 'approve', 'now', 'dry-run'],
  start: [...COMMON, 'port'],
  preview: [...COMMON, 'date', 'port'],
  status: COMMON,
  migrate: COMMON,
}

/** Words after `groundwire` to a command. Pure; never throws. */
export function parseCommand(argv: readonly string[]): Parsed {
  try {
    const { values, positionals } = parse(argv)
    if (values.help || (argv.length === 0 && positionals.length === 0)) return { kind: 'help' }
    if (values.version) return { kind: 'version' }
    return readCommand(values, positionals)
  } catch (error) {
    return usage(error instanceof Error ? error.message.replace(/\. To specify a positional.*/s, '.') : String(error))
  }
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
}

function readCommand(values: Values, [name = '', ...rest]: readonly string[]): Parsed {
  if (name === 'help') return { kind: 'help' }
  if (!isCommand(name)) return usage(name === '' ? 'No command was given.' : `There is no command “${name}”.`)
  const foreign = Object.keys(values).find((option) => !TAKES[name].includes(option))
  if (foreign) return usage(`${name} does not take --${foreign}.`)
  const surplus = rest.at(name === 'status' ? 1 : 0)
  if (surplus !== undefined) return usage(`${name} does not know what to do with “${surplus}”.`)
  const empty = (['source', 'data', 'config'] as const).find((option) => values[option] === '')
  if (empty) return usage(`--${empty} needs a value.`)
  if (values.date !== undefined && !isDay(values.date))
    return usage(`--date ${values.date} is not a day; write it as 2026-06-29.`)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(/^\d+$/.test(values.port ?? '') && port <= 65535))
    return usage(`--port ${values.port} is not a port; use a whole number from 0 to 65535.`)
  const channels = values.channels?.split(/[\s,]+/).filter((id) => id !== '')
  if (channels?.length === 0) return usage('--channels names no channel; write it as --channels email,feeds.')
  return { kind: 'command', command: commandOf(name, values, rest, { port, channels }) }
}

function commandOf(
  kind: Command['kind'],
  values: Values,
  rest: readonly string[],
  { port, channels }: { readonly port: number | undefined; readonly channels: readonly string[] | undefined },
): Command {
  const { config, data, source, date } = values
  const common = { config, data, source, json: values.json ?? false }
  switch (kind) {
    case 'run':
      return {
        ...common,
        kind,
        date,
        channels,
        approve: values.approve ?? false,
        now: values.now ?? false,
        dryRun: values['dry-run'] ?? false,
      }
    case 'start':
      return { ...common, kind, port }
    case 'preview':
      return { ...common, kind, date, port }
    case 'status':
      return { ...common, kind, edition: rest[0] }
    case 'migrate':
      return { ...common, kind }
  }
}

function isCommand(name: string): name is Command['kind'] {
  return Object.hasOwn(TAKES, name)
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && (new Date(`${text}T00:00:00Z`).toJSON() ?? '').startsWith(text)
}

function usage(message: string): Parsed {
  return { kind: 'usage', message: `${message} See groundwire --help.` }
}

/** At most 80 columns. */
export const helpText = `groundwire: a publication's new items to its readers, each with its source.

  groundwire run       one pass, then exit: read the source, compose the day's
                       edition, deliver what is owed
      --date DAY         the edition of this day (2026-06-29); else today, or
                         the sample's latest day
      --channels a,b     only these now: email, feeds, bluesky, mastodon
      --approve          let the edition go without waiting for an editor
      --now              ignore spacing and quiet hours
      --dry-run          show the plan, write nothing
  groundwire start     the worker: schedules, feeds, health; desk one port up
      --port N           default 4750
  groundwire preview   look at an edition in the browser; nothing leaves
      --date DAY  --port N
  groundwire status [EDITION]    who got what, what is owed, what is unknown
  groundwire migrate   bring the store up to date

Every command takes
      --source PLACE     an llms-full.txt, a feed (file or address), or a folder
                         of Markdown
      --data DIR         where everything is kept, default .groundwire
      --config FILE      default groundwire.config.ts, if there is one
      --json             one JSON object on standard output
  -h, --help   -v, --version

Exit codes: 0 done (also: nothing to do), 1 something owed could not be
delivered or the source could not be read, 2 wrong use or configuration.
Without a configuration the bundled sample runs against a local outbox.
`
