import type { Outcome } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { FrozenPost } from '../content.ts'
import { identify } from './identity.ts'
import { elapsed, type Job, later, nothingDone } from './job.ts'
import type { Verdict } from './judge.ts'
import { latest, pick, since } from './look.ts'
import { beginNote, isGone, claimStatus, openNote, type OpenNote, type Part } from './note.ts'
import { attachment } from './picture.ts'
import type { Seen, Sought } from './recognise.ts'

/** A gateway that gave up may have a server behind it that has not: a status may still appear for so long. */
const SETTLE_MS = 60_000
const UNSENT_WAIT_MS = 30_000
const OTHER_ACCOUNT_WAIT_MS = 15 * 60_000
export const RETRACTED: Outcome = { kind: 'rejected', reason: 'it was retracted' }

/** What became of one status of a delivery: it is there; it was taken back; or what its delivery comes to. */
type End = { readonly kind: 'there'; readonly id: string } | { readonly kind: 'gone' } | Outcome

/**
 * Posts what is not there yet: one status, or a chain in which each answers the one before, from where it stopped.
 *
 * Servers' idempotency keys are a help and no guarantee: some ignore them, and all forget them. So whatever was asked
 * for before and did not plainly fail is looked for on the account first, and asked for again, under the same key, only
 * when it is not there and a minute has passed.
 */
export async function carryPosts(job: Job, posts: readonly FrozenPost[]): Promise<Outcome> {
  if (await allGone(job, posts)) return RETRACTED
  const note = (await openNote(job.ports.notes, job.key)) ?? (await begin(job, posts))
  if ('kind' in note) return note
  const other = await speaksForAnother(job, note)
  if (other) return other
  let before: string | undefined
  for (const [index, post] of posts.entries()) {
    const end = await carryOne(job, note, { post, index, before })
    if (end.kind === 'there') before = end.id
    else if (end.kind !== 'gone') return placed(end, index, posts.length)
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

/** Looks where the account stands, and whether the posts are there already: a store that was rebuilt finds them again. */
async function begin(job: Job, posts: readonly FrozenPost[]): Promise<OpenNote | Outcome> {
  const { ports, reader, signal, account, key, gate } = job
  const identity = await identify(account.name, reader, ports, signal)
  if ('kind' in identity) return nothingDone(job, identity)
  const seen = await latest(job, identity.id)
  if (!Array.isArray(seen)) return nothingDone(job, seen)
  await gate.opened()
  const of = { account: identity.id, ...(identity.app !== undefined && { app: identity.app }) }
  const parts: Part[] = []
  const sought = posts.map(({ items, href, status }): Sought => ({ items, href, text: status.status }))
  for (const [index, each] of sought.entries()) {
    const found = await pick(seen, each, of, { notes: ports.notes, owner: ownerOf(key, index) })
    parts.push(found ? foundPart(found) : {})
  }
  const newest = seen[0]?.id
  const at = ports.clock.now().toISOString()
  return beginNote(ports.notes, key, { ...of, at, ...(newest !== undefined && { since: newest }), sought, parts })
}

/** A token that was changed for another account's would post there what may have been posted here. */
async function speaksForAnother(job: Job, { value }: OpenNote): Promise<Outcome | undefined> {
  if (value.parts.every(({ id }) => id !== undefined)) return undefined
  const identity = await identify(job.account.name, job.reader, job.ports, job.signal)
  if ('kind' in identity) return nothingDone(job, identity)
  if (identity.id === value.account) return undefined
  const reason = 'it was begun on another account than the one that the access token is for now; set the former token'
  return later(job.ports, OTHER_ACCOUNT_WAIT_MS, reason)
}

interface Piece {
  readonly post: FrozenPost
  readonly index: number
  /** Id of the status that it answers. */
  readonly before: string | undefined
}

async function carryOne(job: Job, note: OpenNote, piece: Piece): Promise<End> {
  const { index, post } = piece
  const { id, asked, doubt } = note.part(index)
  if (id !== undefined) return { kind: 'there', id }
  if (job.signal.aborted) return later(job.ports, 0, 'stopped before it was asked for')
  if (await isGone(job.ports.notes, job.key, index)) return { kind: 'gone' }
  if (asked !== undefined) {
    const found = await search(job, note, ownerOf(job.key, index), index)
    if (found === 'absent') {
      const wait = doubt && (await tooSoon(job, note, index, asked))
      if (wait) return wait
    } else if (found.kind === 'there') return found
    else return nothingDone(job, found)
  }
  const media = post.picture ? await attachment(job, note, index, post.picture) : ''
  if (typeof media !== 'string') return media
  return ask(job, note, piece, media)
}

/** Looks on the account for a status that was asked for; what is found is written down. */
export async function search(
  job: Job,
  note: OpenNote,
  owner: string,
  index: number,
): Promise<{ readonly kind: 'there'; readonly id: string } | 'absent' | Verdict> {
  const seen = await since(job, note.value)
  if (!Array.isArray(seen)) return seen
  const sought = note.value.sought[index]
  const found = sought && (await pick(seen, sought, note.value, { notes: job.ports.notes, owner }))
  if (!found) return 'absent'
  await note.setPart(index, foundPart(found))
  return { kind: 'there', id: found.id }
}

async function tooSoon({ ports }: Job, note: OpenNote, index: number, asked: string): Promise<Outcome | undefined> {
  const ms = elapsed(ports, asked)
  if (ms !== undefined && ms >= SETTLE_MS) return undefined
  // The clock was set back: the minute begins anew.
  if (ms === undefined) await note.setPart(index, { ...note.part(index), asked: ports.clock.now().toISOString() })
  return { kind: 'unknown', reason: 'it may still appear; it is not asked for again within a minute' }
}

/** The one call that makes a status. That it was made is durable before, what came of it after. */
async function ask(job: Job, note: OpenNote, { post, index, before }: Piece, media: string): Promise<End> {
  const { ports, key, installation } = job
  const earlier = note.part(index)
  const writer = await job.writer()
  await note.setPart(index, { ...earlier, asked: ports.clock.now().toISOString(), doubt: true })
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
  await claimStatus(ports.notes, note.value.account, made.id, ownerOf(key, index))
  await note.setPart(index, { id: made.id, ...(made.url !== undefined && { url: made.url }), media })
  await job.gate.opened()
  return { kind: 'there', id: made.id }
}

async function notMade(job: Job, note: OpenNote, index: number, earlier: Part, verdict: Verdict): Promise<Outcome> {
  const { reason } = verdict
  if (verdict.kind === 'unknown') return { kind: 'unknown', reason }
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

function placed(outcome: Outcome, index: number, count: number): Outcome {
  if (count === 1 || outcome.kind === 'sent') return outcome
  const reason = `status ${index + 1} of ${count}: ${outcome.reason} (${index} of ${count} are posted)`
  return { ...outcome, reason }
}

export function ownerOf(key: string, index: number): string {
  return `${key} ${index}`
}

function foundPart({ id, url, media_attachments: media }: Seen): Part {
  return { id, ...(url != null && { url }), media: media[0]?.id ?? '' }
}
