import type { Finding } from '../../../src/domain/finding.ts'
import { finding, quoted } from '../finding.ts'
import type { Records } from './records.ts'

/** RFC 7208, 4.6.4: more mechanisms that ask the DNS, nested ones included, and receivers answer permerror. */
const MOST_LOOKUPS = 10
/** Nothing is learnt from counting a hostile tree to its end. */
const STOP_COUNTING = 25

const RECORD = /^v=spf1(?: |$)/i
const MECHANISM = /^([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?$/i
const MODIFIER = /^([a-z][\w.-]*)=(.*)$/i

interface Walk {
  lookups: number
  /** Names whose records were counted in. */
  readonly included: string[]
  readonly problems: Finding[]
  /** Something could not be asked: what was counted is the least. */
  incomplete: boolean
}

/**
 * SPF of the envelope domain (RFC 7208): one record, well written, within ten lookups, that ends in a refusal.
 *
 * @param provider what the record has to include; undefined where that is not known.
 */
export async function diagnoseSpf(records: Records, domain: string, provider: string | undefined): Promise<Finding[]> {
  const texts = await records.txt(domain)
  if (!texts) return []
  const [record, ...more] = texts.filter((text) => RECORD.test(text))
  const publish = `"v=spf1 include:${provider ?? '<what your mail provider names>'} ~all"`
  if (record === undefined) {
    const message = `${domain} has no SPF record; Gmail, Yahoo and Microsoft refuse bulk mail without one.`
    return [finding('error', 'spf-missing', message, `Publish at ${domain}: TXT ${publish}`)]
  }
  if (more.length > 0) {
    const message = `${domain} has ${more.length + 1} SPF records; receivers then take none of them (RFC 7208, 4.5).`
    return [finding('error', 'spf-several', message, `Join them into one TXT record at ${domain}.`)]
  }
  const walk: Walk = { lookups: 0, included: [], problems: [], incomplete: false }
  const all = await follow(records, domain, record, [domain.toLowerCase()], walk)
  const findings = [...walk.problems, ...aboutLookups(domain, walk), ...aboutAll(domain, all)]
  if (provider !== undefined && !walk.incomplete && !walk.included.includes(provider)) {
    const message = `The SPF record of ${domain} does not include ${provider}, which sends the mails: ${quoted(record)}.`
    findings.push(finding('error', 'spf-provider', message, `Publish at ${domain}: TXT ${publish}`))
  }
  if (findings.some(({ severity }) => severity !== 'note')) return findings
  const counted = `${walk.lookups} of ${MOST_LOOKUPS} lookups${walk.incomplete ? ' or more' : ''}`
  return [finding('note', 'spf-ok', `SPF of ${domain}: ${quoted(record)}, ${counted}.`)]
}

function aboutLookups(domain: string, { lookups }: Walk): Finding[] {
  if (lookups <= MOST_LOOKUPS) return []
  const count = lookups >= STOP_COUNTING ? `${STOP_COUNTING} lookups or more` : `${lookups} lookups`
  const message = `The SPF record of ${domain} costs ${count}, nested ones included; from the 11th on receivers reject it (RFC 7208, 4.6.4).`
  const advice = `Take out of the record at ${domain} what no longer sends, or name addresses (ip4:, ip6:) in place of include:.`
  return [finding('error', 'spf-lookups', message, advice)]
}

/** @param all the qualifier of the last word, '' where there is none. */
function aboutAll(domain: string, all: string): Finding[] {
  const advice = `Let the record at ${domain} end in ~all, or in -all when it names every sender.`
  if (all === '+') {
    const message = `The SPF record of ${domain} ends in +all: anybody may send in its name.`
    return [finding('error', 'spf-open', message, advice)]
  }
  if (all === '~' || all === '-' || all === 'unknown') return []
  const message = `The SPF record of ${domain} ${all === '?' ? 'ends in ?all' : 'has no all at its end'}: it refuses nobody.`
  return [finding('warning', 'spf-neutral', message, advice)]
}

/**
 * Counts one record and what it includes.
 *
 * @param path the domains above it: one that comes again is a ring.
 * @returns the qualifier of `all`, that of a redirect if there is none; `unknown` where it could not be asked.
 */
async function follow(
  records: Records,
  domain: string,
  record: string,
  path: readonly string[],
  walk: Walk,
): Promise<string> {
  let redirect: string | undefined
  for (const term of record.split(/ +/).slice(1).filter(Boolean)) {
    const [, qualifier = '', name = '', separator, value = ''] = MECHANISM.exec(term) ?? []
    const mechanism = name.toLowerCase()
    const [, modifier = '', target = ''] = mechanism === '' ? (MODIFIER.exec(term) ?? []) : []
    if (!isWellFormed(mechanism, separator, value) && modifier === '') walk.problems.push(badTerm(domain, term))
    if (mechanism === 'all') return qualifier || '+'
    if (['include', 'a', 'mx', 'ptr', 'exists'].includes(mechanism)) walk.lookups += 1
    if (mechanism === 'ptr') walk.problems.push(slow(domain))
    if (mechanism === 'include') await descend(records, domain, value, path, walk)
    if (modifier.toLowerCase() === 'redirect') redirect = target
  }
  if (redirect === undefined) return ''
  walk.lookups += 1
  return descend(records, domain, redirect, path, walk)
}

async function descend(
  records: Records,
  from: string,
  target: string,
  path: readonly string[],
  walk: Walk,
): Promise<string> {
  const name = target.toLowerCase().replace(/\.$/, '')
  // A macro stands for something that only the receiver knows.
  if (name === '' || name.includes('%') || walk.lookups >= STOP_COUNTING) return 'unknown'
  walk.included.push(name)
  if (path.includes(name)) {
    const message = `The SPF record of ${from} includes ${quoted(name)}, which includes it in turn; receivers reject the ring.`
    walk.problems.push(finding('error', 'spf-ring', message, `Take the include out of the record at ${from}.`))
    return 'unknown'
  }
  const texts = await records.txt(name)
  if (!texts) {
    walk.incomplete = true
    return 'unknown'
  }
  const [record, ...more] = texts.filter((text) => RECORD.test(text))
  if (record === undefined || more.length > 0) {
    const message = `The SPF record of ${from} includes ${quoted(name)}, which has ${more.length > 0 ? 'several SPF records' : 'no SPF record'}; receivers then reject the whole (RFC 7208, 5.2).`
    walk.problems.push(finding('error', 'spf-include', message, `Correct or take out the include at ${from}.`))
    return 'unknown'
  }
  return follow(records, name, record, [...path, name], walk)
}

function isWellFormed(mechanism: string, separator: string | undefined, value: string): boolean {
  switch (mechanism) {
    case '':
      return false
    case 'all':
      return separator === undefined
    case 'include':
    case 'exists':
    case 'ip4':
    case 'ip6':
      return separator === ':' && value !== ''
    default:
      return separator === undefined || value !== ''
  }
}

function badTerm(domain: string, term: string): Finding {
  const message = `The SPF record of ${domain} has a word that SPF does not know: ${quoted(term)}; receivers then take none of it.`
  return finding('error', 'spf-syntax', message, `Correct the TXT record at ${domain}.`)
}

function slow(domain: string): Finding {
  const message = `The SPF record of ${domain} uses ptr, which is slow and many receivers pass over (RFC 7208, 5.5).`
  return finding('warning', 'spf-ptr', message, `Name addresses (ip4:, ip6:) in place of ptr at ${domain}.`)
}
