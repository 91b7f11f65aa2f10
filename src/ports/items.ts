import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'
import type { SourceAbout, Validators } from './source.ts'

/**
 * `new`: may go into an edition of its day. `skipped`: recorded, never sent (see `reason`). `undated`: has no day, so
 * it is never news; lessons.
 */
export type ItemState = 'new' | 'skipped' | 'undated'

export interface StoredItem {
  readonly item: Item
  readonly hash: string
  readonly source: string
  readonly state: ItemState
  readonly reason?: string
  /** Day in the publication's zone; absent for `undated`. */
  readonly day?: string
  /** How many items of its day (or of the undated) stand behind it in the source's order. */
  readonly position: number
  /** Edition that carries it, if any. */
  readonly edition?: string
  /** Instants, RFC 3339 UTC. `changedAt` moves when the content hash does. */
  readonly firstSeenAt: string
  readonly changedAt: string
  /** Since when its source, read whole, no longer lists it. */
  readonly missingSince?: string
  /** When it was retracted: it never leaves again, whatever its source says. */
  readonly withdrawnAt?: string
}

/** An item without its text, and without what only decisions need. */
export type ItemLine = Pick<
  StoredItem,
  'hash' | 'state' | 'day' | 'position' | 'edition' | 'firstSeenAt' | 'changedAt'
> & { readonly url: string; readonly section: string }

/** One complete or broken-off reading of a source, to be recorded in one transaction. */
export interface Reading {
  readonly source: string
  readonly at: string
  readonly validators: Validators
  readonly about: SourceAbout
  readonly findings: readonly Finding[]
  readonly items: readonly Omit<
    StoredItem,
    'source' | 'firstSeenAt' | 'changedAt' | 'edition' | 'missingSince' | 'withdrawnAt'
  >[]
  /** Nothing of it is missing: an item of a day within its reach that is not among `items` has vanished. */
  readonly complete?: boolean
}

export interface SourceState {
  readonly id: string
  /** Day that the first run made: what is older is never sent. */
  readonly firstDay: string
  /** When it was first read to its end (RFC 3339, UTC); absent while every reading broke off. */
  readonly readWholeAt?: string
  readonly validators: Validators
  readonly about: SourceAbout
  /** Of the last reading that was recorded. */
  readonly findings: readonly Finding[]
}

/** URLs of items that a recorded reading added, or whose content hash it changed. */
export interface Recorded {
  readonly added: readonly string[]
  readonly changed: readonly string[]
}

export interface ItemQuery {
  readonly states?: readonly ItemState[]
  /** Inclusive days; undated items match neither. */
  readonly fromDay?: string
  readonly toDay?: string
  readonly sections?: readonly string[]
  /** Only items with at least one primary source. */
  readonly sourced?: boolean
  /** Only items that this source listed last. */
  readonly source?: string
  /** Only items that an edition carries. */
  readonly carried?: boolean
  /** Only the item of this address. */
  readonly url?: string
  /** Only the items of these addresses. */
  readonly urls?: readonly string[]
  /** `true`: only those that their source no longer lists; `false`: only those that it does. */
  readonly missing?: boolean
  /** Also those that were retracted. */
  readonly withdrawn?: boolean
  readonly limit?: number
}
