import type { Attempt } from '../../../src/channel.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { PaceHint } from '../../../src/ports.ts'
import { harmless, oursToRepair, type Refusal } from './classify.ts'

/** How long a mail that was refused alone, for a reason nobody knows, lets others go first. */
const LET_OTHERS_GO_MS = 15 * 60_000
/** So often it is tried before it is laid to the address: what refuses everybody for a while passes. */
const TRIES_ALONE = 3

/** A call that was refused as a whole because of some of its mails. */
export interface RefusedCall {
  readonly attempt: Attempt
  /** Of all mails of the call, in its order. */
  readonly addresses: readonly string[]
  readonly refusal: Refusal
  readonly now: Date
  readonly heard: ((hint: PaceHint) => void) | undefined
}

/**
 * What becomes of the mails of a refused call: they are parted, in two or around the mail that the refusal names, and
 * each part goes on as a call of its own under a key of its own, which the ledger keeps before it is used. So it goes
 * on until a mail is refused alone. Nothing is sent here: a process that is killed half way takes up where it was.
 *
 * A reader is given up only for their address: when the refusal is about the recipient, or when other mails of the same
 * edition were accepted. Otherwise something that all mails share is wrong: it waits to be put right, and others are
 * tried before it.
 *
 * A call that may have been accepted before is not parted, for the parts would be second copies; unless it is refused
 * twice running for a recipient: such a call can never have been accepted.
 *
 * @returns one outcome for each mail of the call.
 */
export async function partsOf(call: RefusedCall): Promise<Outcome[]> {
  const { attempt, addresses, refusal, now } = call
  const neverLeft = refusal.cause === 'recipient' && refusalsOf(attempt) > 0
  const isDoubted = attempt.deliveries.some(({ doubts }) => doubts > 0)
  if (attempt.settled.length > 0 || (isDoubted && !neverLeft)) {
    const reason = `Resend refuses what it may have taken before${said(refusal)}`
    return addresses.map(() => ({ kind: 'unknown', reason, refused: true }))
  }
  if (addresses.length === 1) return [await alone(call)]
  const reason = `another mail of the same call was refused${said(refusal)}`
  const ends = cutsOf(refusal.message, addresses)
  return addresses.map((_, place) => ({
    kind: 'later',
    notBefore: now,
    reason,
    part: String(ends.findIndex((end) => place < end)),
  }))
}

async function alone({ attempt, refusal, now, heard }: RefusedCall): Promise<Outcome> {
  const isPageFine = (await attempt.othersSent?.()) === true
  const wasTried = refusalsOf(attempt) + 1 >= TRIES_ALONE
  const isTheirs = refusal.cause === 'recipient' || (refusal.cause === 'unclear' && wasTried && isPageFine)
  if (isTheirs) return { kind: 'rejected', reason: `Resend does not take this address${said(refusal)}` }
  const { hint, reason } = oursToRepair(refusal, now)
  // One reader's trouble stops nobody; everybody's does.
  if (!isPageFine) heard?.(hint)
  const notBefore = new Date(now.getTime() + LET_OTHERS_GO_MS)
  return { kind: 'later', notBefore, reason, refused: true }
}

/** How often running this very call was refused before. */
function refusalsOf({ deliveries }: Attempt): number {
  return deliveries[0]?.refusals ?? 0
}

function said({ message }: Refusal): string {
  const words = harmless(message)
  return words === '' ? '' : `: ${words}`
}

/** Where the parts end: in the middle, or before and behind the mail that the refusal seems to name. */
function cutsOf(message: string, addresses: readonly string[]): number[] {
  const { length } = addresses
  const named = namedIn(message, addresses)
  const ends = named === undefined ? [Math.ceil(length / 2), length] : [named, named + 1, length]
  return [...new Set(ends)].filter((end) => end > 0)
}

/** Only a hint where to cut: the mail is refused by itself before anything is believed. */
function namedIn(message: string, addresses: readonly string[]): number | undefined {
  const digits = /\[(\d{1,3})\]|\bindex\D{0,3}(\d{1,3})\b|^(\d{1,3})\.to\b/i.exec(message)
  const index = Number(digits?.[1] ?? digits?.[2] ?? digits?.[3] ?? Number.NaN)
  if (index < addresses.length) return index
  const place = addresses.findIndex((address) => message.includes(address))
  return place < 0 ? undefined : place
}
