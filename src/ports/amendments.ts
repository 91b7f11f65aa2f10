import type { Amendment, AmendmentKind } from '../domain/amendment.ts'

export interface AmendmentQuery {
  readonly kind?: AmendmentKind
  /** Only of this item. */
  readonly url?: string
  /** `true`: only those that no edition has told of yet. */
  readonly untold?: boolean
  readonly limit?: number
}

/** An approved edition that tells of an item and does not carry it. */
export interface Mention {
  readonly edition: string
  /** RFC 3339, UTC. */
  readonly approvedAt: string
  /** It shows the item in its background; else it tells that it was put right or taken back. */
  readonly isBackground: boolean
}

/** What was put right or taken back, and which editions have told of an item. */
export interface AmendmentStore {
  /** Corrections and retractions that were approved, the latest first. */
  amendments(query: AmendmentQuery): Promise<Amendment[]>
  /** Ids of the editions that carry an item, the first first. */
  carriers(item: string): Promise<string[]>
  /** Editions that tell of an item without carrying it, the first first. */
  mentions(item: string): Promise<Mention[]>
}
