import * as z from 'zod'
import { postSettings } from '../../src/channel/post-settings.ts'
import { languageTag } from '../../src/domain/text.ts'

const url = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https:// or http://' })
const accessToken = z.string().min(1).meta({ secret: true })
const account = z.string().min(1).describe('Name of the account, as name@instance; by default the host of its instance')

export const mastodonSettings = z
  .strictObject({
    url: url.optional().describe('The instance: https://mastodon.social'),
    accessToken: accessToken
      .optional()
      .describe(
        'Access token with read:statuses, profile, write:statuses and write:media; without one, posts go to the outbox',
      ),
    account: account.optional(),
    accounts: z
      .array(z.strictObject({ url, accessToken, account: account.optional() }).readonly())
      .readonly()
      .optional()
      .describe('Several accounts, instead of url and accessToken; each posts everything'),
    maxCharacters: z
      .int()
      .min(1)
      .optional()
      .describe('Longest post in characters; by default what the instance says, else 500'),
    urlCharacters: z
      .int()
      .min(1)
      .optional()
      .describe('What a link counts, however long it is; by default what the instance says, else 23'),
    visibility: z
      .enum(['public', 'unlisted', 'private'])
      .default('public')
      .describe('Who sees the posts: everyone, everyone but not in public timelines, followers alone'),
    language: z
      .string()
      .refine((tag) => languageTag(tag) !== undefined, 'must be a language tag such as en or pt-BR')
      .optional()
      .describe('Language of the posts; by default the language of the publication'),
    contentWarning: z
      .string()
      .min(1)
      .optional()
      .describe('Shown instead of the text until a reader asks for it; takes the link card away'),
    pictures: z.boolean().default(false).describe("Attach the item's picture; takes the link card away"),
    timeoutSeconds: z.number().min(1).max(120).default(30).describe('How long one call may take'),
    ...postSettings,
  })
  .refine(({ url: instance, accessToken: token }) => token === undefined || instance !== undefined, {
    path: ['url'],
    error: 'url and accessToken (MASTODON_URL and MASTODON_ACCESS_TOKEN) go together; the url is missing',
  })
  .refine(({ url: instance, accessToken: token }) => instance === undefined || token !== undefined, {
    path: ['accessToken'],
    error: 'url and accessToken (MASTODON_URL and MASTODON_ACCESS_TOKEN) go together; the accessToken is missing',
  })
  .refine(({ accessToken: token, accounts }) => token === undefined || accounts === undefined, {
    path: ['accounts'],
    error: 'name either accounts, or one url and accessToken',
  })
  .refine(({ accounts = [] }) => new Set(accounts.map(nameOf)).size === accounts.length, {
    path: ['accounts'],
    error: 'two accounts have the same name: give each its own account, such as news@mastodon.social',
  })
  .readonly()
export type MastodonSettings = z.infer<typeof mastodonSettings>

/** One account with all that it takes to use it. `name` is in every key of what it posts, and never changes. */
export interface Account {
  readonly name: string
  readonly url: string
  readonly accessToken: string
}

/** Empty: posts go to the outbox. */
export function accountsOf(settings: MastodonSettings): Account[] {
  const { url: instance, accessToken: token, account: name, accounts } = settings
  const one =
    instance !== undefined && token !== undefined ? [{ url: instance, accessToken: token, account: name }] : []
  return (accounts ?? one).map((each) => ({
    url: each.url.replace(/\/+$/, ''),
    accessToken: each.accessToken,
    name: nameOf(each),
  }))
}

function nameOf({
  url: instance,
  account: name,
}: {
  readonly url: string
  readonly account?: string | undefined
}): string {
  return name?.replace(/^@/, '').toLowerCase() ?? (URL.canParse(instance) ? new URL(instance).host : instance)
}
