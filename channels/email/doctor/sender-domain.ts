import type { Finding } from '../../../src/domain/finding.ts'
import type { Dns } from '../../../src/ports.ts'
import { diagnoseDkim } from './dkim.ts'
import { diagnoseDmarc } from './dmarc.ts'
import { finding } from '../finding.ts'
import { readRecords, type Records } from './records.ts'
import { diagnoseSpf } from './spf.ts'

/** What the DNS has to say of a sender. All domains in ASCII, lower case. */
export interface SenderDomain {
  /** Of the From header. */
  readonly from: string
  /** Where answers go. */
  readonly replyTo: string
  /** Of the envelope sender: SPF speaks for it, bounces go to it. */
  readonly envelope: string
  /** Whole names of DKIM keys; empty when the selector is not known. */
  readonly dkimKeys: readonly string[]
  /** What the SPF record has to include, where that is known. */
  readonly spfInclude: string | undefined
  /** Where bounces have to go, where that is known: `feedback-smtp.eu-west-1.amazonses.com`. */
  readonly bounceHost: string | undefined
  /** Where the public key is to be had, for people. */
  readonly keySource: string
}

/** SPF, DKIM, DMARC, alignment and MX: what Gmail, Yahoo and Microsoft ask of bulk mail, and where answers and bounces go. */
export async function diagnoseSenderDomain(dns: Dns, sender: SenderDomain): Promise<Finding[]> {
  const { from, envelope } = sender
  if (!isPublicName(from)) {
    const message = `The From domain ${from} is not a name of the public DNS: nobody can check who sent the mails, or answer.`
    return [finding('error', 'from-domain', message, 'Send from an address at a domain of your own (EMAIL_FROM).')]
  }
  const records = readRecords(dns)
  const [spf, keys, mx] = await Promise.all([
    diagnoseSpf(records, envelope, sender.spfInclude),
    Promise.all(sender.dkimKeys.map((name) => diagnoseDkim(records, name, sender.keySource))),
    aboutMx(records, sender),
  ])
  const dmarc = await diagnoseDmarc(records, {
    from,
    dkim: sender.dkimKeys.find((_, at) => keys[at]?.usable)?.replace(/^.*?\._domainkey\./, ''),
    envelope: spf.some(({ severity }) => severity === 'error') ? undefined : envelope,
  })
  return [...spf, ...keys.flatMap(({ findings }) => findings), ...dmarc, ...mx, ...records.failures()]
}

async function aboutMx(records: Records, { from, replyTo, envelope, bounceHost }: SenderDomain): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const domain of new Set([replyTo, from])) {
    const use = domain === replyTo ? 'answers of readers' : 'mail to the sender'
    const hosts = await records.mx(domain)
    if (hosts && isNullMx(hosts)) {
      const message = `${domain} says by its MX record that it takes no mail (RFC 7505); many receivers refuse mail from such a domain.`
      findings.push(finding('error', 'mx-null', message, `Publish an MX record at ${domain}, or send from another.`))
    } else if (hosts?.length === 0) {
      const message = `${domain} has no MX record: ${use} will not arrive.`
      findings.push(
        finding('warning', 'mx-missing', message, `Publish an MX record at ${domain}, or set channels.email.replyTo.`),
      )
    } else if (hosts) findings.push(finding('note', 'mx-ok', `MX: ${use} go to ${hosts.slice(0, 3).join(', ')}.`))
  }
  if (envelope === from) return findings
  const hosts = await records.mx(envelope)
  if (!hosts || (!isNullMx(hosts) && hosts.length > 0)) return findings
  const message = `${envelope} has no MX record: bounces find no way back, and the provider does not take the domain for verified.`
  const target = bounceHost ?? 'the host that your mail provider names'
  return [...findings, finding('error', 'mx-bounces', message, `Publish at ${envelope}: MX 10 ${target}`)]
}

function isNullMx(hosts: readonly string[]): boolean {
  return hosts.length === 1 && ['', '.'].includes(hosts[0] ?? '')
}

/** With a dot, no address, and under no name that is set aside for use at home (RFC 6761, RFC 6762). */
function isPublicName(domain: string): boolean {
  return domain.includes('.') && !/(^[\d.]+|^\[.*|\.(localhost|local|internal|invalid|test))$/.test(domain)
}
