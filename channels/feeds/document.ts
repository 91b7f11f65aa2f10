import { feedPath, type FeedFormat, type Folder } from '../../src/domain/feed-format.ts'
import type { Attachment, Item, Link } from '../../src/domain/item.ts'
import type { Correction } from './corrections.ts'

/**
 * What all three formats say of one item or edition. Every string is clean and every address absolute http(s); `title`,
 * `summary`, `authors` and `tags` are plain text ('' for no summary), `html` is safe to show.
 */
export interface Entry {
  /** The address of the item or edition, for ever: its link, and its id with the same characters in every format. */
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly html: string
  readonly published: Date
  /** No two entries of a feed share it. */
  readonly updated: Date
  readonly authors: readonly string[]
  readonly tags: readonly string[]
  /** Of an item; an edition has none. */
  readonly section?: string
  /** Never empty. Of an item the first is *the* source; of an edition these are its items' sources. */
  readonly sources: readonly Link[]
  /** What the entry as a whole is about: the source of an item. Absent for an edition, which is about many things. */
  readonly about?: string
  readonly image?: NonNullable<Item['image']>
  readonly attachments: readonly Attachment[]
  /** The latest first; they stand in `html`, too. */
  readonly corrections: readonly Correction[]
}

/** What all three formats say. Every string is clean, every address absolute http(s). */
export interface FeedDocument {
  /** For ever the same, also in the archives of a feed (RFC 5005: one logical feed). */
  readonly id: string
  readonly title: string
  /** One sentence; '' when unknown. */
  readonly description: string
  /** Who publishes. */
  readonly publisher: string
  /** The page that the feed stands for. */
  readonly home: string
  readonly language: string
  readonly ttlMinutes: number
  readonly updated: Date
  readonly entries: readonly Entry[]
  /** WebSub hubs that hear of new bytes; none in archives. */
  readonly hubs: readonly string[]
  /** No slash at its end. */
  readonly publicUrl: string
  readonly folder: Folder
  readonly archive: ArchivePlace
}

/**
 * Where a document stands among those of its feed (RFC 5005, section 4).
 *
 * - `subscription`: what readers poll. `growing`: the month under way, which no client may take for unchanging, and which
 *   therefore does not say that it is an archive. `closed`: a month that is over; its set of entries stays.
 */
export interface ArchivePlace {
  readonly kind: 'subscription' | 'growing' | 'closed'
  readonly previous?: Folder
  readonly next?: Folder
  /** The subscription document's; of an archive alone. */
  readonly current?: Folder
}

/** Address of a document in one format. */
export function addressOf({ publicUrl }: Pick<FeedDocument, 'publicUrl'>, folder: Folder, format: FeedFormat): string {
  return `${publicUrl}/${feedPath(folder, format)}`
}

/** One feed of the publication, for those who choose among them. */
export interface FeedListing {
  /** `Ground Truth: News` */
  readonly title: string
  /** One plain sentence: what it carries. */
  readonly about: string
  readonly folder: Folder
  /** The page that it stands for. */
  readonly home: string
}

/** All feeds of the publication, the one with everything first. */
export interface FeedList {
  readonly publisher: string
  readonly description: string
  readonly home: string
  readonly language: string
  readonly publicUrl: string
  readonly hubs: readonly string[]
  /** Whether `llms.txt` and `llms-full.txt` carry anything. */
  readonly hasLlms?: boolean
  readonly feeds: readonly FeedListing[]
}
