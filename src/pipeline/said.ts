import type { Amendment } from '../domain/amendment.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import type { Ports } from '../ports.ts'
import { standing } from './amendments.ts'

/**
 * What was put right or taken back since of what an edition carries or has in its background, and what was taken back of
 * that which it told was put right; the latest first.
 */
export async function saidSince(store: Ports['store'], edition: Edition): Promise<Amendment[]> {
  const carried = urlsOf(editionItems(edition))
  const background = urlsOf(edition.background)
  const told = urlsOf(edition.amendments ?? [])
  const approvedAt = (await store.edition(edition.id))?.approvedAt ?? ''
  const isSince = ({ kind, url, at }: Amendment): boolean =>
    carried.has(url) || (at > approvedAt && (background.has(url) || (kind === 'retraction' && told.has(url))))
  return (await standing(store, {})).filter(isSince)
}

function urlsOf(all: readonly { readonly url: string }[]): ReadonlySet<string> {
  return new Set(all.map(({ url }) => url))
}
