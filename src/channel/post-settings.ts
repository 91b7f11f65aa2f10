import * as z from 'zod'
import { unknownPlaceholders, USUAL_TEMPLATE } from '../domain/template.ts'
import { canonicalUrl } from '../domain/url.ts'
import type { Timing } from './timing.ts'

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')

/** What an editor wants otherwise for one item. */
const itemOverride = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe(
        'Says this instead of title and summary; the links follow. Never shortened; names and hashtags in it stay plain text',
      ),
    skip: z.boolean().default(false).describe('Not posted here'),
    first: z.boolean().default(false).describe('Before the others of its edition'),
  })
  .readonly()
export type ItemOverride = z.infer<typeof itemOverride>

/** Settings that every network with posts has, to be spread into its schema. */
export const postSettings = {
  posts: z
    .enum(['item', 'thread', 'digest'])
    .default('item')
    .describe('One post for each item, one thread for the edition, or one post for the edition'),
  gapMinutes: z.number().min(0).max(1440).default(10).describe('Least minutes between two posts of one account'),
  quiet: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .readonly()
    .optional()
    .describe("Hours in which nothing is posted, in the publication's zone"),
  mostPerDay: z
    .int()
    .min(1)
    .max(300)
    .default(24)
    .describe('Most posts of one account a day, and most items of one edition that are posted or told of in a thread'),
  order: z
    .enum(['chosen', 'newest'])
    .default('chosen')
    .describe("Which items come first: in the edition's order, or the newest"),
  hashtags: z.int().min(0).max(8).default(0).describe("How many of an item's tags become hashtags at the end"),
  template: z
    .string()
    .min(1)
    .superRefine((text, context) => {
      for (const name of unknownPlaceholders(text))
        context.addIssue({
          code: 'custom',
          message: `${name} is not known here; a template may say {title}, {summary}, {section} and {publication}`,
        })
    })
    .default(USUAL_TEMPLATE)
    .describe('What a post says before its links: {title} {summary} {section} {publication}'),
  items: z
    .record(z.string(), itemOverride)
    .superRefine((items, context) => {
      for (const url of Object.keys(items))
        if (canonicalUrl(url) === undefined)
          context.addIssue({ code: 'custom', path: [url], message: 'must be under the address of an item' })
    })
    .default({})
    .describe('By item URL: another text, not at all, or first'),
}

/** What `postSettings` gives, as functions that serve every network take it. */
export interface PostSettings {
  readonly posts: 'item' | 'thread' | 'digest'
  readonly gapMinutes: Timing['gapMinutes']
  readonly quiet?: Timing['quiet']
  readonly mostPerDay: number
  readonly order: 'chosen' | 'newest'
  readonly hashtags: number
  readonly template: string
  readonly items: Readonly<Record<string, ItemOverride>>
}
