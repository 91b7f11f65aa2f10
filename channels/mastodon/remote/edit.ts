import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { beginEdit, endEdit } from './edits.ts'
import { isGone } from './gone.ts'
import { answersFor, speaksForAnother } from './identity.ts'
import { elapsed, type Job, later, nothingDone, settleMs } from './job.ts'
import { openNote, type OpenNote } from './note.ts'

/** How long a correction waits before it looks again whether its post has left. */
const ORIGINAL_WAIT_MS = 10 * 60_000
const OTHER_EDIT_WAIT_MS = 60_000
/** Quiet hours and a long row of posts before it take less. */
const LONGEST_WAIT_MS = 3 * 24 * 60 * 60_000

type Correction = Content & { kind: 'edit' }

/**
 * Corrects a status in place. Doing it again changes nothing, so that an answer that was lost is asked for again; but
 * one that a later correction has overtaken is left alone, for that has the whole text.
 */
export async function carryEdit(job: Job, content: Correction): Promise<Outcome> {
  const { of, part } = content
  const { ports } = job
  if (await isGone(ports.notes, of, part)) return { kind: 'rejected', reason: 'the post was retracted' }
  const note = await openNote(ports.notes, of)
  const original = note?.part(part)
  if (original?.refused !== undefined) return { kind: 'rejected', reason: 'the post that it corrects was refused' }
  if (!note || original?.id === undefined)
    return waiting(job, 'post', ORIGINAL_WAIT_MS, 'the post that it corrects has not left')
  return (await speaksForAnother(job, note.value)) ?? put(job, content, note, original.id)
}

async function put(job: Job, { of, part, at, status }: Correction, note: OpenNote, id: string): Promise<Outcome> {
  const { ports, gate, key } = job
  const { url, media = '' } = note.part(part)
  const sent: Outcome = { kind: 'sent', remoteId: id, ...(url !== undefined && { url }) }
  const edit = { key, at, of, part }
  const place = await beginEdit(ports, edit, settleMs(job))
  if (place === 'overtaken') return sent
  if (place === 'wait')
    return waiting(job, 'other', OTHER_EDIT_WAIT_MS, 'what became of another correction is not known')
  const writer = await job.writer()
  const made = await writer.edit(id, status, media === '' ? {} : { mediaIds: [media] })
  if (made.kind === 'made') {
    await endEdit(ports.notes, edit, true)
    await gate.opened()
    return sent
  }
  if (made.kind === 'unknown') return { kind: 'unknown', reason: made.reason }
  if (made.kind !== 'refused') {
    await endEdit(ports.notes, edit, false)
    return nothingDone(job, made)
  }
  const isAway = made.status === 404 || made.status === 410
  if (isAway && !(await answersFor(job, note.value))) return { kind: 'unknown', reason: made.reason }
  await endEdit(ports.notes, edit, false)
  return { kind: 'rejected', reason: isAway ? 'the post is gone' : made.reason }
}

/** Without a word of what it waits for: that may be yet to leave, or in doubt. */
async function waiting({ ports, key }: Job, of: 'post' | 'other', ms: number, reason: string): Promise<Outcome> {
  const since = await ports.notes.remember(`mastodon edit ${key} ${of}`, () => ports.clock.now().toISOString())
  if ((elapsed(ports, since) ?? 0) >= LONGEST_WAIT_MS) return { kind: 'rejected', reason }
  return later(ports, ms, `${reason} yet`)
}
