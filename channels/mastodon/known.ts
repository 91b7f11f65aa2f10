import * as z from 'zod'

/** What an instance says of itself (`GET /api/v2/instance`), as far as posting needs it. */
export const instanceSchema = z
  .object({
    maxCharacters: z.int(),
    urlCharacters: z.int(),
    /** Longest alt text, in characters. */
    maxDescription: z.int(),
    mediaTypes: z.array(z.string()).readonly(),
    /** `4.4.2`, or what other software calls itself. */
    version: z.string(),
  })
  .readonly()
export type Instance = z.infer<typeof instanceSchema>

/** By account name; accounts whose instance could not be asked are not in it. */
export const knownSchema = z.record(z.string(), instanceSchema)
export type Known = z.infer<typeof knownSchema>

/** Mastodon's own, for an instance that says nothing. */
export const usualInstance: Instance = {
  maxCharacters: 500,
  urlCharacters: 23,
  maxDescription: 1500,
  mediaTypes: ['image/jpeg', 'image/png'],
  version: '',
}
