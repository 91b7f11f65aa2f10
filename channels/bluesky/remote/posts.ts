import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content, FrozenPost } from '../content.ts'
import { DOCUMENT, documentKey, linkPost } from '../standard/publish.ts'
import { classify } from './classify.ts'
import { isDoubtful, type Work } from './context.ts'
import { dated } from './dating.ts'
import type { Wanted } from './dress.ts'
import { following } from './look.ts'
import { answersOf } from './reply.ts'
import { Settled } from './settled.ts'
import { type Kept, keepStamp, recallStamp, uriOf } from './stamp.ts'
import { buriedParts } from './tombstone.ts'
import { removeOurs, type Written, write } from './write.ts'

type Posting = Extract<Content, { kind: 'posts' | 'reply' }>

const RETRACTED: Outcome = { kind: 'rejected', reason: 'it was taken back before it left' }

/**
 * What is known of a delivery without a call: that all of it was taken back and cannot have left, or that an earlier
 * attempt saw it there. Undefined when nothing is. What was sent is not written again: its owner may have deleted it
 * since.
 */
export async function known(
  ports: Work['context']['ports'],
  delivery: Work['delivery'],
  content: Posting,
): Promise<Outcome | undefined> {
  const gone = await buriedParts(ports, delivery.key, postsOf(content).length)
  if (!isDoubtful(delivery)) return isAll(gone, content) ? RETRACTED : undefined
  const before = (await recallStamp(ports, delivery.key))?.stamp
  const first = before?.posts[0]
  if (gone.length > 0 || !first || before.sent === undefined) return undefined
  return { kind: 'sent', remoteId: uriOf(before.did, first.rkey), url: before.sent }
}

/** Stamps what is to be posted, unless that is done, and writes it; what of it was taken back does not stay. */
export async function post(work: Work, content: Posting): Promise<Outcome> {
  const { context, delivery, repo } = work
  const { ports } = context
  const before = await recallStamp(ports, delivery.key)
  if (before && before.stamp.did !== repo.did) return otherAccount(before, work)
  const buried = async (): Promise<number[]> => buriedParts(ports, delivery.key, postsOf(content).length)
  const gone = await buried()
  if (isAll(gone, content)) return takenBack(work, content, before)
  if (before?.stamp.sent !== undefined && gone.length > 0) return seen(work, content, before, gone)
  const wanted = await wantedOf(work, content, before, gone)
  const kept = await dated(work, wanted, before)
  if (kept.stamp.did !== repo.did) return otherAccount(kept, work)
  // Whoever takes it back from now on finds the stamp; whoever did before is found here.
  if (isAll(await buried(), content)) return RETRACTED
  const written = await write(work, wanted, kept, before === undefined && !isDoubtful(delivery))
  return following(work, async () => {
    const since = await buried()
    if (isAll(since, content)) return takenBack(work, content, written.kept)
    await removeParts(work, content, written.kept, since)
    await link(work, without(wanted, since), written)
    const url = urlOf(work, written.ref.uri)
    await keepStamp(ports, delivery.key, written.kept, { ...written.kept.stamp, sent: url })
    return { kind: 'sent', remoteId: written.ref.uri, url }
  })
}

async function wantedOf(
  work: Work,
  content: Posting,
  before: Kept | undefined,
  gone: readonly number[],
): Promise<Wanted> {
  const posts = postsOf(content)
  if (content.kind === 'posts') return without({ posts }, gone)
  const stamped = before?.stamp.posts[0]?.record['reply']
  return { posts, answers: await answersOf(work, content, stamped) }
}

/** A thread is written whole, but what was taken back of it gets no document. */
function without(wanted: Wanted, gone: readonly number[]): Wanted {
  const posts = wanted.posts.map((each, place) => {
    if (!gone.includes(place)) return each
    const { document: _, ...bare } = each
    return bare
  })
  return { ...wanted, posts }
}

function postsOf(content: Posting): readonly FrozenPost[] {
  return content.kind === 'posts' ? content.posts : [content.post]
}

function isAll(gone: readonly number[], content: Posting): boolean {
  return gone.length === postsOf(content).length
}

/** May have left before it was taken back. */
async function takenBack(work: Work, content: Posting, kept: Kept | undefined): Promise<Outcome> {
  if (kept) await removeParts(work, content, kept, [...postsOf(content).keys()])
  return RETRACTED
}

/** Was there before parts of it were taken back: nothing is written again. */
async function seen(work: Work, content: Posting, kept: Kept, gone: readonly number[]): Promise<Outcome> {
  await removeParts(work, content, kept, gone)
  const { posts, sent } = kept.stamp
  const rest = posts.find((_, place) => !gone.includes(place))
  if (!rest || sent === undefined) return RETRACTED
  return { kind: 'sent', remoteId: uriOf(work.repo.did, rest.rkey), url: sent }
}

/** Takes posts away that are there, with their documents. */
async function removeParts(work: Work, content: Posting, kept: Kept, gone: readonly number[]): Promise<void> {
  const posts = postsOf(content)
  for (const place of gone) {
    const own = kept.stamp.posts[place]
    if (own) await removeOurs(work, own)
    const document = posts[place]?.document
    if (document) await work.repo.remove(DOCUMENT, documentKey(document))
  }
}

/** The documents name their posts; one that was corrected still names its own, not the answer. */
async function link(work: Work, { posts, answers }: Wanted, { ref, kept }: Written): Promise<void> {
  const { context, repo } = work
  for (const [place, { document }] of posts.entries()) {
    const rkey = kept.stamp.posts[place]?.rkey
    if (!document || rkey === undefined) continue
    try {
      const isRef = ref.cid !== '' && ref.uri === uriOf(repo.did, rkey)
      const there = answers?.parent ?? (isRef ? ref : await repo.find(rkey))
      if (there) await linkPost(repo, document, context.house, { uri: there.uri, cid: there.cid })
    } catch (error) {
      notLinked(work, error, answers !== undefined)
    }
  }
}

/**
 * A post goes on without; a correction is not done until the document is corrected, too, unless that is refused.
 *
 * @throws Settled
 */
function notLinked({ context: { ports }, delivery }: Work, error: unknown, isCorrection: boolean): void {
  const trouble = classify(error, ports.clock.now())
  const reason = 'reason' in trouble ? trouble.reason : trouble.kind
  const isRefused = trouble.kind === 'rejected' || trouble.kind === 'blob' || trouble.kind === 'absent'
  if (isCorrection && !isRefused)
    throw new Settled({ kind: 'unknown', reason: `the document that it corrects could not be written: ${reason}` })
  const what = isCorrection ? 'is not corrected' : 'does not name its post yet'
  ports.log.warn(`bluesky: the standard.site document of ${delivery.key} ${what}: ${reason}`)
}

function urlOf({ repo }: Work, uri: string): string {
  const profile = repo.handle === '' || repo.handle === 'handle.invalid' ? repo.did : repo.handle
  return `https://bsky.app/profile/${profile}/post/${uri.slice(uri.lastIndexOf('/') + 1)}`
}

/** Nothing is written to an account, or deleted from it, that is not the one it was meant for. */
export function otherAccount({ stamp: { did } }: Kept, { account, repo }: Work): Outcome {
  const reason = `it was meant for ${did}, and ${account.name} is ${repo.did} now; look at both, then settle it by hand`
  return { kind: 'unknown', reason, isFinal: true }
}
