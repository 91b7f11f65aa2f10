import * as z from 'zod'

export const mastodonSettings = z
  .strictObject({
    maxCharacters: z.int().min(1).default(500).describe('Longest post that the instance takes, in characters'),
    urlCharacters: z.int().min(1).default(23).describe('What the instance counts for a link, however long it is'),
    visibility: z
      .enum(['public', 'unlisted', 'private'])
      .default('public')
      .describe('Who sees the posts: everyone, everyone but not in public timelines, followers alone'),
    account: z.string().min(1).default('outbox').describe('Account that posts, as name@instance; "outbox" for none'),
    hashtags: z.int().min(0).max(8).default(0).describe("How many of an item's tags become hashtags at the end"),
  })
  .readonly()
export type MastodonSettings = z.infer<typeof mastodonSettings>
