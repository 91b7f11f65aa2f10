import type { House } from '../../../src/channel.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Api, Clock } from '../../../src/ports.ts'
import type { EmailSettings } from '../settings.ts'
import { clockAgainst } from './clock.ts'
import { finding } from '../finding.ts'
import { type Answer, openResend } from './resend-account.ts'
import { diagnoseDomain, domainsSchema, type ResendNames, usualNames } from './resend-domain.ts'
import { diagnoseWebhook } from './resend-webhook.ts'
import { aboutQuota, aboutRate, usageSchema } from './resend-usage.ts'

/** Gmail and others see it in every trial of Resend; it sends to the account's own address alone. */
const TRIAL_DOMAIN = 'resend.dev'

interface Diagnosis {
  readonly findings: Finding[]
  /** Undefined when the DNS of the domain is not ours to judge. */
  readonly names: ResendNames | undefined
}

/** Credentials, domain, rate, quota and webhook of the Resend account, by calls that change nothing. */
export async function diagnoseResend(
  settings: EmailSettings,
  ports: { readonly clock: Clock; readonly api: Api },
  from: string,
  house: Pick<House, 'publicUrl'>,
): Promise<Diagnosis> {
  const names = withSelector(usualNames(from), settings.dkimSelector, from)
  const account = openResend(settings, ports)
  const domains = await account.call(domainsSchema, '/domains?limit=100')
  const time = clockAgainst('Resend', ports.clock.now(), domains.header('date'), domains.header('age'))
  if (domains.kind === 'error' && domains.name !== 'restricted_api_key')
    return { findings: [failure(domains, settings), ...time], names }
  const full = domains.kind === 'data' ? account : undefined
  const told = await full?.call(usageSchema, '/usage')
  const usage = told?.kind === 'data' ? told.data : undefined
  const webhook = await diagnoseWebhook(full, settings, house)
  const rest = [
    ...aboutRate(settings, usage, domains.header('ratelimit-limit')),
    ...aboutQuota(usage),
    ...webhook,
    ...time,
  ]
  if (from === TRIAL_DOMAIN || from.endsWith(`.${TRIAL_DOMAIN}`))
    return { findings: [trial(), ...rest], names: undefined }
  if (domains.kind === 'error') return { findings: [restricted(from), ...rest], names }
  const domain = await diagnoseDomain(account, from, domains.data)
  const key = finding('note', 'resend-key', 'Resend takes the key.')
  return {
    findings: [key, ...domain.findings, ...rest],
    names: withSelector(domain.names, settings.dkimSelector, from),
  }
}

function withSelector(names: ResendNames, selector: string | undefined, from: string): ResendNames {
  return selector === undefined ? names : { ...names, dkimKeys: [`${selector}._domainkey.${from}`] }
}

const NEW_KEY = 'Make a key at https://resend.com/api-keys and set RESEND_API_KEY.'

function failure({ name, status }: Extract<Answer<unknown>, { kind: 'error' }>, { resend }: EmailSettings): Finding {
  const { host, origin } = new URL(resend.baseUrl)
  if (['missing_api_key', 'invalid_api_key', 'invalid_access'].includes(name) || status === 401 || status === 403)
    return finding('error', 'resend-key', `Resend refuses the key in RESEND_API_KEY (${name}).`, NEW_KEY)
  if (name === 'rate_limit_exceeded' || status === 429) {
    const message = 'Resend was asked too often just now; the account was not looked at.'
    return finding('warning', 'resend-busy', message, 'Run doctor again in a minute.')
  }
  const what = status === undefined ? 'gave no answer that could be read' : `answered ${status} (${name})`
  const advice = `Check that this machine reaches ${origin} (RESEND_BASE_URL), and look at https://resend-status.com.`
  return finding('error', 'resend-unreachable', `Resend at ${host} ${what}.`, advice)
}

function restricted(from: string): Finding {
  const message = `Resend takes the key, which may send and nothing else: whether ${from} is verified cannot be read with it.`
  return finding(
    'note',
    'resend-key',
    message,
    `Look at https://resend.com/domains, or send a test: doctor --send-to ADDRESS.`,
  )
}

function trial(): Finding {
  const message = `Mail from ${TRIAL_DOMAIN} reaches nobody but the owner of the Resend account.`
  const advice = 'Verify a domain of your own at https://resend.com/domains and send from it (EMAIL_FROM).'
  return finding('error', 'resend-trial', message, advice)
}
