import { editionItems, type Edition } from './edition.ts'
import type { Item } from './item.ts'
import { hostOf } from './url.ts'

/** Hosts of all primary sources, each once, in the order of the items. */
export function sourceHosts(items: readonly Pick<Item, 'sources'>[]): string[] {
  return [...new Set(items.flatMap(({ sources }) => sources.map(({ url }) => hostOf(url))))]
}

/** What stands on the card of an edition, wherever it is drawn: its publication, its subject and all its sources. */
export function editionCard(edition: Edition): {
  readonly publication: string
  readonly title: string
  readonly sources: readonly string[]
} {
  const { publication, subject } = edition
  return { publication: publication.name, title: subject, sources: sourceHosts(editionItems(edition)) }
}

/** What a drawn card says, for who does not see it: `<title>, checked against arxiv.org and 2 more`. */
export function cardAlt(title: string, [first, ...more]: readonly string[]): string {
  if (first === undefined) return title
  return `${title}, checked against ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`
}
