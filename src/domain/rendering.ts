import type { Finding } from './finding.ts'

/** A length that a limit applies to, shown beside the preview: `{ name: 'graphemes', value: 212, limit: 300 }`. */
export interface Measure {
  readonly name: string
  readonly value: number
  readonly limit?: number
}

/**
 * What one channel makes of an edition or of one of its items: pure, deterministic, storable, previewable.
 *
 * - `id`: unique within edition and channel, safe in a file name (`digest`, `rss.xml`, `03-title-of-the-item`).
 * - `identity`: what must never leave twice: the edition's id for a digest, account and item URL for a post. Becomes part of the delivery's key.
 * - `content`: exactly what leaves (or the template of it), as text of `mediaType`.
 * - `page`: a complete HTML page that shows it as its reader will see it, without script or network.
 * - `item`: the item's URL when it is about one item alone.
 * - `basis`: of a document, what it was made of, as a hash: it is rendered again only where that is another one.
 * - `mayLeave`: false when a finding of severity `error` forbids it; then no delivery is planned for it.
 */
export interface Rendering {
  readonly id: string
  readonly identity: string
  readonly title: string
  readonly item?: string
  readonly mediaType: string
  readonly content: string
  readonly page: string
  /** The plain-text form, where there is one that a reader may get. */
  readonly text?: string
  readonly measures: readonly Measure[]
  readonly findings: readonly Finding[]
  readonly basis?: string
  readonly mayLeave: boolean
}
