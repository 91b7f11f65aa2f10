import type { Outcome } from '../../../src/domain/delivery.ts'
import type { FrozenPost } from '../content.ts'
import { isGone } from './gone.ts'
import { elapsed, type Job, later, nothingDone, settleMs } from './job.ts'
import type { Verdict } from './judge.ts'
import { openNote, type OpenNote } from './note.ts'
import { allGone, carryPosts, inPart, RETRACTED, sentOf, stands } from './posts.ts'
import { BLIND, search } from './search.ts'

/** Least time between two looks that count. */
const APART_MS = 90_000
/** Looks that must not find a status before it counts as never made. */
const LOOKS = 2
/** How long what was proved not to be there waits before it is asked for again: twice as long each time, up to the longest. */
const AGAIN_MS = 5 * 60_000
const LONGEST_AGAIN_MS = 2 * 60 * 60_000
/** For how long, and how often, an account that cannot be looked at is asked again before a person is. */
const UNREACHABLE_MS = 24 * 60 * 60_000
const MISSES = 12

/**
 * Looks for what may have been posted, after the time in which a call may be repeated. Only two looks, some time apart,
 * that find nothing prove that it was not: then the answer is `later`, and it is posted after all. A chain of which a
 * part stands has acted and can never be `later`: the rest of it is posted here.
 */
export async function findPosts(job: Job, posts: readonly FrozenPost[]): Promise<Outcome> {
  const { notes } = job.ports
  if (await allGone(job, posts)) return RETRACTED
  const note = await openNote(notes, job.key)
  // Nothing is ever asked for without a note.
  if (!note) return later(job.ports, 0, 'it was never asked for')
  for (const index of posts.keys()) {
    const { id, doubt } = note.part(index)
    if (id !== undefined || (await isGone(notes, job.key, index))) continue
    if (!doubt) return goOn(job, note, posts, later(job.ports, 0, 'it is not asked for yet'))
    if (await job.gate.closed()) return { kind: 'unknown', reason: 'it cannot be looked for: the account is stopped' }
    const found = await search(job, note, job.key, index)
    if (found === 'blind') return BLIND
    if (found === 'absent') return absent(job, note, index, posts)
    if (found.kind !== 'there') return unreachable(job, note, index, found)
  }
  return sentOf(note)
}

async function goOn(job: Job, note: OpenNote, posts: readonly FrozenPost[], outcome: Outcome): Promise<Outcome> {
  if (!stands(note)) return outcome
  const closed = await job.gate.closed()
  return closed ? inPart(note, closed) : carryPosts(job, posts)
}

async function absent(job: Job, note: OpenNote, index: number, posts: readonly FrozenPost[]): Promise<Outcome> {
  const { ports } = job
  const { missed: _missed, ...part } = note.part(index)
  const now = ports.clock.now().toISOString()
  const sinceAsked = elapsed(ports, part.asked ?? now)
  const sinceLooked = part.lookedAt === undefined ? Infinity : elapsed(ports, part.lookedAt)
  const isBack = sinceAsked === undefined || sinceLooked === undefined
  const counts = !isBack && sinceAsked >= settleMs(job) && sinceLooked >= APART_MS
  const looks = (part.looks ?? 0) + (counts ? 1 : 0)
  if (looks < LOOKS) {
    // The clock was set back: all of it begins anew.
    if (isBack) await note.setPart(index, { ...part, asked: now, looks: 0, lookedAt: now })
    else await note.setPart(index, counts ? { ...part, looks, lookedAt: now } : part)
    return { kind: 'unknown', reason: 'it is not on the account; looked for once more before it is posted again' }
  }
  const absences = (part.absences ?? 0) + 1
  const { doubt: _doubt, looks: _looks, lookedAt: _lookedAt, asks: _asks, ...rest } = part
  await note.setPart(index, { ...rest, absences })
  const waitMs = Math.min(AGAIN_MS * 2 ** (absences - 1), LONGEST_AGAIN_MS)
  return goOn(job, note, posts, later(ports, waitMs, 'it was asked for and is not on the account; it is posted again'))
}

/** A person is asked only when nobody could look for long, and not because nobody tried. */
async function unreachable(job: Job, note: OpenNote, index: number, verdict: Verdict): Promise<Outcome> {
  const { ports } = job
  // What is said of the credential stops the account.
  await nothingDone(job, verdict)
  const reason = `it cannot be looked for: ${verdict.reason}`
  const { missed, ...part } = note.part(index)
  const ms = missed && elapsed(ports, missed.since)
  const next =
    missed === undefined || ms === undefined
      ? { since: ports.clock.now().toISOString(), times: 1 }
      : { ...missed, times: missed.times + 1 }
  const isLong = ms !== undefined && ms >= UNREACHABLE_MS && next.times >= MISSES
  await note.setPart(index, isLong ? part : { ...part, missed: next })
  return { kind: 'unknown', reason, ...(isLong && { isFinal: true }) }
}
