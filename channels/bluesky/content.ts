import * as z from 'zod'
import { amendedPart, frozenText, readFrozen } from '../../src/channel/post-content.ts'
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

/** From which the key of a document's record is derived (see `standardKey`). */
const ofDocument = z.object({ seed: z.string(), at: z.iso.datetime() }).readonly()

/**
 * What is frozen for one delivery. `account` is the name of the configured account that it is for. `posts`: one post, or
 * a thread whose first is the root and each further one a reply to the one before, all in one atomic write. `reply`: a
 * correction as an answer to a post of ours. `delete`: a retraction, of its document too.
 */
export const contentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('posts'), account: z.string(), posts: z.array(post).min(1).readonly() }).readonly(),
  z.object({ kind: z.literal('reply'), account: z.string(), ...amendedPart, post }).readonly(),
  z
    .object({ kind: z.literal('delete'), account: z.string(), ...amendedPart, document: ofDocument.optional() })
    .readonly(),
])
export type Content = z.infer<typeof contentSchema>

export function asContent(content: Content): string {
  return frozenText(content)
}

/** Undefined for what is none of it, such as posts of an earlier version. */
export function readContent(text: string): Content | undefined {
  return readFrozen(contentSchema, text)
}
