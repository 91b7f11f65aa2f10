import type { Amendment } from '../domain/amendment.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import type { Ports } from '../ports.ts'
import { standing } from './amendments.ts'

/** What was put right or taken back since of what an edition carries, the latest first. */
export async function saidSince(store: Ports['store'], edition: Edition): Promise<Amendment[]> {
  const carried = new Set([...editionItems(edition), ...edition.background].map(({ url }) => url))
  return (await standing(store, {})).filter(({ url }) => carried.has(url))
}
