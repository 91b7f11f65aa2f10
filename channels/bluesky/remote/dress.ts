import * as z from 'zod'
import type { FrozenPost } from '../content.ts'
import { publishDocument, type RecordData, type StrongRef } from '../standard/publish.ts'
import { classify } from './classify.ts'
import type { Work } from './context.ts'
import { uploadPicture } from './picture.ts'
import { nextKey, recordKey } from './record-key.ts'
import type { BlobRef, KeyedRecord } from './repo.ts'
import { type Kept, keepStamp, linked, type ReplyRefs } from './stamp.ts'
import { Settled } from './settled.ts'

const cardSchema = z.looseObject({
  $type: z.literal('app.bsky.embed.external'),
  external: z.looseObject({ uri: z.string() }),
})
type Card = z.infer<typeof cardSchema>

/** The link card of a record; undefined when it has none. */
export function cardOf(record: RecordData): Card | undefined {
  return cardSchema.safeParse(record['embed']).data
}

/** What a delivery posts, and what its first post answers, if anything. */
export interface Wanted {
  readonly posts: readonly FrozenPost[]
  readonly answers?: ReplyRefs
}

/**
 * Completes the records and writes them down: the instant (now), the pictures, what makes them a thread. Keys that were
 * given before stay. Nothing is posted by it.
 */
export async function stamp(work: Work, { posts, answers }: Wanted, before: Kept | undefined): Promise<Kept> {
  const { context, repo } = work
  const at = context.ports.clock.now()
  const dressed: KeyedRecord[] = []
  const taken = new Set<string>()
  for (const [place, post] of posts.entries()) {
    let rkey = before?.stamp.posts[place]?.rkey ?? recordKey(post.seed, post.at)
    while (taken.has(rkey)) rkey = nextKey(rkey)
    taken.add(rkey)
    // A millisecond apart, so that a thread sorted by time is in order.
    const createdAt = new Date(at.getTime() + place).toISOString()
    // What corrects a document comes after the answer (see `link`).
    const refs = answers ? [] : await documentRefs(work, post)
    const thumb = cardOf(post.record) ? await uploadPicture(work, post.picture) : undefined
    dressed.push({ rkey, record: { ...withCard(post.record, { thumb, refs }), createdAt } })
  }
  return writeDown(work, before, {
    did: repo.did,
    service: work.account.service,
    at: at.toISOString(),
    posts: await linked(repo.did, dressed, answers),
  })
}

/** The pictures uploaded anew, because the service no longer has them; `isBare`: all left out, because it never will. */
export async function redress(work: Work, { posts, answers }: Wanted, kept: Kept, isBare: boolean): Promise<Kept> {
  const dressed: KeyedRecord[] = []
  for (const [place, { rkey, record }] of kept.stamp.posts.entries()) {
    const thumb = isBare ? undefined : await uploadPicture(work, posts[place]?.picture)
    dressed.push({ rkey, record: withCard(record, { thumb }) })
  }
  return writeDown(work, kept, { ...kept.stamp, posts: await linked(work.repo.did, dressed, answers) })
}

/** Other keys for the posts whose places are taken by something that is not ours. */
export async function rekey(work: Work, { answers }: Wanted, kept: Kept, places: readonly number[]): Promise<Kept> {
  const own = new Set(kept.stamp.posts.map(({ rkey }) => rkey))
  const moved = kept.stamp.posts.map(({ rkey, record }, place) => {
    if (!places.includes(place)) return { rkey, record }
    let free = nextKey(rkey)
    while (own.has(free)) free = nextKey(free)
    own.add(free)
    return { rkey: free, record }
  })
  return writeDown(work, kept, { ...kept.stamp, posts: await linked(work.repo.did, moved, answers) })
}

/**
 * Without these a card is only less rich: whatever goes wrong with them is told, and the post goes on.
 *
 * @throws Settled while the service is down or busy; and what tells that the session is over.
 */
async function documentRefs(
  { context, delivery, repo }: Work,
  { document }: FrozenPost,
): Promise<readonly StrongRef[]> {
  if (!document) return []
  const { clock, log } = context.ports
  try {
    return await publishDocument(repo, document, context.house)
  } catch (error) {
    const trouble = classify(error, clock.now())
    if (trouble.kind === 'token') throw error
    if (trouble.kind === 'later') throw new Settled(trouble)
    const reason = 'reason' in trouble ? trouble.reason : trouble.kind
    log.warn(`bluesky: the standard.site document of ${delivery.key} could not be written: ${reason}`)
    return []
  }
}

function withCard(
  record: RecordData,
  { thumb, refs = [] }: { readonly thumb: BlobRef | undefined; readonly refs?: readonly StrongRef[] },
): RecordData {
  const card = cardOf(record)
  if (!card) return record
  const { thumb: _, ...external } = card.external
  return {
    ...record,
    embed: {
      ...card,
      external: { ...external, ...(thumb && { thumb }), ...(refs.length > 0 && { associatedRefs: refs }) },
    },
  }
}

/** @throws Settled when it was taken away meanwhile. */
export async function writeDown(work: Work, before: Kept | undefined, made: Kept['stamp']): Promise<Kept> {
  const { context, delivery } = work
  const kept = await keepStamp(context.ports, delivery.key, before, made)
  if (kept) return kept
  throw new Settled({ kind: 'unknown', reason: 'what was written down for it was taken away meanwhile' })
}
