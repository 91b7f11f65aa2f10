import { XRPCError } from '@atproto/api'
import type { Outcome } from '../../../src/domain/delivery.ts'
import { withoutAddresses } from '../../../src/domain/redact.ts'
import { cleanLine } from '../../../src/domain/text.ts'
import { StrangeAnswer } from './fetch.ts'

/** What a failed call means for what it was to do. */
export type Trouble =
  /** Something else is there, or something changed meanwhile. Nothing was written. */
  | { readonly kind: 'swap' }
  /** A picture that the record names is not there. Nothing was written. */
  | { readonly kind: 'blob' }
  /** There is no such record. */
  | { readonly kind: 'absent' }
  /** The session is over; a new one may do. Nothing was done. */
  | { readonly kind: 'token'; readonly reason: string }
  /** The account may not be used until somebody has done something. Nothing was done. */
  | { readonly kind: 'stopped'; readonly reason: string }
  | (Outcome & { readonly kind: 'later' | 'rejected' | 'unknown' })

const UNSENT_WAIT_MS = 10_000
const RATE_WAIT_MS = 60_000
const LONGEST_RATE_WAIT_MS = 25 * 60 * 60_000
const SAID_CHARACTERS = 200

const TOKEN = new Set(['ExpiredToken', 'InvalidToken', 'AuthMissing', 'AuthenticationRequired'])
const STOPPED: Readonly<Record<string, string>> = {
  AccountTakedown: 'Bluesky has taken the account down',
  AccountSuspended: 'Bluesky has suspended the account',
  AccountDeactivated: 'the account is deactivated',
  RepoTakendown: 'Bluesky has taken the account down',
  RepoSuspended: 'Bluesky has suspended the account',
  RepoDeactivated: 'the account is deactivated',
  AuthFactorTokenRequired: 'the account asks for a code by mail, which it does not do for an app password',
}

/**
 * Reads a failure by the name of its error, and only then by its status: the library maps statuses that it does not
 * know to others. Whatever is not plainly an answer of a PDS (time-out, reset, any 5xx, a page) leaves open what it did.
 */
export function classify(error: unknown, now: Date): Trouble {
  const cause = error instanceof XRPCError ? error.cause : error
  if (cause instanceof StrangeAnswer)
    return cause.answered === 429
      ? rateLimited(cause.header, now)
      : { kind: 'unknown', reason: `${cause.message}; check the address of the service` }
  if (isUnsent(cause))
    return { kind: 'later', notBefore: new Date(now.getTime() + UNSENT_WAIT_MS), reason: cause.message }
  const status: number = error instanceof XRPCError ? error.status : 0
  if (!(error instanceof XRPCError) || status < 400) return { kind: 'unknown', reason: brokenOff(cause) }
  return byName(error, now)
}

function byName({ error: name, message, status: code, headers }: XRPCError, now: Date): Trouble {
  const status: number = code
  switch (name) {
    case 'InvalidSwap':
      return { kind: 'swap' }
    case 'BlobNotFound':
      return { kind: 'blob' }
    case 'RecordNotFound':
      return { kind: 'absent' }
    case 'RateLimitExceeded':
      return rateLimited((header) => headers?.[header], now)
    default:
  }
  const stopped = Object.hasOwn(STOPPED, name) ? STOPPED[name] : undefined
  if (stopped !== undefined) return { kind: 'stopped', reason: `${stopped} (${name})` }
  const reason = `Bluesky answered ${harmless(message === name ? name : `${name}: ${message}`)}`
  if (TOKEN.has(name) || status === 401) return { kind: 'token', reason }
  if (status === 403) return { kind: 'stopped', reason }
  if (status === 429) return rateLimited((header) => headers?.[header], now)
  return status >= 500 ? { kind: 'unknown', reason } : { kind: 'rejected', reason }
}

/** `ratelimit-reset` is an instant in seconds since 1970; smaller numbers are seconds from now, as the IETF's draft has it. */
function rateLimited(header: (name: string) => string | undefined, now: Date): Trouble {
  const reset = Number(header('ratelimit-reset') ?? Number.NaN)
  const waits = [
    reset > 1e9 ? reset * 1000 - now.getTime() : reset * 1000,
    Number(header('retry-after') ?? Number.NaN) * 1000,
  ]
  const waitMs = Math.min(waits.find((wait) => wait > 0) ?? RATE_WAIT_MS, LONGEST_RATE_WAIT_MS)
  return {
    kind: 'later',
    notBefore: new Date(now.getTime() + waitMs),
    reason: 'Bluesky takes no more calls for the moment',
  }
}

function isUnsent(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HttpError' && 'kind' in error && error.kind === 'unsent'
}

/** Only the messages of `Api` are known to name no secret. */
function brokenOff(cause: unknown): string {
  return cause instanceof Error && cause.name === 'HttpError'
    ? cause.message
    : 'the call broke off, or its answer could not be read'
}

/** What the other side says, without what could be a token, a password or an address. */
function harmless(text: string): string {
  const line = withoutAddresses(cleanLine(text))
    .replace(/eyJ[\w.~+/=-]+|[\w.~+/=-]{40,}/gu, '…')
    .replace(/\b[a-z\d]{4}(?:-[a-z\d]{4}){3}\b/giu, '…')
  return line.length > SAID_CHARACTERS ? `${line.slice(0, SAID_CHARACTERS).toWellFormed()}…` : line
}
