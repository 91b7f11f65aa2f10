import type { Outcome } from '../../../src/domain/delivery.ts'
import type { FrozenPost } from '../content.ts'
import { elapsed, type Job, later } from './job.ts'
import { isGone, openNote, type OpenNote } from './note.ts'
import { allGone, ownerOf, RETRACTED, search, sentOf } from './posts.ts'

/** Least time between the last call, and between two looks that count. */
const APART_MS = 90_000
/** Looks that must not find a status before it counts as never made. */
const LOOKS = 2
/** A status that was proved not to be there so often, and was asked for each time, is a riddle for a person. */
const ABSENCES = 3
/** For how long an account that cannot be looked at is asked again before a person is. */
const UNREACHABLE_MS = 24 * 60 * 60_000

/**
 * Looks for what may have been posted, after the time in which a call may be repeated. Only two looks, some time apart,
 * that find nothing prove that it was not: then the answer is `later`, and it is posted after all.
 *
 * @returns undefined when nothing can be told and a person is to look; `unknown` to be asked again.
 */
export async function findPosts(job: Job, posts: readonly FrozenPost[]): Promise<Outcome | undefined> {
  if (await allGone(job, posts)) return RETRACTED
  const note = await openNote(job.ports.notes, job.key)
  // Nothing is ever asked for without a note.
  if (!note) return later(job.ports, 0, 'it was never asked for')
  for (const index of posts.keys()) {
    const { id, doubt } = note.part(index)
    if (id !== undefined || (await isGone(job.ports.notes, job.key, index))) continue
    if (!doubt) return later(job.ports, 0, 'it is not asked for yet')
    if (await job.gate.closed()) return { kind: 'unknown', reason: 'it cannot be looked for: the account is stopped' }
    const found = await search(job, note, ownerOf(job.key, index), index)
    if (found === 'absent') return absent(job, note, index)
    if (found.kind === 'there') continue
    if (found.kind === 'denied') await job.gate.stop(found.reason)
    return unreachable(job, note, index, found.reason)
  }
  return sentOf(note)
}

async function absent({ ports }: Job, note: OpenNote, index: number): Promise<Outcome> {
  const part = note.part(index)
  const now = ports.clock.now().toISOString()
  const sinceAsked = elapsed(ports, part.asked ?? now)
  const sinceLooked = part.lookedAt === undefined ? Infinity : elapsed(ports, part.lookedAt)
  // The clock was set back: all of it begins anew.
  if (sinceAsked === undefined || sinceLooked === undefined)
    await note.setPart(index, { ...part, asked: now, looks: 0, lookedAt: now })
  const counts = Math.min(sinceAsked ?? 0, sinceLooked ?? 0) >= APART_MS
  const looks = (part.looks ?? 0) + 1
  if (!counts || looks < LOOKS) {
    if (counts) await note.setPart(index, { ...part, looks, lookedAt: now })
    return { kind: 'unknown', reason: 'it is not on the account; looked for once more before it is posted again' }
  }
  const absences = (part.absences ?? 0) + 1
  const { doubt: _doubt, looks: _looks, lookedAt: _lookedAt, ...rest } = part
  await note.setPart(index, { ...rest, absences })
  const reason = `it was asked for and looked for ${absences} times and is not on the account; please check the account`
  if (absences >= ABSENCES) return { kind: 'unknown', reason, isFinal: true }
  return later(ports, 0, 'it is not on the account')
}

function unreachable({ ports }: Job, note: OpenNote, index: number, reason: string): Outcome | undefined {
  const ms = elapsed(ports, note.part(index).asked ?? note.value.at) ?? 0
  return ms < UNREACHABLE_MS ? { kind: 'unknown', reason: `it cannot be looked for: ${reason}` } : undefined
}
