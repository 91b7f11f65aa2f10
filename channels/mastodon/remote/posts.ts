import type { Outcome } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { FrozenPost } from '../content.ts'
import { begin } from './begin.ts'
import { isGone } from './gone.ts'
import { speaksForAnother } from './identity.ts'
import { elapsed, type Job, later, nothingDone, settleMs } from './job.ts'
import type { Verdict } from './judge.ts'
import { claimStatus, openNote, type OpenNote, ownerOf, type Part } from './note.ts'
import { attachment } from './picture.ts'
import { BLIND, search } from './search.ts'

/** The longest pause between two requests for a status that may have been made; the first ones are shorter. */
const LONGEST_APART_MS = 15 * 60_000
const UNSENT_WAIT_MS = 30_000
/** Longer than any limit is waited out: a pause that is further off was noted before the clock was set back. */
const LONGEST_PAUSE_MS = 25 * 60 * 60_000
export const RETRACTED: Outcome = { kind: 'rejected', reason: 'it was retracted' }

/** What became of one status of a delivery: it is there; it was taken back; or what its delivery comes to. */
type End = { readonly kind: 'there'; readonly id: string } | { readonly kind: 'gone' } | Outcome

/**
 * Posts what is not there yet: one status, or a chain in which each answers the one before, from where it stopped.
 *
 * Servers' idempotency keys are a help and no guarantee: some ignore them, and all forget them. So whatever was asked
 * for before and did not plainly fail is looked for on the account first, and asked for again, under the same key, only
 * when it is not there and time has passed, more from each time to the next.
 */
export async function carryPosts(job: Job, posts: readonly FrozenPost[]): Promise<Outcome> {
  if (await allGone(job, posts)) return RETRACTED
  const note = (await openNote(job.ports.notes, job.key)) ?? (await begin(job, posts))
  if ('kind' in note) return note
  const isWhole = note.value.parts.every(({ id }) => id !== undefined)
  const other = isWhole ? undefined : (paused(job, note) ?? (await speaksForAnother(job, note.value)))
  if (other) return inPart(note, other)
  let before: string | undefined
  for (const [index, post] of posts.entries()) {
    const end = await carryOne(job, note, { post, index, before })
    if (end.kind === 'there') before = end.id
    else if (end.kind !== 'gone') return stopped(note, end, index)
  }
  return sentOf(note)
}

/** The root of a chain stands for all of it. */
export function sentOf({ value }: OpenNote): Outcome {
  const first = value.parts.find(({ id }) => id !== undefined)
  if (first?.id === undefined) return RETRACTED
  return { kind: 'sent', remoteId: first.id, ...(first.url !== undefined && { url: first.url }) }
}

export async function allGone({ ports, key }: Job, posts: readonly FrozenPost[]): Promise<boolean> {
  const gone = await Promise.all(posts.map((_, index) => isGone(ports.notes, key, index)))
  return gone.every(Boolean)
}

export function stands({ value }: OpenNote): boolean {
  return value.parts.some(({ id }) => id !== undefined)
}

/** What stops a chain for now is no word that nothing was done once a part of it stands. */
export function inPart(note: OpenNote | undefined, outcome: Outcome): Outcome {
  return note && stands(note) && outcome.kind === 'later' ? { kind: 'unknown', reason: outcome.reason } : outcome
}

/** The server asked for a pause, or could not be reached, in the middle of a chain. */
function paused({ ports }: Job, note: OpenNote): Outcome | undefined {
  const { until } = note.value
  const ms = until === undefined || !stands(note) ? 0 : Date.parse(until) - ports.clock.now().getTime()
  if (ms <= 0 || ms > LONGEST_PAUSE_MS) return undefined
  return { kind: 'unknown', reason: `the rest of it waits until ${until}` }
}

interface Piece {
  readonly post: FrozenPost
  readonly index: number
  /** Id of the status that it answers. */
  readonly before: string | undefined
}

async function carryOne(job: Job, note: OpenNote, piece: Piece): Promise<End> {
  const { index, post } = piece
  if (await isGone(job.ports.notes, job.key, index)) return { kind: 'gone' }
  const { id, asked, doubt, group } = note.part(index)
  if (id !== undefined) return { kind: 'there', id }
  if (job.signal.aborted) return later(job.ports, 0, 'stopped before it was asked for')
  if (asked !== undefined) {
    const found = await search(job, note, job.key, index)
    // Under another group a person has looked, and wants it posted.
    if (found === 'blind' && doubt && group === job.group) return BLIND
    if (found === 'absent') {
      const wait = doubt && (await tooSoon(job, note, index, asked))
      if (wait) return wait
    } else if (found !== 'blind') return found.kind === 'there' ? found : nothingDone(job, found)
  }
  const media = post.picture ? await attachment(job, note, index, post.picture) : ''
  if (typeof media !== 'string') return media
  return ask(job, note, piece, media)
}

async function tooSoon(job: Job, note: OpenNote, index: number, asked: string): Promise<Outcome | undefined> {
  const { ports } = job
  const ms = elapsed(ports, asked)
  const { asks = 1 } = note.part(index)
  const apart = Math.max(settleMs(job), Math.min(settleMs(job) * 2 ** (asks - 1), LONGEST_APART_MS))
  if (ms !== undefined && ms >= apart) return undefined
  // The clock was set back: the wait begins anew.
  if (ms === undefined) await note.setPart(index, { ...note.part(index), asked: ports.clock.now().toISOString() })
  return { kind: 'unknown', reason: 'it may still appear; it is asked for again only some time after the last time' }
}

/** The one call that makes a status. That it was made is durable before, what came of it after. */
async function ask(job: Job, note: OpenNote, { post, index, before }: Piece, media: string): Promise<End> {
  const { ports, key, group, installation } = job
  const earlier = note.part(index)
  const writer = await job.writer()
  const asks = (earlier.asks ?? 0) + 1
  await note.setPart(index, { ...earlier, asked: ports.clock.now().toISOString(), asks, group, doubt: true })
  // Whoever takes it back writes that down first and looks then: one of the two sees the other.
  if (await isGone(ports.notes, key, index)) {
    await note.setPart(index, earlier)
    return { kind: 'gone' }
  }
  const made = await writer.post(sha256(`mastodon ${installation} ${key} ${index}`), post.status, {
    ...(before !== undefined && { inReplyToId: before }),
    ...(media !== '' && { mediaIds: [media] }),
  })
  if (made.kind !== 'made') return notMade(job, note, index, earlier, made)
  await claimStatus(ports.notes, note.value, made.id, ownerOf(key, index))
  await note.setPart(index, { id: made.id, ...(made.url !== undefined && { url: made.url }), media })
  await job.gate.opened()
  return { kind: 'there', id: made.id }
}

async function notMade(job: Job, note: OpenNote, index: number, earlier: Part, verdict: Verdict): Promise<Outcome> {
  const { reason } = verdict
  if (verdict.kind === 'unknown') {
    // The time in which it may still appear runs from the end of the call.
    await note.setPart(index, { ...note.part(index), asked: job.ports.clock.now().toISOString() })
    return { kind: 'unknown', reason }
  }
  // This call did nothing; what an earlier one did is as unknown as it was.
  if (verdict.kind !== 'refused') {
    await note.setPart(index, earlier)
    return verdict.kind === 'unsent' ? later(job.ports, UNSENT_WAIT_MS, reason) : nothingDone(job, verdict)
  }
  const hasPicture = (earlier.media ?? '') !== '' || (note.part(index).media ?? '') !== ''
  if (hasPicture) {
    // It may be the picture that is refused: after a lost answer because it is attached already.
    await note.setPart(index, { ...earlier, media: '' })
    return earlier.doubt ? { kind: 'unknown', reason, refused: true } : later(job.ports, 0, reason)
  }
  if (earlier.doubt) {
    await note.setPart(index, earlier)
    return { kind: 'unknown', reason, refused: true }
  }
  await note.setPart(index, { ...earlier, refused: reason })
  return { kind: 'rejected', reason }
}

/** A delivery that stops at one of its statuses. A chain of which a part stands is neither known not to have acted nor refused. */
async function stopped(note: OpenNote, outcome: Outcome, index: number): Promise<Outcome> {
  const { length: count } = note.value.parts
  if (count === 1 || outcome.kind === 'sent') return outcome
  const standing = note.value.parts.filter(({ id }) => id !== undefined).length
  const which = `status ${index + 1} of ${count}`
  if (outcome.kind === 'rejected' && standing > 0) {
    const reason = `${which} was refused: ${outcome.reason}; ${standing} are posted; settle it by hand: --retry goes on from there, --sent leaves it so`
    return { kind: 'unknown', isFinal: true, reason }
  }
  if (outcome.kind === 'later' && standing > 0) await note.pauseUntil(outcome.notBefore)
  return inPart(note, { ...outcome, reason: `${which}: ${outcome.reason} (${standing} of ${count} are posted)` })
}
