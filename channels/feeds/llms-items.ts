import type { RecentItem } from '../../src/channel/published.ts'
import type { Item, Link } from '../../src/domain/item.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { publishedDay } from '../../src/domain/time.ts'
import { canonicalUrl } from '../../src/domain/url.ts'
import type { FeedList } from './document.ts'

/** What `/llms.txt` and `/llms-full.txt` are made of. */
export interface LlmsInput {
  readonly list: FeedList
  /** The publication's zone, whose calendar dates are in. */
  readonly zone: string
  /** The newest first, of all sections. */
  readonly items: readonly RecentItem[]
  /** Pages of the latest editions, the newest first. */
  readonly editions: readonly Required<Link>[]
}

/** An item that may be shown: its address canonical, its lines clean, with a source. `day` is absent where it has none. */
export interface ListedItem extends RecentItem {
  readonly day?: string
}

/** In their order. What has no address, no source, or the address of one before it is left out, like from the feeds. */
export function listedItems(items: readonly RecentItem[], zone: string): ListedItem[] {
  const listed = new Map<string, ListedItem>()
  for (const recent of items) {
    const url = canonicalUrl(recent.item.url)
    if (url === undefined || listed.has(url)) continue
    const item = cleaned(recent.item, url)
    const { published } = item
    const isDated = published !== undefined && !Number.isNaN(Date.parse(published))
    if (item.sources.length === 0 || (published !== undefined && !isDated)) continue
    listed.set(url, { ...recent, item, ...(isDated ? { day: publishedDay(published, zone) } : {}) })
  }
  return [...listed.values()]
}

/** By section, in the order in which they first appear. */
export function bySection(items: readonly ListedItem[]): Map<string, ListedItem[]> {
  return Map.groupBy(items, ({ item }) => item.section)
}

function cleaned(item: Item, url: string): Item {
  const sources = item.sources.flatMap(({ url: address, title = '' }) => {
    const source = canonicalUrl(address)
    const name = cleanLine(title)
    return source === undefined ? [] : [{ url: source, ...(name === '' ? {} : { title: name }) }]
  })
  return {
    ...item,
    url,
    section: cleanLine(item.section),
    title: cleanLine(item.title) || url,
    summary: cleanLine(item.summary),
    sources: [...new Map(sources.toReversed().map((source) => [source.url, source])).values()].toReversed(),
    authors: cleanLines(item.authors),
    tags: cleanLines(item.tags),
  }
}

function cleanLines(lines: readonly string[]): string[] {
  return [...new Set(lines.map(cleanLine))].filter((line) => line !== '')
}
