import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'

/** HTTP validators of the last complete reading, sent back as If-None-Match and If-Modified-Since. */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: string
  /** How the source was read then; the other two hold only for a reading of the same kind. */
  readonly reader?: string
}

/** What a source says, in order. `about` comes at most once and first; `end` always and last. */
export type SourceEvent =
  | { readonly kind: 'about'; readonly about: SourceAbout }
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'problem'; readonly finding: Finding }
  /** `unchanged`: the other side said so (304) and nothing else was yielded. `complete: false`: broken off; a problem says why. */
  | { readonly kind: 'end'; readonly complete: boolean; readonly unchanged: boolean; readonly validators: Validators }

/** What a source tells of its publication; absent fields were not said. */
export interface SourceAbout {
  readonly title?: string
  readonly description?: string
  readonly url?: string
  readonly language?: string
}

/** Where items are read from. Reading never throws for bad content: it yields a `problem` and goes on or ends. */
export interface Source {
  /** Stable name under which the store remembers it: the location. */
  readonly id: string
  read(validators: Validators, signal?: AbortSignal): AsyncIterable<SourceEvent>
}
