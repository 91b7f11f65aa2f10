import { amendmentKindOf } from '../domain/amendment.ts'
import type { EditionState } from '../domain/edition.ts'
import type { EditionSummary, Ports } from '../ports.ts'

export const PUBLISHED: readonly EditionState[] = ['approved', 'sending', 'sent']

/** More than a publication ever makes. */
const ALL_EDITIONS = 1_000_000

/** Digests that were let go, the newest first. One that an editor stopped is among them when some of it had left by then. */
export async function publicDigests(store: Ports['store']): Promise<EditionSummary[]> {
  const asked = await store.editions(ALL_EDITIONS, [...PUBLISHED, 'held', 'cancelled'])
  const digests = asked.filter(({ id }) => amendmentKindOf(id) === undefined)
  const found: EditionSummary[] = []
  for (const digest of digests) if (await isPublic(store, digest)) found.push(digest)
  return found
}

async function isPublic(store: Ports['store'], { id, state, approvedAt }: EditionSummary): Promise<boolean> {
  if (PUBLISHED.includes(state)) return true
  if (approvedAt === undefined) return false
  return (await store.counts(id)).some((counted) => counted.state === 'sent' && counted.count > 0)
}
