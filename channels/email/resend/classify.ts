import * as z from 'zod'
import { retryAfter } from '../../../src/channel/retry-after.ts'
import { withoutAddresses } from '../../../src/domain/redact.ts'
import { cleanLine } from '../../../src/domain/text.ts'
import type { PaceHint } from '../../../src/ports.ts'
import { type Answer, rateWaitUntil } from './pace.ts'

/** What an answer means for all mails of its call. */
export type Verdict =
  /** One id for each mail, in order. */
  | { readonly kind: 'sent'; readonly ids: readonly string[] }
  | Refusal
  /** Nothing was sent, and nothing will be before `notBefore`. */
  | { readonly kind: 'later'; readonly notBefore: Date; readonly reason: string; readonly hint: PaceHint }
  /** `isFinal`: asking again will not tell. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly isFinal?: boolean }

/**
 * Nothing was sent, because of one of the mails, or because they are too large together. `message` is the provider's
 * own: it may name an address, so that it is shown only through `harmless`.
 */
export interface Refusal {
  readonly kind: 'refused'
  readonly cause: 'recipient' | 'unclear' | 'size'
  readonly message: string
}

/** How long to leave somebody time to put an account or a setting right. */
const REPAIR_WAIT_MS = 5 * 60_000
const RATE_WAIT_MS = 1000
const LONGEST_QUOTA_WAIT_MS = 31 * 24 * 60 * 60_000

const sentSchema = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })) })
const errorSchema = z.object({ name: z.string(), message: z.string().catch('') })

/** Errors for which somebody has to do something; the call was looked at and refused before anything was sent. */
const REPAIRS: Readonly<Record<string, string>> = {
  missing_api_key: 'set RESEND_API_KEY',
  restricted_api_key: 'give RESEND_API_KEY the permission to send',
  invalid_api_key: 'set RESEND_API_KEY to a key that is valid',
  invalid_from_address: 'set EMAIL_FROM to an address of a domain that is verified with Resend',
  invalid_access: 'check the permission of RESEND_API_KEY',
  invalid_region: 'check the region of the sending domain with Resend',
  invalid_parameter: 'check the settings of the e-mail channel',
  invalid_attachment: 'report this: no attachment is ever sent',
  missing_required_field: 'check the subject and the sender of the edition',
  invalid_idempotency_key: 'report this: the key of a chunk is never empty or long',
  not_found: 'check RESEND_BASE_URL',
  method_not_allowed: 'check RESEND_BASE_URL',
  security_error: 'ask Resend what it found wrong with the mail',
}
const SHARED_REPAIR = 'check the subject and the sender of the edition'
const ACCOUNT_REPAIR = 'check RESEND_API_KEY, and that the sending domain is verified with Resend'

/**
 * Reads an answer by the tables of Resend's errors: by `name` first, since 429 means a rate as well as a quota. What
 * is not plainly one thing or the other (any 5xx, HTML, an error without a known name, ids that do not match the
 * mails) is `unknown`: it may have been accepted.
 *
 * @param mails how many mails the call carried.
 */
export function classify(answer: Answer, mails: number, now: Date): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) return accepted(answer, mails)
  const error = errorSchema.safeParse(parsed(answer.body))
  if (status >= 500 || status < 400) return unclear(answer, error.data?.name)
  const named = error.success ? byName(error.data, answer, now) : undefined
  return named ?? byStatus(answer, error.data?.name, now)
}

function accepted({ status, body }: Answer, mails: number): Verdict {
  const read = sentSchema.safeParse(parsed(body))
  if (!read.success) return unknown(`Resend answered ${status} without saying what it accepted`)
  const ids = read.data.data.map(({ id }) => id)
  if (ids.length === mails) return { kind: 'sent', ids }
  return unknown(`Resend answered ${status} with ${ids.length} ids for ${mails} mails`)
}

function byName({ name, message }: z.infer<typeof errorSchema>, answer: Answer, now: Date): Verdict | undefined {
  const { status } = answer
  const isAccount = status === 401 || status === 403
  if (name === 'validation_error' && isAccount) return repair(name, message, ACCOUNT_REPAIR, now)
  if (name === 'validation_error' && (status === 400 || status === 422)) return invalid(message, now)
  const advice = Object.hasOwn(REPAIRS, name) ? REPAIRS[name] : undefined
  if (advice !== undefined) return repair(name, message, advice, now)
  switch (name) {
    case 'rate_limit_exceeded':
      return tooMany(answer, now)
    case 'daily_quota_exceeded':
      return quota('day', Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1), answer, now)
    case 'monthly_quota_exceeded':
      return quota('month', Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1), answer, now)
    case 'concurrent_idempotent_requests':
      return unknown('Resend is still at work on the same call')
    case 'invalid_idempotent_request':
      return {
        kind: 'unknown',
        reason: 'Resend got other mails under the same key before; look there which were sent, then settle by hand',
        isFinal: true,
      }
    default:
      return undefined
  }
}

/** For answers of what stands before the provider: a proxy, a firewall. */
function byStatus(answer: Answer, name: string | undefined, now: Date): Verdict {
  if (answer.status === 429) return tooMany(answer, now)
  if (answer.status === 413) return { kind: 'refused', cause: 'size', message: 'the call is too large' }
  if (answer.status === 401 || answer.status === 403) return repair(`status ${answer.status}`, '', ACCOUNT_REPAIR, now)
  return unclear(answer, name)
}

function tooMany(answer: Answer, now: Date): Verdict {
  const notBefore = rateWaitUntil(answer, now) ?? new Date(now.getTime() + RATE_WAIT_MS)
  const hint = { throttled: true, pauseUntil: notBefore }
  return { kind: 'later', notBefore, reason: 'Resend takes no more calls for the moment', hint }
}

function quota(period: 'day' | 'month', end: number, answer: Answer, now: Date): Verdict {
  const said = Math.min(retryAfter(answer, now)?.getTime() ?? 0, now.getTime() + LONGEST_QUOTA_WAIT_MS)
  const notBefore = new Date(Math.max(end, said))
  const reason = `the quota of the ${period} with Resend is used up; it goes on by itself`
  return { kind: 'later', notBefore, reason, hint: { pauseUntil: notBefore } }
}

function invalid(message: string, now: Date): Verdict {
  const cause = causeOf(message)
  return cause === 'shared'
    ? repair('validation_error', message, SHARED_REPAIR, now)
    : { kind: 'refused', cause, message }
}

/** Refused for something that is not a single reader's fault, so that no reader is given up for it. */
export function oursToRepair({ cause, message }: Refusal, now: Date): Verdict & { readonly kind: 'later' } {
  const advice = cause === 'size' ? 'shorten the edition' : SHARED_REPAIR
  return repair(cause === 'size' ? 'status 413' : 'validation_error', message, advice, now)
}

function repair(name: string, message: string, advice: string, now: Date): Verdict & { readonly kind: 'later' } {
  const notBefore = new Date(now.getTime() + REPAIR_WAIT_MS)
  const said = harmless(message)
  const reason = `Resend refuses to send (${name}${said && `: ${said}`}): ${advice}`
  return { kind: 'later', notBefore, reason, hint: { pauseUntil: notBefore } }
}

function unclear({ status }: Answer, name: string | undefined): Verdict {
  const known = name !== undefined && /^[a-z_]{1,40}$/.test(name) ? ` (${name})` : ''
  return unknown(`Resend answered ${status}${known}, which does not say whether it sent`)
}

function unknown(reason: string): Verdict {
  return { kind: 'unknown', reason }
}

/** Which part of a mail a refusal is about. */
function causeOf(message: string): 'recipient' | 'shared' | 'unclear' {
  if (/[`'"]to[`'"]|[\].]to\b/i.test(message)) return 'recipient'
  const shared = /[`'"\].](from|subject|html|text|reply_to|headers|tags?|variables)\b|\btemplate\b/i
  return shared.test(message) ? 'shared' : 'unclear'
}

/** One short line without an address or anything like a key in it. */
export function harmless(message: string): string {
  return withoutAddresses(cleanLine(message.slice(0, 1000)))
    .replace(/\bre_\w+/g, '…')
    .slice(0, 200)
    .trim()
    .replace(/[.:]+$/, '')
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
