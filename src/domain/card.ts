import type { Item } from './item.ts'
import { hostOf } from './url.ts'

/** Hosts of all primary sources, each once, in the order of the items. */
export function sourceHosts(items: readonly Pick<Item, 'sources'>[]): string[] {
  return [...new Set(items.flatMap(({ sources }) => sources.map(({ url }) => hostOf(url))))]
}

/** What a drawn card says, for who does not see it: `<title>, checked against arxiv.org and 2 more`. */
export function cardAlt(title: string, [first, ...more]: readonly string[]): string {
  if (first === undefined) return title
  return `${title}, checked against ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`
}
