import * as z from 'zod'
import { amendedPart, frozenText, readFrozen } from '../../src/channel/post-content.ts'

/** Parameters of `POST /api/v1/statuses`, and of the `PUT` that edits one. */
const status = z
  .object({
    status: z.string(),
    /** BCP 47; absent when the publication's language is none. */
    language: z.string().optional(),
    visibility: z.enum(['public', 'unlisted', 'private']),
    /** Content warning. */
    spoilerText: z.string().optional(),
  })
  .readonly()
export type FrozenStatus = z.infer<typeof status>

const post = z
  .object({
    /** URLs of the items that it tells of: one, several in a digest, none in the first status of a thread. */
    items: z.array(z.string()).readonly(),
    /** A link that stands in its text, by which it is recognised on the account. */
    href: z.string(),
    status,
    /** Uploaded and attached; `alt` is its description. */
    picture: z
      .object({ path: z.string(), sha256: z.string(), mediaType: z.string(), alt: z.string() })
      .readonly()
      .optional(),
  })
  .readonly()
export type FrozenPost = z.infer<typeof post>

/**
 * What is frozen for one delivery. `account` is the name of the configured account that it is for. `posts`: one status,
 * or a thread whose every further one answers the one before. `edit`: a correction in place, said at the instant `at`. `delete`: a retraction.
 */
export const contentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('posts'), account: z.string(), posts: z.array(post).min(1).readonly() }).readonly(),
  z.object({ kind: z.literal('edit'), account: z.string(), ...amendedPart, at: z.iso.datetime(), status }).readonly(),
  z.object({ kind: z.literal('delete'), account: z.string(), ...amendedPart }).readonly(),
])
export type Content = z.infer<typeof contentSchema>

export function asContent(content: Content): string {
  return frozenText(content)
}

/** Undefined for what is none of it, such as posts of an earlier version. */
export function readContent(text: string): Content | undefined {
  return readFrozen(contentSchema, text)
}
