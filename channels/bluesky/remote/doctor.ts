import type { Agent } from '@atproto/api'
import * as z from 'zod'
import type { House } from '../../../src/channel.ts'
import type { Finding, Severity } from '../../../src/domain/finding.ts'
import type { Ports } from '../../../src/ports.ts'
import { accountsOf, type Account, type BlueskySettings } from '../settings.ts'
import { classify } from './classify.ts'
import type { Repo } from './repo.ts'
import { Refused, Settled } from './settled.ts'
import { signedIn } from './signed-in.ts'

/** Longest look at one account. */
const LOOK_MS = 60_000
const APP_PASSWORD = /^[a-z\d]{4}(?:-[a-z\d]{4}){3}$/i
const IN_ORDER = 'Sign in at https://bsky.app to see whether the account is in order; if it is: '
const NEW_PASSWORD =
  'make an app password at https://bsky.app/settings/app-passwords and set BLUESKY_APP_PASSWORD; BLUESKY_IDENTIFIER must be the handle of the same account.'

type Doctor = Pick<Ports, 'clock' | 'api' | 'notes'>

/**
 * Takes each account's session, or signs in, and looks; posts nothing. A session that it makes is kept, so that looking
 * often does not count as signing in often.
 */
export async function diagnoseBluesky(settings: BlueskySettings, ports: Doctor, _house: House): Promise<Finding[]> {
  const accounts = accountsOf(settings)
  if (accounts.length === 0) {
    const message = 'Posts are written to the outbox as files and do not leave.'
    const advice = 'To post them, set BLUESKY_IDENTIFIER and BLUESKY_APP_PASSWORD.'
    return [finding('note', 'bluesky-outbox', message, advice)]
  }
  const findings: Finding[] = []
  for (const account of accounts) findings.push(...(await diagnose(account, settings, ports)))
  return findings
}

async function diagnose(account: Account, settings: BlueskySettings, ports: Doctor): Promise<Finding[]> {
  const { name, service, appPassword } = account
  const own = APP_PASSWORD.test(appPassword)
    ? []
    : [
        finding(
          'warning',
          'bluesky-password',
          `What ${name} signs in with does not look like an app password.`,
          `Anybody who has it has the whole account: ${NEW_PASSWORD}`,
        ),
      ]
  const signal = ports.clock.deadline(LOOK_MS)
  const desk = { account, ports, timeoutSeconds: settings.timeoutSeconds, holder: 'doctor', signal }
  try {
    return [...own, ...(await signedIn(desk, (repo, agent) => look(account, repo, agent)))]
  } catch (error) {
    if (error instanceof Refused)
      return [
        ...own,
        finding('error', 'bluesky-credential', `${name} cannot sign in: ${error.message}.`, IN_ORDER + NEW_PASSWORD),
      ]
    const trouble = error instanceof Settled ? error.outcome : classify(error, ports.clock.now())
    const why = 'reason' in trouble ? trouble.reason : trouble.kind
    const advice = `Check that this machine reaches ${new URL(service).host} (BLUESKY_SERVICE), then run doctor again.`
    return [...own, finding('error', 'bluesky-unreachable', `${name} could not be looked at: ${why}.`, advice)]
  }
}

async function look({ name }: Account, repo: Repo, agent: Agent): Promise<Finding[]> {
  const { data } = await agent.com.atproto.server.getSession()
  const isActive = data.active ?? true
  const findings = [
    finding(
      'note',
      'bluesky-credential',
      `Bluesky takes the credential of ${name}: it is @${data.handle} (${data.did}); its posts are kept at ${repo.host}.`,
    ),
  ]
  if (!isActive)
    findings.push(
      finding(
        'error',
        'bluesky-inactive',
        `The account ${name} is not active (${data.status ?? 'no reason given'}).`,
        'Sign in at https://bsky.app to see why. What waits is tried again within a quarter of an hour.',
      ),
    )
  if (data.handle === 'handle.invalid')
    findings.push(
      finding(
        'warning',
        'bluesky-handle',
        `The handle of ${name} does not lead to its account.`,
        'Check the DNS record or well-known file of the handle: https://bsky.social/about/blog/4-28-2023-domain-handle-tutorial.',
      ),
    )
  return [...findings, ...(await aboutProfile(name, repo, agent))]
}

const profileSchema = z.looseObject({ labels: z.looseObject({ values: z.array(z.looseObject({ val: z.string() })) }) })

/** Whoever posts by machine says so on its profile. */
async function aboutProfile(name: string, { did }: Repo, agent: Agent): Promise<Finding[]> {
  const profile = await agent.com.atproto.repo
    .getRecord({ repo: did, collection: 'app.bsky.actor.profile', rkey: 'self' })
    .then(({ data }) => data.value)
    .catch((error: unknown) => {
      if (classify(error, new Date(0)).kind === 'absent') return undefined
      throw error
    })
  const labels = profileSchema.safeParse(profile).data?.labels.values ?? []
  if (labels.some(({ val }) => val === 'bot')) return []
  return [
    finding(
      'warning',
      'bluesky-bot',
      `The profile of ${name} does not say that a machine posts here.`,
      'Give the profile the self-label "bot": in its record app.bsky.actor.profile/self, "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]}. See https://docs.bsky.app/docs/starter-templates/bots.',
    ),
  ]
}

function finding(severity: Severity, code: string, message: string, advice?: string): Finding {
  return { severity, code, message, ...(advice === undefined ? {} : { advice }), channel: 'bluesky' }
}
