import * as z from 'zod'

/**
 * A picture that goes with the post of an item or an edition, as it will be uploaded: re-encoded, without metadata, small enough for every
 * network. `path` is where its bytes are, below the data folder; `sha256` (hex) is theirs. `origin`: the item names it;
 * its page does (`og:image`); or there was none, and it was drawn. `preview` is a small version of it as a `data:`
 * address, for pages that may not load anything.
 */
export const pictureSchema = z
  .object({
    path: z.string(),
    sha256: z.string(),
    mediaType: z.enum(['image/jpeg', 'image/png']),
    bytes: z.int(),
    width: z.int(),
    height: z.int(),
    alt: z.string(),
    origin: z.enum(['item', 'page', 'drawn']),
    preview: z.string(),
  })
  .readonly()
export type Picture = z.infer<typeof pictureSchema>

/**
 * A picture as it is remembered. `again`: an instant (RFC 3339 UTC) from which a better one is looked for;
 * absent where everything answered that was asked.
 */
export const keptPictureSchema = z.object({ picture: pictureSchema, again: z.iso.datetime().optional() }).readonly()
export type KeptPicture = z.infer<typeof keptPictureSchema>
