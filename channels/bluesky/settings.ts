import * as z from 'zod'
import { postSettings } from '../../src/channel/post-settings.ts'
import { languageTag } from '../../src/domain/text.ts'

const language = z.string().refine((tag) => languageTag(tag) !== undefined, {
  error: 'must be a BCP 47 language tag such as "en" or "pt-BR"',
})
const service = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https:// or http://' })
const appPassword = z.string().min(1).meta({ secret: true })

export const blueskySettings = z
  .strictObject({
    service: service.default('https://bsky.social').describe('Where the account signs in: its PDS, or bsky.social'),
    identifier: z.string().min(1).optional().describe('Handle or DID of the account that posts'),
    appPassword: appPassword.optional().describe('App password of that account; without one, posts go to the outbox'),
    accounts: z
      .array(z.strictObject({ service: service.optional(), identifier: z.string().min(1), appPassword }).readonly())
      .readonly()
      .optional()
      .describe('Several accounts, instead of identifier and appPassword; each posts everything'),
    langs: z
      .array(language)
      .max(3)
      .readonly()
      .optional()
      .describe('Languages of the posts, at most three (BCP 47); by default the language of the publication'),
    pictures: z.boolean().default(true).describe("A picture on each link card: the item's, its page's, or a drawn one"),
    standardSite: z.boolean().default(false).describe('Also write site.standard records, for richer link cards'),
    timeoutSeconds: z.number().min(1).max(120).default(30).describe('How long one call may take'),
    ...postSettings,
  })
  .refine(({ identifier, appPassword: password }) => (identifier === undefined) === (password === undefined), {
    path: ['appPassword'],
    error:
      'identifier and appPassword (BLUESKY_IDENTIFIER and BLUESKY_APP_PASSWORD) go together; one of them is missing',
  })
  .refine(({ identifier, accounts }) => identifier === undefined || accounts === undefined, {
    path: ['accounts'],
    error: 'name either accounts, or one identifier and appPassword',
  })
  .refine(
    ({ accounts = [] }) => new Set(accounts.map(({ identifier }) => nameOf(identifier))).size === accounts.length,
    {
      path: ['accounts'],
      error: 'names the same account twice',
    },
  )
  .readonly()
export type BlueskySettings = z.infer<typeof blueskySettings>

/** One account with all that it takes to use it. `name` is in every key of what it posts, and never changes. */
export interface Account {
  readonly name: string
  readonly service: string
  readonly identifier: string
  readonly appPassword: string
}

/** Empty: posts go to the outbox. */
export function accountsOf({
  service: shared,
  identifier,
  appPassword: password,
  accounts,
}: BlueskySettings): Account[] {
  const one = identifier !== undefined && password !== undefined ? [{ identifier, appPassword: password }] : []
  const each: NonNullable<BlueskySettings['accounts']> = accounts ?? one
  return each.map((account) => ({
    name: nameOf(account.identifier),
    identifier: account.identifier.replace(/^@/, ''),
    service: account.service ?? shared,
    appPassword: account.appPassword,
  }))
}

function nameOf(identifier: string): string {
  return identifier.replace(/^@/, '').toLowerCase()
}
