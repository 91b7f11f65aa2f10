import * as z from 'zod'
import type { Finding } from '../../../src/domain/finding.ts'
import { finding, quoted } from '../finding.ts'
import type { ResendAccount } from './resend-account.ts'

export const domainsSchema = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string(), status: z.string(), region: z.string().optional() })),
  has_more: z.boolean().optional(),
})
type Domain = z.infer<typeof domainsSchema>['data'][number]

const domainSchema = z.object({
  open_tracking: z.boolean().nullish(),
  click_tracking: z.boolean().nullish(),
  records: z.array(
    z.object({
      record: z.string(),
      type: z.string(),
      name: z.string(),
      value: z.string(),
      status: z.string(),
      priority: z.number().nullish(),
    }),
  ),
})
type DomainDetail = z.infer<typeof domainSchema>

/** Where the records of a domain lie; what Resend proposes unless it says otherwise. */
export interface ResendNames {
  readonly dkimKeys: readonly string[]
  readonly envelope: string
  readonly region: string | undefined
}

export function usualNames(domain: string): ResendNames {
  return { dkimKeys: [`resend._domainkey.${domain}`], envelope: `send.${domain}`, region: undefined }
}

/** Whether Resend sends for the From domain, and which of its records are not as they should be. */
export async function diagnoseDomain(
  account: ResendAccount,
  from: string,
  { data: domains, has_more: more = false }: z.infer<typeof domainsSchema>,
): Promise<{ readonly findings: Finding[]; readonly names: ResendNames }> {
  const usual = usualNames(from)
  const domain = domains.find(({ name }) => name.toLowerCase() === from)
  if (!domain) return { findings: more ? [notAmongTheFirst(from)] : [unknownDomain(from, domains)], names: usual }
  const answer = await account.call(domainSchema, `/domains/${encodeURIComponent(domain.id)}`)
  const region = domain.region
  if (answer.kind === 'error') return { findings: [aboutStatus(domain, [])], names: { ...usual, region } }
  return {
    findings: [aboutStatus(domain, openRecords(from, answer.data)), ...aboutTracking(from, answer.data)],
    names: { ...namesOf(from, answer.data, usual), region },
  }
}

function unknownDomain(from: string, domains: readonly Domain[]): Finding {
  const parent = domains.find(({ name }) => from.endsWith(`.${name.toLowerCase()}`))
  const known = domains.slice(0, 5).map(({ name }) => quoted(name))
  const message = parent
    ? `Resend knows ${quoted(parent.name)}, but not ${from}; each subdomain is verified by itself.`
    : `Resend does not send for ${from}; the domains of this account are ${known.join(', ') || 'none'}.`
  const advice = `Add ${from} at https://resend.com/domains, or send from a domain that is verified (EMAIL_FROM).`
  return finding('error', 'resend-domain', message, advice)
}

function notAmongTheFirst(from: string): Finding {
  const message = `${from} is not among the first 100 domains of the Resend account; the others were not looked through.`
  return finding('warning', 'resend-domain', message, `Look for ${from} at https://resend.com/domains.`)
}

function aboutStatus({ name, status, region }: Domain, open: readonly string[]): Finding {
  const where = region === undefined ? '' : ` (${region})`
  if (status === 'verified') return finding('note', 'resend-domain', `Resend sends for ${name}${where}: verified.`)
  // A domain that also receives may lack nothing but what receiving needs.
  const severity = status.startsWith('partially_') && open.length === 0 ? 'warning' : 'error'
  const message = `Resend does not take ${name}${where} for verified; its status is ${quoted(status)}.`
  const publish = open.length > 0 ? `Publish ${open.join('; ')}. Then` : 'Publish the records shown there, then'
  return finding(severity, 'resend-domain', message, `${publish} let Resend verify them at https://resend.com/domains.`)
}

/** Records for sending that Resend has not found, as they are to be published. */
function openRecords(domain: string, { records }: DomainDetail): string[] {
  return records
    .filter(({ record, status }) => ['SPF', 'DKIM'].includes(record) && status !== 'verified')
    .map(({ type, name, value, priority }) => {
      const first = type === 'MX' ? `${priority ?? 10} ` : ''
      return `at ${fullName(name, domain)}: ${type} ${first}"${value}"`
    })
}

function aboutTracking(domain: string, { open_tracking: opens, click_tracking: clicks }: DomainDetail): Finding[] {
  if (opens !== true && clicks !== true) return []
  const message = `Resend tracks ${[opens && 'opens', clicks && 'clicks'].filter(Boolean).join(' and ')} of ${domain}${clicks ? ': every link is rewritten, the one for unsubscribing too' : ''}.`
  return [
    finding('warning', 'resend-tracking', message, `Turn tracking off for ${domain} at https://resend.com/domains.`),
  ]
}

function namesOf(domain: string, { records }: DomainDetail, usual: ResendNames): Omit<ResendNames, 'region'> {
  const keys = records.filter(({ record }) => record === 'DKIM').map(({ name }) => fullName(name, domain))
  const bounces = records.find(({ record }) => record === 'SPF')
  return {
    dkimKeys: keys.length > 0 ? keys : usual.dkimKeys,
    envelope: bounces ? fullName(bounces.name, domain) : usual.envelope,
  }
}

/** Resend names records below the registered domain: `send.news` for `send.news.example.com` of `news.example.com`. */
export function fullName(name: string, domain: string): string {
  const short = name.toLowerCase().replace(/\.$/, '')
  if (short === domain || short.endsWith(`.${domain}`)) return short
  const labels = domain.split('.')
  for (let count = labels.length - 2; count > 0; count -= 1) {
    const head = labels.slice(0, count).join('.')
    if (short === head || short.endsWith(`.${head}`)) return `${short}.${labels.slice(count).join('.')}`
  }
  return short === '' || short === '@' ? domain : `${short}.${domain}`
}
