import type { Amendment } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import type { Item } from '../domain/item.ts'

/**
 * What has been published, for channels whose renderings are documents of it (feeds). The lists are light and complete;
 * whole items and editions are read as they are needed. Nothing in it changes while a rendering is made.
 */
export interface Published {
  /**
   * Sourced items that readers may see once the edition that is rendered has left, of all sections, the newest first:
   * by day, in the source's order within a day; the undated last, those found last first.
   */
  readonly items: readonly PublishedLine[]
  /** Digests that were let go, and the one that is rendered unless it amends; the newest first. */
  readonly editions: readonly PublishedEdition[]
  /**
   * By id of the rendering, what the newest document of this channel was made of: its `basis`. '' where nobody can say
   * what lies there, which is the basis of nothing.
   */
  readonly standing: ReadonlyMap<string, string>
  /** Whole items in the order asked for; what is not among `items` is left out. */
  itemsOf(urls: readonly string[]): Promise<RecentItem[]>
  /** Whole editions in the order asked for; what is not among `editions` is left out. */
  editionsOf(ids: readonly string[]): Promise<PastEdition[]>
}

export interface PublishedLine {
  readonly url: string
  readonly section: string
  /**
   * The day on which it appeared, for ever: that of the edition that carries it, for a day's edition may carry the news
   * of the evening before; its own where none does; undated, that on which it was first seen.
   */
  readonly day: string
  /**
   * The month (`2026-06`) whose archive it is in: that of `day`, or of the day it was found where it came late and
   * without an edition, so that nothing is added to a month that is over.
   */
  readonly month: string
  /** Another one whenever anything is that a reader could see, its corrections included. */
  readonly hash: string
  /** When it was last corrected (RFC 3339, UTC). */
  readonly correctedAt?: string
  /** Undated, and there when its source was first read: nobody knows how old it is. It is no news. */
  readonly isBacklog: boolean
}

export interface PublishedEdition {
  readonly id: string
  /** Calendar day. */
  readonly date: string
  /** Another one whenever something was put right or taken back of what it carries or tells of. */
  readonly hash: string
}

export interface PastEdition {
  readonly edition: Edition
  /** What was put right or taken back since of its items and background, and taken back of what it told was put right; the latest first. */
  readonly amendments: readonly Amendment[]
}

/** `published` and `updated` are instants (RFC 3339 UTC), also where the source gave only a day, or none. */
export interface RecentItem {
  readonly item: Item
  readonly published: string
  readonly updated: string
  /** The latest first. */
  readonly corrections?: readonly Amendment[]
}

export const nothingPublished: Published = {
  items: [],
  editions: [],
  standing: new Map(),
  itemsOf: async () => [],
  editionsOf: async () => [],
}
