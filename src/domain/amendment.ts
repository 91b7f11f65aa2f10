import * as z from 'zod'
import { itemSchema, linkSchema } from './item.ts'
import { plainText } from './schema.ts'

export const amendmentKinds = ['correction', 'retraction'] as const
export type AmendmentKind = (typeof amendmentKinds)[number]

/** What an edition of this id carries to the channels, if it is no digest: the schedule in its id says so. */
export function amendmentKindOf(edition: string): AmendmentKind | undefined {
  return amendmentKinds.find((kind) => edition.startsWith(`${kind}/`))
}

/**
 * What an editor has to say of an item that already left: what was put right, or that it is taken back. `id` is that of
 * the edition that carries it to the channels, `note` the editor's words, `at` the instant of their word (RFC 3339, UTC).
 */
export const amendmentSchema = z
  .object({
    id: z.string(),
    kind: z.enum(amendmentKinds),
    url: z.string(),
    title: plainText,
    note: plainText,
    at: z.iso.datetime(),
    /** The primary source as it now stands. */
    source: linkSchema.optional(),
  })
  .readonly()
export type Amendment = z.infer<typeof amendmentSchema>

/** An amendment with the whole item: what it now says or, taken back, what it last said. */
export const amendedItemSchema = z.object({ amendment: amendmentSchema, item: itemSchema }).readonly()
export type AmendedItem = z.infer<typeof amendedItemSchema>
