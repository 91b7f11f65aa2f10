import * as z from 'zod'
import { languageTag } from '../../src/domain/text.ts'

const language = z.string().refine((tag) => languageTag(tag) !== undefined, {
  error: 'must be a BCP 47 language tag such as "en" or "pt-BR"',
})

export const blueskySettings = z
  .strictObject({
    langs: z
      .array(language)
      .max(3)
      .readonly()
      .optional()
      .describe('Languages of the posts, at most three (BCP 47); by default the language of the publication'),
    account: z.string().min(1).default('outbox').describe('Handle of the account that posts; "outbox" for none'),
    hashtags: z.int().min(0).max(8).default(0).describe("How many of an item's tags become hashtags at the end"),
  })
  .readonly()
export type BlueskySettings = z.infer<typeof blueskySettings>
