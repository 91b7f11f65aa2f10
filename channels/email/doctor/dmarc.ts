import type { Finding } from '../../../src/domain/finding.ts'
import { finding, quoted } from '../finding.ts'
import { type Records, tagsOf } from './records.ts'

const RECORD = /^v\s*=\s*DMARC1\s*(?:;|$)/i
const POLICIES = new Set(['none', 'quarantine', 'reject'])
/** Longer names are not walked whole: each label is a question. */
const MOST_LABELS = 8

interface Identities {
  /** Domain of the From header. */
  readonly from: string
  /** Domain that signs (d=), as far as it is known. */
  readonly dkim: string | undefined
  /** Domain of the envelope sender, which SPF speaks for. */
  readonly envelope: string | undefined
}

/** DMARC of the From domain, or of the domain above it (RFC 7489), and whether From agrees with who signs and who sends. */
export async function diagnoseDmarc(records: Records, identities: Identities): Promise<Finding[]> {
  const { from } = identities
  for (const domain of withParents(from)) {
    const name = `_dmarc.${domain}`
    const texts = await records.txt(name)
    if (!texts) return []
    const found = texts.filter((text) => RECORD.test(text))
    const [record, ...more] = found
    // `psd=y` is the registry's own word on what is registered below it.
    if (record === undefined || (domain !== from && tagsOf(record).get('psd') === 'y')) continue
    if (more.length > 0) {
      const message = `There are ${found.length} DMARC records at ${name}; receivers then take none of them.`
      return [finding('error', 'dmarc-several', message, `Leave one TXT record at ${name}.`)]
    }
    const tags = tagsOf(record)
    return [...aboutPolicy(name, record, tags, domain !== from), ...aboutAlignment(identities, tags)]
  }
  const message = `${from} has no DMARC record; Gmail, Yahoo and Microsoft refuse bulk mail without one.`
  const advice = `Publish at _dmarc.${from}: TXT "v=DMARC1; p=none; rua=mailto:<an address that you read>"`
  return [finding('error', 'dmarc-missing', message, advice)]
}

function aboutPolicy(name: string, record: string, tags: ReadonlyMap<string, string>, isParent: boolean): Finding[] {
  const policy = ((isParent ? tags.get('sp') : undefined) ?? tags.get('p') ?? '').toLowerCase()
  if (!POLICIES.has(policy)) {
    const message = `The DMARC record at ${name} has no policy that receivers know: ${quoted(record)}.`
    return [
      finding('error', 'dmarc-policy', message, `Publish at ${name}: TXT "v=DMARC1; p=none; rua=mailto:<address>"`),
    ]
  }
  const findings = [finding('note', 'dmarc-ok', `DMARC: ${name} says ${policy}, which is enough for bulk mail.`)]
  if ((tags.get('rua') ?? '') === '') {
    const message = `The DMARC record at ${name} asks for no reports: mail that fails goes unnoticed.`
    findings.push(
      finding(
        'warning',
        'dmarc-reports',
        message,
        `Add rua=mailto:<an address that you read> to the TXT record at ${name}.`,
      ),
    )
  }
  return findings
}

/** One of the two must agree with From for DMARC to pass; bulk rules want it passed. */
function aboutAlignment({ from, dkim, envelope }: Identities, tags: ReadonlyMap<string, string>): Finding[] {
  const byDkim = agrees(from, dkim, tags.get('adkim'))
  const bySpf = agrees(from, envelope, tags.get('aspf'))
  if (byDkim) return [finding('note', 'dmarc-aligned', `From agrees with the DKIM domain ${dkim}: DMARC passes.`)]
  if (bySpf) {
    const message = `From agrees with the envelope domain ${envelope}, but with no DKIM key that is known: forwarded mail fails DMARC.`
    const advice = `Sign with DKIM for ${from}, and tell its selector (channels.email.dkimSelector).`
    return [finding('warning', 'dmarc-spf-only', message, advice)]
  }
  const message = `From is at ${from}, but neither DKIM (${dkim ?? 'no key'}) nor SPF (${envelope ?? 'no record'}) speaks for it: DMARC fails.`
  const advice = `Sign with DKIM for ${from}${isStrict(tags.get('adkim')) ? ' itself, or take adkim=s out of the DMARC record' : ''}.`
  return [finding('error', 'dmarc-unaligned', message, advice)]
}

/** Relaxed: one is the other or lies below it. Strict (`s`): the same (RFC 7489, 3.1). */
function agrees(from: string, other: string | undefined, mode: string | undefined): boolean {
  if (other === undefined) return false
  return from === other || (!isStrict(mode) && (other.endsWith(`.${from}`) || from.endsWith(`.${other}`)))
}

function isStrict(mode: string | undefined): boolean {
  return mode?.toLowerCase() === 's'
}

/** The domain, then those above it, without the last label alone. */
function withParents(domain: string): string[] {
  const labels = domain.split('.')
  const above = labels.slice(1, -1).map((_, at) => labels.slice(at + 1).join('.'))
  return [domain, ...above.slice(-MOST_LABELS)]
}
