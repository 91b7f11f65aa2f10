import { retryAfter } from '../../../src/channel/retry-after.ts'
import type { PaceHint } from '../../../src/ports.ts'

/** An answer of the provider, read whole. */
export interface Answer {
  readonly status: number
  readonly body: string
  header(name: string): string | undefined
}

/** Longest wait that is believed for a rate: more is a mistake or a quota. */
const LONGEST_RATE_WAIT_MS = 60 * 60_000

/**
 * What the headers say about the rate. `ratelimit-limit` counts calls in a window, which is a second unless
 * `ratelimit-policy` says otherwise (`5;w=1`, or `"default";q=5;w=1` in later drafts of the IETF's).
 */
export function rateHint(answer: Answer): PaceHint {
  const policy = answer.header('ratelimit-policy') ?? ''
  const calls = positive(answer.header('ratelimit-limit')) ?? positive(/(?:^\s*|\bq=)(\d+)/.exec(policy)?.[1])
  const seconds = positive(/\bw=(\d+)/.exec(policy)?.[1]) ?? 1
  return calls === undefined ? {} : { limitPerSecond: calls / seconds }
}

/** When the next call may be made, as far as the answer says it; never more than an hour ahead. */
export function rateWaitUntil(answer: Answer, now: Date): Date | undefined {
  const said = retryAfter(answer, now) ?? resetAt(answer, now)
  return said && new Date(Math.min(said.getTime(), now.getTime() + LONGEST_RATE_WAIT_MS))
}

/** The end of the window, where nothing is left of it. */
function resetAt(answer: Answer, now: Date): Date | undefined {
  const seconds = positive(answer.header('ratelimit-reset'))
  if (seconds === undefined || answer.header('ratelimit-remaining')?.trim() !== '0') return undefined
  return new Date(now.getTime() + seconds * 1000)
}

function positive(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) && value > 0 && value < 1e9 ? value : undefined
}
