import * as z from 'zod'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { changeGone, type Gone, markGone } from './gone.ts'
import { answersFor, speaksForAnother } from './identity.ts'
import { elapsed, type Job, later, nothingDone, settleMs } from './job.ts'
import type { Verdict } from './judge.ts'
import { openNote, type OpenNote } from './note.ts'
import { read } from './read.ts'
import { search } from './search.ts'

/** Least time between the retraction and a look that counts, and between two. */
const APART_MS = 90_000
const LOOKS = 2
/** A server that answers so many deletions without saying that it is done, so far apart, does not delete: snac. */
const FAILURES = 12
const FAILURES_APART_MS = 5 * 60_000
const NEVER: Outcome = { kind: 'sent', remoteId: 'never posted' }
const BLIND: Outcome = {
  kind: 'unknown',
  isFinal: true,
  reason:
    'it may have been posted, and the server does not list posts for followers alone; look on the account yourself, delete it there, then settle it by hand: --sent',
}

type Deletion = Content & { kind: 'delete' }

/**
 * Takes a status back. That it is never to be posted again is durable before anything else; then it is deleted, also
 * when it is found on the account only now. One that never was there is as gone as one that was deleted.
 */
export async function carryDelete(job: Job, content: Deletion): Promise<Outcome> {
  const { of, part } = content
  const gone = await markGone(job.ports, of, part)
  const note = await openNote(job.ports.notes, of)
  const original = note?.part(part)
  if (!note || (original?.id === undefined && !original?.doubt)) return NEVER
  const other = await speaksForAnother(job, note.value)
  if (other) return other
  if (original.id !== undefined) return remove(job, note, content, gone)
  const found = await search(job, note, of, part)
  if (found === 'blind') return BLIND
  if (found === 'absent') return absent(job, content, gone, original.asked ?? note.value.at)
  return found.kind === 'there' ? remove(job, note, content, gone) : nothingDone(job, found)
}

/** One that may still appear; two looks, some time apart, that do not find it prove that it does not. */
async function absent(job: Job, { of, part }: Deletion, gone: Gone, asked: string): Promise<Outcome> {
  const { ports } = job
  const passed = [gone.at, gone.lookedAt ?? gone.at].map((at) => elapsed(ports, at) ?? 0)
  const counts = Math.min(...passed) >= APART_MS && (elapsed(ports, asked) ?? 0) >= settleMs(job)
  if (counts && gone.looks + 1 >= LOOKS) return NEVER
  const looked = { ...gone, looks: gone.looks + 1, lookedAt: ports.clock.now().toISOString() }
  if (counts) await changeGone(ports.notes, of, part, gone, looked)
  return later(ports, APART_MS, 'the post may still appear; it is looked for once more')
}

async function remove(job: Job, note: OpenNote, content: Deletion, gone: Gone): Promise<Outcome> {
  const { id = '', url } = note.part(content.part)
  const sent: Outcome = { kind: 'sent', remoteId: id, ...(url !== undefined && { url }) }
  const writer = await job.writer()
  const made = await writer.remove(id)
  if (made.kind === 'made' && made.id === id) {
    await job.gate.opened()
    return sent
  }
  if (made.kind === 'denied' || made.kind === 'busy' || made.kind === 'unsent') return nothingDone(job, made)
  const answer: Verdict = made.kind === 'made' ? { kind: 'unknown', reason: 'the server deleted another post' } : made
  // Neither an error nor "not found" tells whether it is there: some servers do not delete, and some say so without words.
  const still = await read(job.reader, job.ports, `/api/v1/statuses/${encodeURIComponent(id)}`, z.unknown(), job.signal)
  const isAway = still.kind === 'refused' && (still.status === 404 || still.status === 410)
  // A gateway that knows no way to the server finds nothing either.
  if (isAway && (await answersFor(job, note.value))) return sent
  if (still.kind !== 'told') return { kind: 'unknown', reason: answer.reason }
  if (answer.kind === 'refused' && (await answersFor(job, note.value)))
    return { kind: 'rejected', reason: `the server does not delete it (${answer.reason}); delete it there by hand` }
  return stillThere(job, content, gone, answer.reason)
}

/** The answer to the deletion said nothing, and it is there. */
async function stillThere({ ports }: Job, { of, part }: Deletion, gone: Gone, reason: string): Promise<Outcome> {
  const { failures = 0, failedAt, ...rest } = gone
  const passed = failedAt === undefined ? Infinity : (elapsed(ports, failedAt) ?? Infinity)
  const isFinal = passed >= FAILURES_APART_MS && failures + 1 >= FAILURES
  if (isFinal) {
    await changeGone(ports.notes, of, part, gone, rest)
    const told = `the server answers, and does not delete it (${reason}); delete it there by hand, then settle it: --sent`
    return { kind: 'unknown', reason: told, isFinal }
  }
  const failed = { ...gone, failures: failures + 1, failedAt: ports.clock.now().toISOString() }
  if (passed >= FAILURES_APART_MS) await changeGone(ports.notes, of, part, gone, failed)
  return { kind: 'unknown', reason }
}
