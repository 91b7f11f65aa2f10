import * as z from 'zod'

/**
 * Who is speaking. Everything a reader sees about the publication comes from here; nothing is hard-coded in a channel.
 *
 * - `description`: one sentence; '' when unknown. `url`: its own home page.
 * - `language`: BCP 47, e.g. `en`. `zone`: IANA time zone whose calendar the editions follow, e.g. `Europe/Berlin`.
 * - `address`: postal address for the foot of every mail (required by law for bulk mail in many places); lines
 *   separated by `\n`.
 */
export const publicationSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    url: z.string(),
    language: z.string(),
    zone: z.string(),
    address: z.string(),
  })
  .readonly()
export type Publication = z.infer<typeof publicationSchema>
