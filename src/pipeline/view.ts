import type { DeliveryState } from '../domain/delivery.ts'
import type { Amendment } from '../domain/amendment.ts'
import type { Edition, EditionState } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Publication } from '../domain/publication.ts'
import type { FrozenRendering } from '../ports.ts'

/** What the desk shows of one channel: what would leave, or what left, and what became of it. */
export interface ChannelView {
  readonly id: string
  readonly title: string
  readonly renderings: readonly FrozenRendering[]
  /** Empty until the edition is approved. */
  readonly counts: readonly { readonly state: DeliveryState; readonly count: number }[]
}

/** `unsaved`: composed just now for looking at, not kept. */
export interface EditionView {
  readonly edition: Edition
  readonly state: EditionState | 'unsaved'
  readonly reason: string
  /** About the edition and its items; what is about one rendering stands in that rendering. */
  readonly findings: readonly Finding[]
  readonly channels: readonly ChannelView[]
}

export interface EditionLine {
  readonly id: string
  readonly date: string
  readonly subject: string
  readonly state: EditionState | 'unsaved'
  readonly items: number
}

/** An item that has left, and that its source no longer lists. */
export interface VanishedItem {
  readonly url: string
  readonly title: string
  /** Id of the edition that it left in. */
  readonly edition: string
  /** RFC 3339, UTC. */
  readonly since: string
}

/** An edition that has been let go, for everybody: nothing is rendered for it, and nothing counted. */
export interface PublishedEdition {
  readonly edition: Edition
  /** As frozen at approval. */
  renderings(): Promise<readonly FrozenRendering[]>
  /** What was put right or taken back of its items since, the latest first. */
  amendments(): Promise<readonly Amendment[]>
}

/** A feed that readers can poll, for the head of a page. */
export interface FeedLink {
  readonly title: string
  readonly mediaType: string
  /** Below the public address: `feeds/news/atom.xml`. */
  readonly path: string
}

/** What may be asked about editions; it changes nothing. */
export interface Desk {
  readonly publication: Publication
  /** Newest first. */
  list(limit: number): Promise<EditionLine[]>
  /** Newest day first. */
  vanished(limit: number): Promise<VanishedItem[]>
  /** For editors alone: renders a draft anew, which takes a hundred times as long as reading a published one. */
  view(id: string): Promise<EditionView | undefined>
  /** Those that readers may see, newest first. */
  listPublished(limit: number): Promise<EditionLine[]>
  /** Undefined, without rendering anything, for what readers may not see. */
  published(id: string): Promise<PublishedEdition | undefined>
  /** The feeds that stand, without their archives: the one of everything, those of sections by name, that of the editions. */
  feeds(): Promise<readonly FeedLink[]>
}
