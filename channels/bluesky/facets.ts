import type { Segment } from '../../src/domain/post.ts'

/** `app.bsky.richtext.facet`: offsets in UTF-8 bytes, start inclusive, end exclusive. */
export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number }
  readonly features: readonly (
    | { readonly $type: 'app.bsky.richtext.facet#link'; readonly uri: string }
    | { readonly $type: 'app.bsky.richtext.facet#tag'; readonly tag: string }
  )[]
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Facets by construction: a running sum of bytes. Nothing is searched for in the text, so nothing is linked by accident. */
export function facetsOf(segments: readonly Segment[]): Facet[] {
  const facets: Facet[] = []
  let byteStart = 0
  for (const { text, link, tag } of segments) {
    const byteEnd = byteStart + encoder.encode(text).byteLength
    const index = { byteStart, byteEnd }
    if (link !== undefined) facets.push({ index, features: [{ $type: 'app.bsky.richtext.facet#link', uri: link }] })
    else if (tag !== undefined) facets.push({ index, features: [{ $type: 'app.bsky.richtext.facet#tag', tag }] })
    byteStart = byteEnd
  }
  return facets
}

/** What each facet covers in the finished text. The server accepts facets that point anywhere, so look before they leave. */
export function labelsAt(text: string, facets: readonly Facet[]): string[] {
  const bytes = encoder.encode(text)
  return facets.map(({ index }) => decoder.decode(bytes.slice(index.byteStart, index.byteEnd)))
}
