import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { PastEdition, RecentItem } from '../../../src/channel/published.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { sampleEdition, sampleItem } from '../../fixtures/edition.ts'
import { publishedOf } from '../../fixtures/published.ts'
import { contextOf } from './fixture.ts'

type Given = Parameters<typeof publishedOf>[0]

export interface Shelf {
  /** What would stand in `public/`. */
  readonly files: Map<string, string>
  readonly standing: Map<string, string>
  /** Renders what the given publication needs, and puts it there. */
  publish(given: Given, known?: unknown): Promise<readonly Rendering[]>
}

/** A folder of documents that only feeds are written to, from one edition to the next. */
export function shelf(settings: object = {}): Shelf {
  const files = new Map<string, string>()
  const standing = new Map<string, string>()
  return {
    files,
    standing,
    async publish(given, known) {
      const context = { ...contextOf([], { ...given, standing: new Map(standing) }), known }
      const renderings = await feedsChannel.render(sampleEdition(), context, feedsChannel.settings.parse(settings))
      for (const { id, content, basis } of renderings) {
        files.set(id, content)
        if (basis !== undefined) standing.set(id, basis)
      }
      return renderings
    },
  }
}

/** Of a day at noon, in a millisecond of its own; the address says which. */
export function itemOf(day: string, name = '1', over: Partial<Item> = {}): RecentItem {
  const section = over.section ?? 'news'
  const url = `https://morningcheck.example/${encodeURIComponent(section)}/${day}-${name}.html`
  const millisecond = Number.parseInt(sha256(url).slice(0, 8), 16) % 1000
  const published = `${day}T12:00:00.${String(millisecond).padStart(3, '0')}Z`
  return { item: sampleItem({ url, title: `${section} ${day} ${name}`, ...over }), published, updated: published }
}

export function editionOf(date: string, over: Parameters<typeof sampleEdition>[0] = {}): PastEdition {
  const edition = sampleEdition({ id: `daily/${date}`, date, plannedAt: `${date}T05:00:00.000Z`, ...over })
  return { edition, amendments: [] }
}

export function ids(renderings: readonly Rendering[]): string[] {
  return renderings.map(({ id }) => id)
}

/** The folders of the feeds' documents among them, each once. */
export function folders(renderings: readonly Rendering[]): string[] {
  const paths = ids(renderings).filter((id) => /(?:rss|atom)\.xml$|feed\.json$/.test(id))
  return [...new Set(paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))))]
}

export interface JsonFeedItem {
  readonly id: string
  readonly url: string
  readonly title: string
  readonly summary?: string
  readonly content_html: string
  readonly date_published: string
  readonly date_modified: string
  readonly external_url?: string
}

export interface JsonFeed {
  readonly title: string
  readonly description?: string
  readonly home_page_url: string
  readonly feed_url: string
  readonly next_url?: string
  readonly items: readonly JsonFeedItem[]
}

/** The JSON Feed in a folder of the shelf. */
export function feedIn({ files }: Pick<Shelf, 'files'>, folder: string): JsonFeed {
  const text = files.get(folder === '' ? 'feed.json' : `${folder}/feed.json`)
  if (text === undefined) throw new Error(`There is no feed in "${folder}".`)
  const feed: JsonFeed = JSON.parse(text)
  return feed
}

export function titlesIn(files: Pick<Shelf, 'files'>, folder: string): string[] {
  return feedIn(files, folder).items.map(({ title }) => title)
}
