import * as z from 'zod'
import type { Segment } from '../../src/domain/post.ts'
import type { FrozenPost } from './content.ts'
import type { View } from './page.ts'

const facetSchema = z.object({
  index: z.object({ byteStart: z.int().min(0), byteEnd: z.int().min(0) }),
  features: z.array(z.object({ uri: z.string().optional(), tag: z.string().optional() })),
})
const recordSchema = z.object({
  text: z.string(),
  facets: z.array(facetSchema).default([]),
  embed: z
    .object({ external: z.object({ uri: z.string(), title: z.string(), description: z.string() }).optional() })
    .optional(),
})

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A post as it was frozen, to be drawn again; without its picture, which is not frozen with it. */
export function viewOfFrozen({ record }: Pick<FrozenPost, 'record'>): View {
  const { data } = recordSchema.safeParse(record)
  if (!data) return { segments: [{ text: record.text }] }
  return { segments: segmentsOf(data), card: data.embed?.external }
}

/** The text taken apart at its facets; one that lies across another is passed over. */
function segmentsOf({ text, facets }: z.infer<typeof recordSchema>): Segment[] {
  const bytes = new TextEncoder().encode(text)
  const segments: Segment[] = []
  let end = 0
  for (const { index, features } of facets.toSorted((one, other) => one.index.byteStart - other.index.byteStart)) {
    if (index.byteStart < end || index.byteEnd <= index.byteStart) continue
    segments.push({ text: decoder.decode(bytes.slice(end, index.byteStart)) })
    const { uri, tag } = features[0] ?? {}
    const label = decoder.decode(bytes.slice(index.byteStart, index.byteEnd))
    segments.push({ text: label, ...(uri !== undefined && { link: uri }), ...(tag !== undefined && { tag }) })
    end = index.byteEnd
  }
  return [...segments, { text: decoder.decode(bytes.slice(end)) }].filter((segment) => segment.text !== '')
}
