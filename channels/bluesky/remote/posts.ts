import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { linkPost } from '../standard/publish.ts'
import { isDoubtful, type Work } from './context.ts'
import { isOurs, removeOurs, type Written, write } from './write.ts'
import { stamp, type Wanted } from './dress.ts'
import { reading } from './look.ts'
import { answersOf } from './reply.ts'
import { type Kept, keepStamp, recallStamp, uriOf } from './stamp.ts'
import { buriedParts } from './tombstone.ts'

type Posting = Extract<Content, { kind: 'posts' | 'reply' }>

/** What is dated further back than this sorts into the past: as long as it cannot have left it is dated anew. */
const STALE_MS = 60 * 60_000

const RETRACTED: Outcome = { kind: 'rejected', reason: 'it was taken back before it left' }

/**
 * What is known of a delivery without a call: that it was taken back and cannot have left, or that an earlier attempt
 * saw it there. Undefined when nothing is. What was sent is not written again: its owner may have deleted it since.
 */
export async function known(
  ports: Work['context']['ports'],
  delivery: Work['delivery'],
  content: Posting,
): Promise<Outcome | undefined> {
  const gone = await buriedParts(ports, delivery.key, countOf(content))
  if (!isDoubtful(delivery)) return gone.length > 0 ? RETRACTED : undefined
  const before = (await recallStamp(ports, delivery.key))?.stamp
  const first = before?.posts[0]
  if (gone.length > 0 || !first || before.sent === undefined) return undefined
  return { kind: 'sent', remoteId: uriOf(before.did, first.rkey), url: before.sent }
}

/** Stamps what is to be posted, unless that is done, and writes it. */
export async function post(work: Work, content: Posting): Promise<Outcome> {
  const { context, delivery, repo } = work
  const { ports } = context
  const before = await recallStamp(ports, delivery.key)
  if (before && before.stamp.did !== repo.did) return otherAccount(before, work)
  const buried = async (): Promise<number[]> => buriedParts(ports, delivery.key, countOf(content))
  const gone = await buried()
  if (gone.length > 0) return takenBack(work, before, gone)
  const wanted = await wantedOf(work, content, before)
  const age = before ? ports.clock.now().getTime() - Date.parse(before.stamp.at) : 0
  const isStale = !isDoubtful(delivery) && age > STALE_MS
  const kept = before && !isStale ? before : await stamp(work, wanted, before)
  if (kept.stamp.did !== repo.did) return otherAccount(kept, work)
  // Whoever takes it back from now on finds the stamp; whoever did before is found here.
  if ((await buried()).length > 0) return RETRACTED
  const written = await write(work, wanted, kept, before === undefined && !isDoubtful(delivery))
  const since = await buried()
  if (since.length > 0) return takenBack(work, written.kept, since)
  await link(work, wanted, written)
  const url = urlOf(work, written.ref.uri)
  await keepStamp(ports, delivery.key, written.kept, { ...written.kept.stamp, sent: url })
  return { kind: 'sent', remoteId: written.ref.uri, url }
}

async function wantedOf(work: Work, content: Posting, before: Kept | undefined): Promise<Wanted> {
  if (content.kind === 'posts') return { posts: content.posts }
  const stamped = before?.stamp.posts[0]?.record['reply']
  return { posts: [content.post], answers: await answersOf(work, content, stamped) }
}

function countOf(content: Posting): number {
  return content.kind === 'posts' ? content.posts.length : 1
}

/** May have left before it was taken back: what was taken back is taken away, and what is left of it counts. */
async function takenBack(work: Work, kept: Kept | undefined, gone: readonly number[]): Promise<Outcome> {
  const { repo } = work
  if (!kept) return RETRACTED
  const { posts } = kept.stamp
  for (const [place, own] of posts.entries()) if (gone.includes(place)) await removeOurs(work, own)
  const rest = posts.find((_, place) => !gone.includes(place))
  const there = rest && (await reading(work, () => repo.find(rest.rkey), 'unknown'))
  if (!rest || !there || !isOurs(there.value, rest.record)) return RETRACTED
  return { kind: 'sent', remoteId: there.uri, url: urlOf(work, there.uri) }
}

/** The documents name their posts; one that was corrected still names its own, not the answer. The post goes on without. */
async function link(
  { context, delivery, repo }: Work,
  { posts, answers }: Wanted,
  { ref, kept }: Written,
): Promise<void> {
  for (const [place, { document }] of posts.entries()) {
    const rkey = kept.stamp.posts[place]?.rkey
    if (!document || rkey === undefined) continue
    try {
      const there = answers?.parent ?? (place === 0 && ref.cid !== '' ? ref : await repo.find(rkey))
      if (there)
        await linkPost((...args) => repo.put(...args), document, context.house, { uri: there.uri, cid: there.cid })
    } catch {
      context.ports.log.warn(`bluesky: the standard.site document of ${delivery.key} does not name its post yet`)
    }
  }
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
