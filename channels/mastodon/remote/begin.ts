import type { Outcome } from '../../../src/domain/delivery.ts'
import type { FrozenPost } from '../content.ts'
import { identify } from './identity.ts'
import { type Job, nothingDone } from './job.ts'
import { latest, pick } from './look.ts'
import { beginNote, type OpenNote, ownerOf, type Part } from './note.ts'
import type { Sought } from './recognise.ts'
import { foundPart, learnLists } from './search.ts'

/** Looks where the account stands, and whether the posts are there already: a store that was rebuilt finds them again. */
export async function begin(job: Job, posts: readonly FrozenPost[]): Promise<OpenNote | Outcome> {
  const { ports, account, key, gate } = job
  const identity = await identify(job)
  if ('kind' in identity) return nothingDone(job, identity)
  const seen = await latest(job, identity.id)
  if (!Array.isArray(seen)) return nothingDone(job, seen)
  await gate.opened()
  const place = { server: account.url, account: identity.id }
  await learnLists(job, place, seen)
  const app = identity.app !== undefined && { app: identity.app }
  const parts: Part[] = []
  const sought = posts.map(soughtFor)
  for (const [index, each] of sought.entries()) {
    const chain = parts.flatMap(({ id }) => id ?? [])
    const found = await pick(seen, each, { notes: ports.notes, place, owner: ownerOf(key, index), chain, ...app })
    parts.push(found ? foundPart(found) : {})
  }
  const [newest] = seen
  const since = newest && { since: { id: newest.id, at: newest.created_at } }
  return beginNote(ports.notes, key, { ...place, ...app, at: ports.clock.now().toISOString(), ...since, sought, parts })
}

function soughtFor({ items, href, status }: FrozenPost): Sought {
  return { items, href, text: status.status, ...(status.visibility === 'private' && { isPrivate: true }) }
}
