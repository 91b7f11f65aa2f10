import * as z from 'zod'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { elapsed, type Job, later, nothingDone } from './job.ts'
import { lookedForGone, markGone, openNote, type Gone } from './note.ts'
import { ownerOf, search } from './posts.ts'
import { read } from './read.ts'

/** Least time between the call that may have made a status, and the retraction, and a look that counts; and between two. */
const APART_MS = 90_000
const LOOKS = 2
/** A server that leaves it standing for so long does not delete. */
const STUBBORN_MS = 60 * 60_000
const NEVER: Outcome = { kind: 'sent', remoteId: 'never posted' }

/**
 * Takes a status back. That it is never to be posted again is durable before anything else; then it is deleted, also
 * when it is found on the account only now. One that never was there is as gone as one that was deleted.
 */
export async function carryDelete(job: Job, { of, part }: Content & { kind: 'delete' }): Promise<Outcome> {
  const gone = await markGone(job.ports, of, part)
  const note = await openNote(job.ports.notes, of)
  const original = note?.part(part)
  if (original?.id !== undefined) return remove(job, gone, original.id, original.url)
  if (!note || !original?.doubt) return NEVER
  const found = await search(job, note, ownerOf(of, part), part)
  if (found === 'absent') return absent(job, { of, part, gone, asked: original.asked ?? note.value.at })
  return found.kind === 'there' ? remove(job, gone, found.id, note.part(part).url) : nothingDone(job, found)
}

interface Missing {
  readonly of: string
  readonly part: number
  readonly gone: Gone
  readonly asked: string
}

/** One that may still appear; two looks, some time apart, that do not find it prove that it does not. */
async function absent({ ports }: Job, { of, part, gone, asked }: Missing): Promise<Outcome> {
  const passed = [asked, gone.at, gone.lookedAt ?? asked].map((at) => elapsed(ports, at) ?? 0)
  const counts = Math.min(...passed) >= APART_MS
  if (counts && gone.looks + 1 >= LOOKS) return NEVER
  if (counts) await lookedForGone(ports, of, part, gone)
  return later(ports, APART_MS, 'the post may still appear; it is looked for once more')
}

async function remove(job: Job, gone: Gone, id: string, url: string | undefined): Promise<Outcome> {
  const sent: Outcome = { kind: 'sent', remoteId: id, ...(url !== undefined && { url }) }
  const writer = await job.writer()
  const made = await writer.remove(id)
  if (made.kind === 'made') {
    await job.gate.opened()
    return sent
  }
  if (made.kind === 'denied' || made.kind === 'busy' || made.kind === 'unsent') return nothingDone(job, made)
  // Neither an error nor "not found" tells whether it is there: some servers do not delete, and some say so without words.
  const still = await read(job.reader, job.ports, `/api/v1/statuses/${encodeURIComponent(id)}`, z.unknown(), job.signal)
  if (still.kind === 'refused' && (still.status === 404 || still.status === 410)) return sent
  const isStubborn = made.kind === 'refused' || (elapsed(job.ports, gone.at) ?? 0) >= STUBBORN_MS
  if (still.kind === 'told' && isStubborn)
    return { kind: 'rejected', reason: `the server does not delete it (${made.reason}); delete it there by hand` }
  return { kind: 'unknown', reason: made.reason }
}
