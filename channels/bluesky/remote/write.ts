import type { Outcome } from '../../../src/domain/delivery.ts'
import { classify } from './classify.ts'
import { isDoubtful, type Work } from './context.ts'
import { cardOf, redress, rekey, type Wanted } from './dress.ts'
import { reading } from './look.ts'
import type { RecordData } from '../standard/publish.ts'
import { type Found, type KeyedRecord, POSTS } from './repo.ts'
import { Settled } from './settled.ts'
import { type Kept, uriOf } from './stamp.ts'

/** Calls to write that one attempt makes: for a key that is taken, a commit that came between, a picture that is gone. */
const TRIES = 8

/** Where something of ours is, and as what it is written down. */
export interface Written {
  readonly ref: Found | { readonly uri: string; readonly cid: string }
  readonly kept: Kept
}

/**
 * Writes what is stamped: one post where nothing is yet, several at once or not at all. May be repeated for ever, also
 * by several workers at once: whatever of it is there already is taken for sent.
 *
 * @param isFirst nothing was ever written under this stamp.
 */
export async function write(work: Work, wanted: Wanted, stamped: Kept, isFirst: boolean): Promise<Written> {
  const step = wanted.posts.length > 1 ? writeThread : writePost
  let kept = stamped
  let blobs = 0
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const done = await step(work, wanted, kept, isFirst)
      if ('ref' in done) return done
      kept = done
    } catch (error) {
      if (classify(error, work.context.ports.clock.now()).kind !== 'blob') throw error
      kept = await redress(work, wanted, kept, ++blobs > 1)
    }
  }
  const reason = 'something else was in the way each time; it is tried again'
  throw new Settled({ kind: 'unknown', reason })
}

/** @returns where it is, or what to try next. */
async function writePost(work: Work, wanted: Wanted, kept: Kept): Promise<Written | Kept> {
  const { repo, context, delivery } = work
  const { rkey, record } = first(kept)
  try {
    return { ref: await repo.putNew(rkey, record), kept }
  } catch (error) {
    const { kind } = classify(error, context.ports.clock.now())
    if (kind !== 'swap' && !(kind === 'rejected' && isDoubtful(delivery))) throw error
    const there = await reading(work, () => repo.find(rkey), 'unknown')
    if (there && isOurs(there.value, record)) return { ref: there, kept }
    if (kind === 'rejected') throw error
    return there ? rekey(work, wanted, kept, [0]) : vanished()
  }
}

/** A look comes before whatever may not be the first call: a second creation is answered like a crash. */
async function writeThread(work: Work, wanted: Wanted, kept: Kept, isFirst: boolean): Promise<Written | Kept> {
  const { repo, context } = work
  if (!isFirst) {
    // All or none were written; its owner may have deleted some since.
    const { ours, taken } = await lookAt(work, kept)
    if (ours) return { ref: ours, kept }
    if (taken.length > 0) return rekey(work, wanted, kept, taken)
  }
  const commit = await reading(work, () => repo.latestCommit())
  try {
    await repo.createAll(kept.stamp.posts, commit)
  } catch (error) {
    if (classify(error, context.ports.clock.now()).kind === 'swap') return kept
    throw error
  }
  return { ref: { uri: uriOf(repo.did, first(kept).rkey), cid: '' }, kept }
}

interface Seen {
  /** The first of its posts that is there; undefined when none is. */
  readonly ours: Found | undefined
  /** Where something stands that is not. */
  readonly taken: readonly number[]
}

/** What stands in the places of a stamp, up to the first post of its own. */
export async function lookAt(work: Work, { stamp: { posts } }: Kept): Promise<Seen> {
  const taken: number[] = []
  for (const [place, { rkey, record }] of posts.entries()) {
    const there = await reading(work, () => work.repo.find(rkey))
    if (there && isOurs(there.value, record)) return { ours: there, taken }
    if (there) taken.push(place)
  }
  return { ours: undefined, taken }
}

/** By its link card, else by its text: an earlier life of this store may have dated it otherwise. */
function isOurs(there: RecordData, ours: RecordData): boolean {
  const card = cardOf(ours)
  return card ? cardOf(there)?.external.uri === card.external.uri : there['text'] === ours['text']
}

/** Deletes a post of ours that may be there. What else may stand in its place is left alone. */
export async function removeOurs(work: Work, { rkey, record }: KeyedRecord): Promise<void> {
  const there = await reading(work, () => work.repo.find(rkey), 'unknown')
  if (there && isOurs(there.value, record)) await work.repo.remove(POSTS, rkey)
}

/** It was there a moment ago: whoever took it away does not want it back from us now. */
function vanished(): never {
  const outcome: Outcome = { kind: 'unknown', reason: 'another post was in its place and went while it was looked at' }
  throw new Settled(outcome)
}

function first({ stamp }: Kept): Kept['stamp']['posts'][number] {
  const [post] = stamp.posts
  if (!post) throw new Error('a stamp without a post')
  return post
}
