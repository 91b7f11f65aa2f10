import * as z from 'zod'
import { documentSchema } from './standard/document.ts'

/** Where the bytes of a card's picture are, and which they must be. */
const cardPicture = z
  .object({ path: z.string(), sha256: z.string(), mediaType: z.string(), width: z.int(), height: z.int() })
  .readonly()

const post = z
  .object({
    /** URLs of the items that it tells of: one, several in a digest, none in the first post of a thread. */
    items: z.array(z.string()).readonly(),
    /** Stable identity and instant of what is posted, from which the record's key is derived (see `recordKey`). */
    seed: z.string(),
    at: z.iso.datetime(),
    /**
     * An `app.bsky.feed.post`, complete but for what is stamped before the first attempt: `createdAt`, the card's
     * `thumb`, and in a thread or reply `reply`.
     */
    record: z.looseObject({ $type: z.literal('app.bsky.feed.post'), text: z.string() }).readonly(),
    picture: cardPicture.optional(),
    document: documentSchema.optional(),
  })
  .readonly()
export type FrozenPost = z.infer<typeof post>

/** Delivery key of what is amended, and which of its posts, from 0. */
const amended = { of: z.string(), part: z.int().min(0) }

/** From which the key of a document's record is derived (see `standardKey`). */
const ofDocument = z.object({ seed: z.string(), at: z.iso.datetime() }).readonly()

/**
 * What is frozen for one delivery. `account` is the name of the configured account that it is for. `posts`: one post, or
 * a thread whose first is the root and each further one a reply to the one before, all in one atomic write. `reply`: a
 * correction as an answer to a post of ours. `delete`: a retraction, of its document too.
 */
export const contentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('posts'), account: z.string(), posts: z.array(post).min(1).readonly() }).readonly(),
  z.object({ kind: z.literal('reply'), account: z.string(), ...amended, post }).readonly(),
  z.object({ kind: z.literal('delete'), account: z.string(), ...amended, document: ofDocument.optional() }).readonly(),
])
export type Content = z.infer<typeof contentSchema>

export function asContent(content: Content): string {
  return `${JSON.stringify(content, null, 2)}\n`
}

/** What was frozen; undefined for what is none of it, such as posts of an earlier version. */
export function readContent(text: string): Content | undefined {
  try {
    return contentSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
