import type { ChannelPorts } from '../../../src/channel.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Content } from '../content.ts'
import type { Work } from './context.ts'
import { cardOf } from './dress.ts'
import { otherAccount } from './posts.ts'
import { POSTS } from './repo.ts'
import { later } from './settled.ts'
import { type Kept, recallStamp, uriOf } from './stamp.ts'
import { bury } from './tombstone.ts'
import { removeOurs } from './write.ts'

type Removal = Extract<Content, { kind: 'delete' }>

/** Longer than any attempt may take, and the claim of a worker that is gone is believed. */
const IN_FLIGHT_MS = 10 * 60_000
const DOCUMENTS = 'site.standard.document'

/** A post that was taken back, and since when; `kept` is undefined when it had not left. */
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

/** Deletes it. Where a call to write it may still be under way, once more when none can be. */
export async function remove(work: Work, { part }: Removal, since: string, kept: Kept): Promise<Outcome> {
  const { context, repo } = work
  if (kept.stamp.did !== repo.did) return otherAccount(kept, work)
  const place = kept.stamp.posts[part]
  if (!place) return notLeft
  if (kept.stamp.sent === undefined) await removeOurs(work, place)
  else await repo.remove(POSTS, place.rkey)
  for (const rkey of documentKeys(repo.did, cardOf(place.record)?.external['associatedRefs']))
    await repo.remove(DOCUMENTS, rkey)
  const now = context.ports.clock.now()
  const waitMs = IN_FLIGHT_MS - Math.abs(now.getTime() - Date.parse(since))
  if (kept.stamp.sent === undefined && waitMs > 0)
    return later(now, waitMs, 'deleted; once more when no call can be under way')
  return { kind: 'sent', remoteId: uriOf(repo.did, place.rkey) }
}

export const notLeft: Outcome = { kind: 'sent', remoteId: 'nothing to delete: it had not left' }

/** Of the documents that a card names, which are of this repository. */
function documentKeys(did: string, refs: unknown): string[] {
  if (!Array.isArray(refs)) return []
  const start = `at://${did}/${DOCUMENTS}/`
  return refs.flatMap((ref: unknown) =>
    typeof ref === 'object' && ref !== null && 'uri' in ref && typeof ref.uri === 'string' && ref.uri.startsWith(start)
      ? [ref.uri.slice(start.length)]
      : [],
  )
}
