import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { elapsed, type Job, later, nothingDone } from './job.ts'
import { isGone, isLatestEdit, openNote } from './note.ts'

/** How long a correction waits before it looks again whether its post has left. */
const ORIGINAL_WAIT_MS = 10 * 60_000
/** Quiet hours and a long row of posts before it take less. */
const LONGEST_WAIT_MS = 3 * 24 * 60 * 60_000

/**
 * Corrects a status in place. Doing it again changes nothing, so that an answer that was lost is asked for again; but
 * one that a later correction has overtaken is left alone, for that has the whole text.
 */
export async function carryEdit(job: Job, { of, part, status }: Content & { kind: 'edit' }): Promise<Outcome> {
  const { ports, gate } = job
  if (await isGone(ports.notes, of, part)) return { kind: 'rejected', reason: 'the post was retracted' }
  const original = (await openNote(ports.notes, of))?.part(part)
  if (original?.refused !== undefined) return { kind: 'rejected', reason: 'the post that it corrects was refused' }
  if (original?.id === undefined) return notYet(job)
  const { id, url, media = '' } = original
  const sent: Outcome = { kind: 'sent', remoteId: id, ...(url !== undefined && { url }) }
  if (!(await isLatestEdit(ports.notes, of, part, job.key))) return sent
  const writer = await job.writer()
  const made = await writer.edit(id, status, media === '' ? {} : { mediaIds: [media] })
  if (made.kind === 'made') {
    await gate.opened()
    return sent
  }
  if (made.kind === 'unknown') return { kind: 'unknown', reason: made.reason }
  if (made.kind !== 'refused') return nothingDone(job, made)
  return { kind: 'rejected', reason: made.status === 404 || made.status === 410 ? 'the post is gone' : made.reason }
}

/** Without a status, and without a word that it was refused: it may be yet to leave, or in doubt. */
async function notYet({ ports, key }: Job): Promise<Outcome> {
  const since = await ports.notes.remember(`mastodon edit ${key}`, () => ports.clock.now().toISOString())
  if ((elapsed(ports, since) ?? 0) >= LONGEST_WAIT_MS)
    return { kind: 'rejected', reason: 'the post that it corrects has not left' }
  return later(ports, ORIGINAL_WAIT_MS, 'the post that it corrects has not left yet')
}
