import type { Picture } from '../domain/picture.ts'

/** A picture in memory, and what `Picture` says of it. */
export interface Drawn extends Omit<Picture, 'path' | 'alt' | 'origin'> {
  readonly content: Uint8Array
}

/** What stands on a drawn card; all of it plain text. */
export interface Card {
  readonly publication: string
  readonly title: string
  /** Hosts of the primary sources, the first first: `arxiv.org`. */
  readonly sources: readonly string[]
}

/** Pictures for cards and pages: 1200 by 630 pixels at most, under 1,000,000 bytes. */
export interface Pictures {
  /** Re-encodes what came from outside. Undefined for what is no picture, or too large to look at; never throws for its content. */
  fit(content: Uint8Array): Promise<Drawn | undefined>
  /** The picture that a page names for cards (`og:image`, else `twitter:image`), its address absolute; undefined when it names none. */
  named(page: string, address: string): Promise<{ readonly url: string; readonly alt: string } | undefined>
  /** The same card gives the same bytes on every machine. */
  draw(card: Card): Promise<Drawn>
}
