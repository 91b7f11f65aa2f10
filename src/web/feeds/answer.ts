import { sha256 } from '../../domain/hash.ts'
import { acceptedEncodings, type Encoding } from './encoding.ts'
import type { FeedFile } from './files.ts'
import type { Held } from './shelf.ts'

/** What decides about an answer; header fields as they came, undefined where there was none. */
export interface Asked {
  readonly acceptEncoding: string | undefined
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
}

/** `headers`: names and values in turn, as `writeHead` of node takes them. */
export interface Answer {
  readonly status: 200 | 304
  readonly headers: readonly string[]
  readonly body: Buffer | undefined
}

/** One file in all encodings there are, with everything that can be known of its answers before somebody asks. */
export interface Offer extends Readonly<Partial<Record<Encoding, Variant>>> {
  readonly modifiedMs: number
  /** As `Last-Modified` says it. */
  readonly modified: string
  readonly identity: Variant
}

interface Variant {
  readonly etag: string
  readonly body: Buffer
  readonly full: Headers
  readonly unchanged: Headers
}

/** `undated`: without `Last-Modified`. */
interface Headers {
  readonly dated: readonly string[]
  readonly undated: readonly string[]
}

/**
 * Its resolution is a second: two writes within one could not be told apart, so that a file has no date while a further
 * write could still get the same (RFC 9110, section 8.8.2.2). What is dated in the future has none either.
 */
const SETTLED_MS = 2000

/**
 * Half an hour of caching, and no `Expires: 0`, which makes Miniflux forget the ETag. Any web page may read feeds.
 *
 * @param link value of the `Link` header; undefined: none.
 */
export function offerOf(file: FeedFile, held: Held, link: string | undefined): Offer {
  const { modifiedMs, identity, br, gzip } = held
  const modified = new Date(modifiedMs).toUTCString()
  const of = (encoding: Encoding, body: Buffer): Variant => variant(file, { encoding, body, modified, link })
  return {
    modifiedMs,
    modified,
    identity: of('identity', identity),
    ...(br && { br: of('br', br) }),
    ...(gzip && { gzip: of('gzip', gzip) }),
  }
}

interface Making {
  readonly encoding: Encoding
  readonly body: Buffer
  readonly modified: string
  readonly link: string | undefined
}

function variant({ type, policy }: FeedFile, { encoding, body, modified, link }: Making): Variant {
  const etag = `"${sha256(body)}"`
  // A 304 says what a 200 would have said of these (RFC 9110, section 15.4.5), and what lets another site's page read it.
  const shared = ['ETag', etag, 'Cache-Control', 'public, max-age=1800', 'Vary', 'Accept-Encoding']
  shared.push('Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', 'ETag, Last-Modified, Link')
  if (link !== undefined) shared.push('Link', link)
  const full = ['Content-Type', type, 'Content-Length', `${body.byteLength}`, ...shared]
  if (encoding !== 'identity') full.push('Content-Encoding', encoding)
  full.push('Content-Security-Policy', policy, 'X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer')
  const date = ['Last-Modified', modified]
  const both = (undated: readonly string[]): Headers => ({ undated, dated: [...undated, ...date] })
  return { etag, body, full: both(full), unchanged: both(shared) }
}

/** @param nowMs milliseconds since 1970. */
export function answerWith(offer: Offer, asked: Asked, nowMs: number): Answer {
  const encoding = acceptedEncodings(asked.acceptEncoding).find((one) => offer[one])
  const chosen = offer[encoding ?? 'identity'] ?? offer.identity
  const { modifiedMs, modified } = offer
  const isDated = nowMs - modifiedMs >= SETTLED_MS
  const headers = isDated ? 'dated' : 'undated'
  return isKnown(asked, chosen.etag, isDated ? modified : undefined)
    ? { status: 304, headers: chosen.unchanged[headers], body: undefined }
    : { status: 200, headers: chosen.full[headers], body: chosen.body }
}

/**
 * RFC 9110, section 13.2.2: a tag decides alone, weakly compared; without one the date does, and only the very one that
 * was sent: after a clock was set back, a later date says nothing of the bytes.
 */
function isKnown({ ifNoneMatch, ifModifiedSince }: Asked, etag: string, modified: string | undefined): boolean {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true
    return new Set<string>(ifNoneMatch.match(/"[^"]*"/g)).has(etag)
  }
  return modified !== undefined && ifModifiedSince === modified
}
