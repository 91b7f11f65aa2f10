import * as z from 'zod'
import { amendedItemSchema, amendmentSchema } from './amendment.ts'
import { itemSchema } from './item.ts'
import { publicationSchema } from './publication.ts'

/** `cancelled` is an end like `sent`, but nothing more leaves. `held` waits for an editor and is left alone by every run. */
export const editionStates = ['draft', 'held', 'approved', 'sending', 'sent', 'cancelled'] as const
export type EditionState = (typeof editionStates)[number]

/**
 * The dated digest that a schedule makes. `id` is `<schedule>/<date>` (`daily/2026-06-29`), `date` a calendar day in
 * the publication's zone, `plannedAt` the instant it is meant to leave (RFC 3339, UTC): a function of date and
 * schedule, so that composing twice gives the same bytes.
 *
 * `source` is the id of the source it was made from, and `publication` who spoke then: a draft is shown and sent under
 * the name under which it was made.
 *
 * `stories` are shown with their summary, `briefs` as a short list, `background` are lessons that the day's items
 * link to. All are whole items: what was composed stays what it was when an item changes later.
 *
 * `amendments` are corrections and retractions since the last edition, told of in a block of their own. An edition that
 * has `amends` is no digest: it carries one correction or retraction to the channels, has no stories, and its schedule
 * is the kind of the amendment (`correction/2026-06-30-1f0c2b7a`).
 */
export const editionSchema = z
  .object({
    id: z.string(),
    schedule: z.string(),
    date: z.iso.date(),
    plannedAt: z.iso.datetime(),
    source: z.string(),
    publication: publicationSchema,
    subject: z.string(),
    preheader: z.string(),
    intro: z.string(),
    stories: z.array(itemSchema).readonly(),
    briefs: z.array(itemSchema).readonly(),
    background: z.array(itemSchema).readonly(),
    amendments: z.array(amendmentSchema).readonly().optional(),
    amends: amendedItemSchema.optional(),
  })
  .readonly()
export type Edition = z.infer<typeof editionSchema>

/** The items that are news of the day, in order; background is not among them. */
export function editionItems(edition: Edition): Edition['stories'] {
  return [...edition.stories, ...edition.briefs]
}
