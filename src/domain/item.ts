import * as z from 'zod'
import { sha256 } from './hash.ts'
import { httpUrl, plainText } from './schema.ts'

/** Something an item points to. `title` is plain text; absent where the source gives only an address. */
export const linkSchema = z.object({ url: httpUrl, title: plainText.optional() }).readonly()
export type Link = z.infer<typeof linkSchema>

/**
 * When an item was published: a calendar day in the publication's zone (`2026-06-29`) where the source gives
 * only a day, else an RFC 3339 instant in UTC (`2026-06-29T08:00:00.000Z`). The two are told apart by length.
 */
const publishedSchema = z.union([z.iso.date(), z.iso.datetime()])

/** A file that belongs to an item: a recording, a video. `bytes` and `seconds` only where the source says so. */
export const attachmentSchema = z
  .object({
    url: httpUrl,
    mediaType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
    title: plainText.optional(),
    bytes: z.int().nonnegative().optional(),
    seconds: z.number().nonnegative().optional(),
  })
  .readonly()
export type Attachment = z.infer<typeof attachmentSchema>

/** Text in one of the two markups a source may write. It is *not* yet safe to show: whoever draws it sanitises it. */
export const bodySchema = z.object({ format: z.enum(['markdown', 'html']), text: z.string() }).readonly()
export type Body = z.infer<typeof bodySchema>

/**
 * One published piece, as every part of the pipeline after the source sees it.
 *
 * - `url` is its identity: canonical (see `canonicalUrl`), absolute, http or https.
 * - `title`, `summary`, authors and tags are plain text without control characters; `summary` is '' where there is none.
 * - `body` has absolute links; `links` lists the http(s) addresses it points to, canonical, without repeats.
 * - `sources` are the primary sources; the first is *the* source. Empty means that the item may not leave.
 * - `published` is absent for lessons and other undated pieces.
 */
export const itemSchema = z
  .object({
    url: httpUrl,
    section: z.string().min(1),
    title: plainText,
    summary: plainText,
    body: bodySchema,
    links: z.array(httpUrl).readonly(),
    published: publishedSchema.optional(),
    sources: z.array(linkSchema).readonly(),
    image: z.object({ url: httpUrl, alt: plainText }).readonly().optional(),
    authors: z.array(plainText).readonly(),
    tags: z.array(plainText).readonly(),
    attachments: z.array(attachmentSchema).readonly().optional(),
  })
  .readonly()
export type Item = z.infer<typeof itemSchema>

/** Changes whenever anything a reader could see changes; the same for equal items however their keys are ordered. */
export function contentHash(item: Item): string {
  return sha256(
    JSON.stringify([
      item.url,
      item.section,
      item.title,
      item.summary,
      item.body.format,
      item.body.text,
      item.published ?? null,
      item.sources.map((source) => [source.url, source.title ?? null]),
      item.image ? [item.image.url, item.image.alt] : null,
      item.authors,
      item.tags,
      // What came later stands in the hash only where there is any: no known item changes by it.
      ...(item.attachments ? [item.attachments.map(attachmentParts)] : []),
    ]),
  )
}

function attachmentParts({ url, mediaType, title, bytes, seconds }: Attachment): readonly unknown[] {
  return [url, mediaType, title ?? null, bytes ?? null, seconds ?? null]
}
