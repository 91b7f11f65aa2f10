import { withoutAddresses } from '../../../src/domain/redact.ts'
import { cleanLine } from '../../../src/domain/text.ts'

/** What an answer, or the want of one, says about a call. */
export type Verdict =
  /** The credential was not taken; nothing was done. `isWordless`: it may have been somebody else than the server. */
  | { readonly kind: 'denied'; readonly reason: string; readonly isWordless?: true }
  /** The call was looked at and will never do; nothing was done. `isWordless`: as above. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly isWordless?: true }
  /** Nothing was done, and nothing will be before `until`. */
  | { readonly kind: 'busy'; readonly until: Date; readonly reason: string }
  /** No byte of the call can have arrived. */
  | { readonly kind: 'unsent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** How long a limit is waited out that does not say when it ends: the general one is counted over 5 minutes. */
const LIMIT_MS = 5 * 60_000
const LONGEST_LIMIT_MS = 24 * 60 * 60_000
const LEAST_LIMIT_MS = 1000
const LONGEST_WORDS = 200

/** Connections that were never made, by the code of their error; other errors of TLS may come after the call has left. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_\w+|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+)$/

export interface Answer {
  readonly status: number
  /** What the server says of it; '' where it says nothing. */
  readonly words: string
  readonly header: (name: string) => string | undefined
}

const REFUSED = new Set([400, 404, 405, 410, 413, 422, 501])
/** What only a server says that has looked at what was asked for: no gateway does. */
const LOOKED_AT = new Set([400, 413, 422])

/** By status (Mastodon's, and GoToSocial's 400 for what others answer with 422). Redirects are not followed, so that they did nothing. */
export function judgeStatus({ status, words, header }: Answer, now: Date): Verdict {
  const reason = words === '' ? `the server answered ${status}` : `the server answered ${status}: ${words}`
  const wordless = words === '' ? ({ isWordless: true } as const) : {}
  if (status === 401 || status === 403) return { kind: 'denied', reason, ...wordless }
  if (REFUSED.has(status)) return { kind: 'refused', status, reason, ...wordless }
  if (status === 429) return { kind: 'busy', until: limitEnds(header, now), reason: 'the server asks for a pause' }
  return { kind: 'unknown', reason }
}

/** A limit's end: `X-RateLimit-Reset` is an ISO date here, `Retry-After` as in RFC 9110, 10.2.3. */
function limitEnds(header: Answer['header'], now: Date): Date {
  const after = header('retry-after') ?? ''
  const told = /^\d{1,9}$/.test(after) ? now.getTime() + Number(after) * 1000 : Date.parse(after)
  const ends = [Date.parse(header('x-ratelimit-reset') ?? ''), told].filter((at) => at > now.getTime())
  const end = ends.length > 0 ? Math.max(...ends) : now.getTime() + LIMIT_MS
  return new Date(Math.min(Math.max(end, now.getTime() + LEAST_LIMIT_MS), now.getTime() + LONGEST_LIMIT_MS))
}

/**
 * What masto threw. Only its error with a status says what the server answered; of all others nobody knows what was
 * done, but where the connection was never made.
 *
 * @param secret never repeated.
 */
export function judgeError(error: unknown, secret: string, now: Date): Verdict {
  if (!(error instanceof Error)) return { kind: 'unknown', reason: 'the call broke off' }
  const cause: unknown = error.cause
  if ('statusCode' in error && typeof error.statusCode === 'number') {
    const headers = cause instanceof Response ? cause.headers : new Headers()
    // It is whatever stands under `error` in the answer, if anything does.
    const message: unknown = error.message
    const words = typeof message === 'string' ? cleaned(message, secret) : ''
    const header = (name: string): string | undefined => headers.get(name) ?? undefined
    return believed(judgeStatus({ status: error.statusCode, words, header }, now))
  }
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // A connection that stands may be told that there is no way any more.
  const isMade = cause instanceof Error && 'syscall' in cause && /^(read|write)/.test(String(cause.syscall))
  if (UNSENT.test(code) && !isMade) return { kind: 'unsent', reason: `the server could not be reached (${code})` }
  return { kind: 'unknown', reason: UNKNOWN[error.name] ?? lost(code) }
}

/** A gateway that knows no way to the server, or lets nobody through, says nothing of the post, and not for ever. */
function believed(verdict: Verdict): Verdict {
  const isOthers =
    (verdict.kind === 'denied' && verdict.isWordless) ||
    (verdict.kind === 'refused' && verdict.isWordless && !LOOKED_AT.has(verdict.status))
  return isOthers ? { kind: 'unknown', reason: verdict.reason } : verdict
}

const UNKNOWN: Readonly<Record<string, string>> = {
  MastoTimeoutError: 'the server did not answer in time',
  TimeoutError: 'the server did not answer in time',
  AbortError: 'stopped while the answer was awaited',
  MastoUnexpectedError: 'the server answered with something that is not JSON',
  MastoDeserializeError: 'the server answered with something that is not JSON',
}

function lost(code: string): string {
  return code === '' ? 'the answer could not be read' : `the connection broke off (${cleanLine(code).slice(0, 40)})`
}

/** The server's words on one short line, without addresses and without the credential. */
export function cleaned(words: string, secret: string): string {
  const said = secret === '' ? words : words.replaceAll(secret, '…')
  return withoutAddresses(cleanLine(said.slice(0, 1000)))
    .slice(0, LONGEST_WORDS)
    .trim()
    .replace(/[.:]+$/, '')
}
