import type { ChannelPorts } from '../../../src/channel.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import { DOCUMENT, documentKey } from '../standard/publish.ts'
import type { Work } from './context.ts'
import { otherAccount } from './posts.ts'
import { POSTS } from './repo.ts'
import { later } from './settled.ts'
import { IN_FLIGHT_MS, type Kept, recallStamp, sinceCall, uriOf } from './stamp.ts'
import { bury } from './tombstone.ts'
import { removeOurs } from './write.ts'

type Removal = Extract<Content, { kind: 'delete' }>

/** A post that was taken back, and since when; `kept` is undefined when nothing of it was stamped. */
export interface Buried {
  readonly since: string
  readonly kept: Kept | undefined
}

/** Takes a post back for good: from now on nothing brings it back. Committed before it resolves; nothing is called. */
export async function takeBack(ports: Pick<ChannelPorts, 'clock' | 'notes'>, { of, part }: Removal): Promise<Buried> {
  const since = await bury(ports, of, part)
  const kept = await recallStamp(ports, of)
  return { since, kept: kept?.stamp.posts[part] ? kept : undefined }
}

/**
 * Deletes it and its document, which may be there though no post was ever stamped. Where a call to write them may still
 * be under way, once more when none can be, whatever is known of the post.
 */
export async function remove(work: Work, { part, document }: Removal, { since, kept }: Buried): Promise<Outcome> {
  const { context, repo } = work
  if (kept && kept.stamp.did !== repo.did) return otherAccount(kept, work)
  const place = kept?.stamp.posts[part]
  if (place) await (kept?.stamp.sent === undefined ? removeOurs(work, place) : repo.remove(POSTS, place.rkey))
  if (document) await repo.remove(DOCUMENT, documentKey(document))
  const now = context.ports.clock.now()
  const isOver = kept !== undefined && sinceCall(kept.stamp, new Date(since)) > IN_FLIGHT_MS
  const waitMs = IN_FLIGHT_MS - Math.abs(now.getTime() - Date.parse(since))
  if (!isOver && waitMs > 0) return later(now, waitMs, 'deleted; once more when no call can be under way')
  return place ? { kind: 'sent', remoteId: uriOf(repo.did, place.rkey) } : notLeft
}

export const notLeft: Outcome = { kind: 'sent', remoteId: 'nothing to delete: it had not left' }
