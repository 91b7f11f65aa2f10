import type { RenderContext } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Item, Link } from '../../src/domain/item.ts'
import { cleanLine } from '../../src/domain/text.ts'
import type { Correction } from './corrections.ts'

export type FileName = 'rss.xml' | 'atom.xml' | 'feed.json'

/**
 * What all three formats say of one item. Every string is clean and every address absolute http(s); `title`,
 * `summary`, `authors` and `tags` are plain text ('' for no summary), `html` is safe to show.
 */
export interface Entry {
  /** The address of the item, for ever: its link, and its id with the same characters in every format. */
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly html: string
  readonly published: Date
  /** No two entries of a feed share it. */
  readonly updated: Date
  readonly authors: readonly string[]
  readonly tags: readonly string[]
  /** Never empty; the first is *the* source. */
  readonly sources: readonly Link[]
  readonly image?: NonNullable<Item['image']>
  /** The latest first; they stand in `html`, too. */
  readonly corrections: readonly Correction[]
}

/** What all three formats say. Every string is clean, every address absolute http(s). */
export interface FeedDocument {
  readonly title: string
  /** One sentence; '' when unknown. */
  readonly description: string
  /** The publication's home page; also the feed's lasting id. */
  readonly home: string
  readonly language: string
  readonly ttlMinutes: number
  readonly updated: Date
  readonly entries: readonly Entry[]
  /** Address of the feed itself. */
  self(file: FileName): string
}

/** The newest change is the feed's; a feed without entries takes the edition's planned instant. Never the clock. */
export function feedDocument(
  edition: Edition,
  { publication, publicUrl }: RenderContext['house'],
  entries: readonly Entry[],
  ttlMinutes: number,
): FeedDocument {
  const newest = Math.max(...entries.map((entry) => entry.updated.getTime()))
  return {
    title: cleanLine(publication.name),
    description: cleanLine(publication.description),
    home: new URL(publication.url).href,
    language: publication.language,
    ttlMinutes,
    updated: entries.length > 0 ? new Date(newest) : new Date(edition.plannedAt),
    entries,
    self: (file) => `${publicUrl}/${file}`,
  }
}
