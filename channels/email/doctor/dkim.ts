import type { Finding } from '../../../src/domain/finding.ts'
import { finding, quoted } from '../finding.ts'
import { type Records, tagsOf } from './records.ts'

/** RFC 8301, 3.2: verifiers take no shorter signature; Gmail asks the same. */
const LEAST_BITS = 1024

/**
 * The public key at `<selector>._domainkey.<domain>` (RFC 6376, 3.6.1).
 *
 * @param source where the right record is to be had, for people.
 * @returns `usable` when the key can verify a signature, or could not be asked for.
 */
export async function diagnoseDkim(
  records: Records,
  name: string,
  source: string,
): Promise<{ readonly findings: Finding[]; readonly usable: boolean }> {
  const texts = await records.txt(name)
  if (!texts) return { findings: [], usable: true }
  const found = await aboutKeys(name, texts, source)
  return { findings: [found], usable: found.severity !== 'error' }
}

async function aboutKeys(name: string, texts: readonly string[], source: string): Promise<Finding> {
  const publish = `Publish at ${name}: TXT "v=DKIM1; k=rsa; p=<public key>"; the key is ${source}.`
  const keys = texts.filter((text) => tagsOf(text).has('p'))
  const [key, ...more] = keys
  if (key === undefined) {
    const message = `There is no DKIM key at ${name}; Gmail, Yahoo and Microsoft refuse bulk mail without DKIM.`
    return finding('error', 'dkim-missing', message, publish)
  }
  if (more.length > 0) {
    const message = `There are ${keys.length} DKIM keys at ${name}; receivers may take any of them (RFC 6376, 3.6.2.2).`
    return finding('error', 'dkim-several', message, `Leave one TXT record at ${name}.`)
  }
  return aboutKey(name, key, publish)
}

async function aboutKey(name: string, record: string, publish: string): Promise<Finding> {
  const tags = tagsOf(record)
  const key = (tags.get('p') ?? '').replace(/\s+/g, '')
  const kind = tags.get('k')?.toLowerCase() ?? 'rsa'
  const version = tags.get('v')
  if (key === '')
    return finding('error', 'dkim-revoked', `The DKIM key at ${name} is revoked: its p= is empty.`, publish)
  if (version !== undefined && version.toUpperCase() !== 'DKIM1')
    return finding('error', 'dkim-syntax', `The DKIM record at ${name} has v=${quoted(version)}, not v=DKIM1.`, publish)
  if (kind === 'ed25519') {
    const message = `The DKIM key at ${name} is Ed25519, which several receivers, Gmail among them, cannot verify.`
    return finding(
      'warning',
      'dkim-ed25519',
      message,
      'Sign with an RSA key of 2048 bits too, under a selector of its own.',
    )
  }
  if (kind !== 'rsa')
    return finding('error', 'dkim-syntax', `The DKIM key at ${name} is of an unknown kind, k=${quoted(kind)}.`, publish)
  const bits = await rsaBits(key)
  if (bits === undefined)
    return finding('error', 'dkim-syntax', `The DKIM key at ${name} cannot be read: ${quoted(record)}.`, publish)
  if (bits < LEAST_BITS) {
    const message = `The DKIM key at ${name} has ${bits} bits; receivers take ${LEAST_BITS} or more (RFC 8301), better 2048.`
    return finding('error', 'dkim-weak', message, publish)
  }
  if ((tags.get('t') ?? '').split(':').some((flag) => flag.trim() === 'y')) {
    const message = `The DKIM key at ${name} says that it is being tested (t=y): receivers may pass its signatures over.`
    return finding('warning', 'dkim-testing', message, `Take t=y out of the TXT record at ${name}.`)
  }
  return finding('note', 'dkim-ok', `DKIM: ${name} has an RSA key of ${bits} bits.`)
}

/** Length of an RSA key in base64 (SubjectPublicKeyInfo); undefined when it is none. */
async function rsaBits(base64: string): Promise<number | undefined> {
  try {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('spki', Buffer.from(base64, 'base64'), algorithm, true, ['verify'])
    const { n = '' } = await crypto.subtle.exportKey('jwk', key)
    const modulus = Buffer.from(n, 'base64url')
    return modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  } catch {
    return undefined
  }
}
