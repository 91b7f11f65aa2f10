import type { Outcome } from '../../../src/domain/delivery.ts'
import type { PaceHint } from '../../../src/ports.ts'
import { harmless, oursToRepair, type Refusal, type Verdict } from './classify.ts'

/** Mails of one attempt, by their place in it, of which the provider refused to take any because of some. */
export interface RefusedBatch {
  readonly addresses: readonly string[]
  /** Settled by an earlier attempt: nothing is left to find out. */
  readonly isSettled: (place: number) => boolean
  /** Some mail of this page was accepted before: what all share is in order. */
  readonly wasAccepted: boolean
  /** Sends the places `from` to `to` (exclusive) by themselves, under a key that stands for exactly these mails. */
  readonly post: (range: Range) => Promise<Verdict>
  readonly now: () => Date
  readonly heard?: (hint: PaceHint) => void
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** Enough to find five bad addresses of a hundred; what is left after it waits for a further attempt. */
const MOST_CALLS = 40
/** No call is begun after this, so that the attempt ends, and what it found out is kept. */
const LONGEST_MS = 2 * 60_000

/**
 * Finds the mails that a batch was refused for, and sends the others: the batch is cut in two (or around the mail that
 * the refusal names) and each part sent by itself, until a mail is refused alone.
 *
 * To be called only when the whole batch was refused, so that nothing was sent under its key. A process that is killed
 * half way repeats the same: the whole batch is refused as before, every part has the same key and the same bytes, and
 * parts that were accepted answer with the ids they got. That takes the provider's word to be the same each time,
 * which for the shape of an address it is.
 *
 * A reader is given up only for their address: when the refusal is about the recipient, or another mail of the same
 * page was accepted. Otherwise something that all mails share is wrong, and all of them wait for it to be put right.
 *
 * @returns one outcome for each place, undefined for those that were settled. Never both `unknown` and `later`: what
 * has to be asked about again is asked as the same whole batch, so none of it may get another key meanwhile.
 */
export async function sendApart(batch: RefusedBatch, refusal: Refusal): Promise<(Outcome | undefined)[]> {
  const outcomes = batch.addresses.map((): Outcome | undefined => undefined)
  const isOne = outcomes.length === 1
  const alone: { readonly place: number; readonly refusal: Refusal }[] = isOne ? [{ place: 0, refusal }] : []
  const open = isOne ? [] : cut(batch, { from: 0, to: outcomes.length }, refusal)
  let held: Exclude<Verdict, { kind: 'sent' | 'refused' }> | undefined

  const end = batch.now().getTime() + LONGEST_MS
  for (let calls = 0; calls < MOST_CALLS && batch.now().getTime() < end && !held;) {
    const range = open.shift()
    if (!range) break
    const { from, to } = range
    if (places(range).every(batch.isSettled)) continue
    const verdict = await batch.post(range)
    calls += 1
    if (verdict.kind === 'sent')
      for (const [index, remoteId] of verdict.ids.entries()) outcomes[from + index] = { kind: 'sent', remoteId }
    else if (verdict.kind !== 'refused') {
      held = verdict
      for (const place of places(range)) outcomes[place] = plain(verdict)
    } else if (to - from > 1) open.unshift(...cut(batch, range, verdict))
    else alone.push({ place: from, refusal: verdict })
  }

  const isPageFine = batch.wasAccepted || outcomes.some((outcome) => outcome?.kind === 'sent')
  for (const { place, refusal: last } of alone) outcomes[place] = verdictOnOne(batch, last, isPageFine)
  for (const place of open.flatMap(places)) outcomes[place] = waiting(held, batch.now())
  return together(outcomes.map((outcome, place) => (batch.isSettled(place) ? undefined : outcome)))
}

function verdictOnOne({ now, heard }: RefusedBatch, refusal: Refusal, isPageFine: boolean): Outcome {
  const isTheirs = refusal.cause === 'recipient' || (refusal.cause === 'unclear' && isPageFine)
  if (!isTheirs) {
    const repair = oursToRepair(refusal, now())
    heard?.(repair.hint)
    return plain(repair)
  }
  const said = harmless(refusal.message)
  return { kind: 'rejected', reason: `Resend does not take this address${said && `: ${said}`}` }
}

function waiting(held: Verdict | undefined, now: Date): Outcome {
  if (held?.kind === 'later') return plain(held)
  return { kind: 'later', notBefore: now, reason: 'another mail of the same call was refused; not tried by itself yet' }
}

function plain(verdict: Exclude<Verdict, { kind: 'sent' | 'refused' }>): Outcome {
  if (verdict.kind === 'unknown') return verdict
  return { kind: 'later', notBefore: verdict.notBefore, reason: verdict.reason }
}

function together(outcomes: readonly (Outcome | undefined)[]): (Outcome | undefined)[] {
  if (!outcomes.some((outcome) => outcome?.kind === 'unknown')) return [...outcomes]
  return outcomes.map((outcome) => (outcome?.kind === 'later' ? { kind: 'unknown', reason: outcome.reason } : outcome))
}

/** In two halves, or into the mail that the refusal seems to name, what stands before it and what behind. */
function cut({ addresses }: RefusedBatch, { from, to }: Range, { message }: Refusal): Range[] {
  const named = namedIn(message, addresses.slice(from, to))
  const ranges =
    named === undefined ? [from, from + Math.ceil((to - from) / 2), to] : [from, from + named, from + named + 1, to]
  return ranges.slice(1).flatMap((end, index) => {
    const start = ranges[index] ?? end
    return end > start ? [{ from: start, to: end }] : []
  })
}

/** Only a hint where to cut: the mail is refused by itself before anything is believed. */
function namedIn(message: string, addresses: readonly string[]): number | undefined {
  const digits = /\[(\d{1,3})\]|\bindex\D{0,3}(\d{1,3})\b|^(\d{1,3})\.to\b/i.exec(message)
  const index = Number(digits?.[1] ?? digits?.[2] ?? digits?.[3] ?? Number.NaN)
  if (index < addresses.length) return index
  const place = addresses.findIndex((address) => message.includes(address))
  return place < 0 ? undefined : place
}

function places({ from, to }: Range): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
