import type { Posted } from '../channel.ts'
import type { AmendedItem, Amendment } from '../domain/amendment.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import type { AmendmentQuery, Ports } from '../ports.ts'

/** More editions than an editor ever stops. */
const STOPPED_EDITIONS = 1000

/** The latest first. Without those that an editor holds or has cancelled: nothing more is said of them. */
export async function standing(store: Ports['store'], query: AmendmentQuery): Promise<Amendment[]> {
  const amendments = await store.amendments(query)
  if (amendments.length === 0) return amendments
  const stopped = new Set((await store.editions(STOPPED_EDITIONS, ['held', 'cancelled'])).map(({ id }) => id))
  return amendments.filter(({ id }) => !stopped.has(id))
}

/** What no digest has told of; what was put right of an item that was taken back since is no longer worth a word. */
export async function untold(store: Ports['store']): Promise<Amendment[]> {
  const withdrawn = new Set((await store.amendments({ kind: 'retraction' })).map(({ url }) => url))
  const amendments = await standing(store, { untold: true })
  return amendments.filter(({ kind, url }) => kind === 'retraction' || !withdrawn.has(url))
}

/** A kept draft tells only what no other edition has told since, and shows no lesson that was taken back since. */
export async function withoutTold(store: Ports['store'], { amendments, ...kept }: Edition): Promise<Edition> {
  const withdrawn = new Set((await store.amendments({ kind: 'retraction' })).map(({ url }) => url))
  const edition = { ...kept, background: kept.background.filter(({ url }) => !withdrawn.has(url)) }
  if (!amendments) return edition
  const open = new Set((await untold(store)).map(({ id }) => id))
  const left = amendments.filter(({ id }) => open.has(id))
  return left.length > 0 ? { ...edition, amendments: left } : edition
}

/**
 * All that was said, for documents; the latest first.
 *
 * @param own the amendment that the edition carries: until it is approved the store does not know it.
 */
export async function saidWith(store: Ports['store'], own: Amendment | undefined): Promise<Amendment[]> {
  const known = await standing(store, {})
  return own ? [own, ...known.filter(({ id }) => id !== own.id)] : known
}

/** What was said of other items of the editions that carry this one, the first first. */
export async function saidBefore(
  store: Ports['store'],
  posted: readonly Posted[],
  { item, amendment }: AmendedItem,
): Promise<AmendedItem[]> {
  const others = new Set(posted.flatMap(({ edition }) => editionItems(edition).map(({ url }) => url)))
  others.delete(item.url)
  const said = (await standing(store, {})).filter(({ id, url }) => others.has(url) && id !== amendment.id).toReversed()
  const editions = await Promise.all(said.map(({ id }) => store.edition(id)))
  return editions.flatMap((stored) => stored?.edition.amends ?? [])
}
