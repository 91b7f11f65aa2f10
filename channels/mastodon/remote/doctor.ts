import * as z from 'zod'
import type { House } from '../../../src/channel.ts'
import type { Finding, Severity } from '../../../src/domain/finding.ts'
import type { Ports } from '../../../src/ports.ts'
import { type Account, accountsOf, type MastodonSettings } from '../settings.ts'
import { learn } from './instance.ts'
import { cleaned } from './judge.ts'
import { read, type Reader } from './read.ts'

type DoctorPorts = Pick<Ports, 'clock' | 'api' | 'notes'>

const accountSchema = z.object({
  id: z.string(),
  acct: z.string().catch(''),
  bot: z.boolean().optional().catch(undefined),
})
const appSchema = z.object({ scopes: z.array(z.string()).optional().catch(undefined) })

/** Any of these is enough for what it is for. */
const NEEDED: readonly (readonly string[])[] = [
  ['read', 'read:statuses'],
  ['write', 'write:statuses'],
]

/** Shows each account's token to its server and looks around, without posting. */
export async function diagnoseMastodon(
  settings: MastodonSettings,
  ports: DoctorPorts,
  house: House,
): Promise<Finding[]> {
  const accounts = accountsOf(settings)
  if (accounts.length === 0)
    return [
      finding(
        'note',
        'mastodon-outbox',
        'Posts for Mastodon are written to the outbox as files and do not leave.',
        'To post them, set MASTODON_URL and MASTODON_ACCESS_TOKEN.',
      ),
    ]
  const each = await Promise.all(accounts.map((account) => diagnoseAccount(account, settings, ports, house)))
  return each.flat()
}

async function diagnoseAccount(
  account: Account,
  settings: MastodonSettings,
  ports: DoctorPorts,
  house: House,
): Promise<Finding[]> {
  const { name, url, accessToken } = account
  const reader = { url, accessToken, timeoutMs: settings.timeoutSeconds * 1000 }
  const [limits, told] = await Promise.all([
    aboutServer(name, url, ports),
    read(reader, ports, '/api/v1/accounts/verify_credentials', accountSchema),
  ])
  if (told.kind !== 'told') {
    const isToken = told.kind === 'denied' || told.kind === 'refused'
    const advice = isToken
      ? 'Make a new access token there (Preferences, Development) and set MASTODON_ACCESS_TOKEN.'
      : 'Check MASTODON_URL, and that the server is up.'
    return [
      ...limits,
      finding('error', isToken ? 'mastodon-token' : 'mastodon-unreachable', `${name}: ${told.reason}.`, advice),
    ]
  }
  const handle = cleaned(told.data.acct.replaceAll('@', ' at '), accessToken).replace(' at ', '@')
  return [
    finding(
      'note',
      'mastodon-account',
      `${name}: the access token is good, and is for the account ${handle || told.data.id}.`,
    ),
    ...(await aboutScopes(name, reader, told.data.id, ports)),
    ...aboutBot(name, told.data.bot),
    ...limits,
    byline(handle, url, house),
  ]
}

async function aboutScopes(name: string, reader: Reader, id: string, ports: DoctorPorts): Promise<Finding[]> {
  const statuses = `/api/v1/accounts/${encodeURIComponent(id)}/statuses?limit=1`
  const [listed, app] = await Promise.all([
    read(reader, ports, statuses, z.array(z.unknown())),
    read(reader, ports, '/api/v1/apps/verify_credentials', appSchema),
  ])
  const advice =
    'Make a token with read:statuses, profile, write:statuses and write:media, and set MASTODON_ACCESS_TOKEN.'
  if (listed.kind !== 'told') {
    const message = `${name}: the account's posts cannot be read (${listed.reason}); without that nothing is posted, since nobody could tell what has left.`
    return [finding('error', 'mastodon-scope-read', message, advice)]
  }
  const scopes = app.kind === 'told' ? app.data.scopes : undefined
  if (!scopes) return []
  const missing = NEEDED.filter((any) => !any.some((scope) => scopes.includes(scope))).map((any) => any.at(-1))
  return missing.length === 0
    ? []
    : [
        finding(
          'error',
          'mastodon-scope',
          `${name}: the application of the access token lacks ${missing.join(' and ')}.`,
          advice,
        ),
      ]
}

function aboutBot(name: string, isBot: boolean | undefined): Finding[] {
  if (isBot !== false) return []
  const message = `${name}: the account does not say that it posts by itself.`
  return [finding('note', 'mastodon-bot', message, 'Mark it as automated in its profile; many servers ask for it.')]
}

async function aboutServer(name: string, url: string, ports: DoctorPorts): Promise<Finding[]> {
  const { protocol, hostname } = new URL(url)
  const limits = await aboutLimits(name, url, ports)
  if (protocol === 'https:' || /^(localhost|127\..*|\[::1\])$/.test(hostname)) return limits
  const message = `${name}: ${url} is not encrypted; the access token can be read on the way.`
  return [finding('warning', 'mastodon-no-tls', message, 'Let MASTODON_URL begin with https://.'), ...limits]
}

async function aboutLimits(name: string, url: string, ports: DoctorPorts): Promise<Finding[]> {
  const { instance, path, at } = await learn(name, url, ports)
  if (!instance) {
    const message = `${name}: the server does not say how long a post may be; 500 characters are taken for granted.`
    return [finding('warning', 'mastodon-limits', message, 'Set maxCharacters and urlCharacters if you know better.')]
  }
  const { maxCharacters, urlCharacters, maxDescription, version } = instance
  const said = `${name}: posts of ${maxCharacters} characters, ${urlCharacters} for a link, ${maxDescription} for a picture's description (${version || 'no version'}, asked ${at ?? 'before'}).`
  const old = `${name}: the server has no /api/v2/instance; its limits are those of the older address.`
  return [
    finding('note', 'mastodon-limits', said),
    ...(path === '/api/v1/instance' ? [finding('note', 'mastodon-v1', old)] : []),
  ]
}

function byline(handle: string, url: string, { publication }: House): Finding {
  const at = handle.includes('@') ? handle : `${handle}@${new URL(url).host}`
  const message = `Cards of ${publication.name} can name the account as their author.`
  return finding(
    'note',
    'mastodon-byline',
    message,
    `Put <meta name="fediverse:creator" content="@${at}"> on each article's page.`,
  )
}

function finding(severity: Severity, code: string, message: string, advice?: string): Finding {
  return { severity, code, message, ...(advice !== undefined && { advice }), channel: 'mastodon' }
}
