import * as z from 'zod'

/** In the one form that feeds, `Link` headers and announcements share. */
const hubAddress = z
  .string()
  .refine(
    (text) => !/[#@\s]/.test(text),
    'must hold no user name, fragment (#) or white space: everybody gets to see it',
  )
  .pipe(
    z.url({
      protocol: /^https?$/,
      normalize: true,
      error: 'must be an address that begins with https:// or http://',
    }),
  )

export const settingsSchema = z.strictObject({
  limit: z
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe('How many of the latest items the feeds carry; older ones are in the monthly archives.'),
  editions: z.int().min(1).max(366).default(14).describe('How many of the latest editions their feed carries.'),
  sections: z
    .array(z.string().min(1))
    .optional()
    .describe('Sections that stand in the feeds, each with a feed of its own; else all that there are.'),
  ttlMinutes: z.int().min(1).default(60).describe('How many minutes a reader may wait before it asks again (RSS ttl).'),
  llmsItems: z.int().min(0).max(5000).default(500).describe('How many of the latest items llms-full.txt carries.'),
  hubs: z
    .array(hubAddress)
    .max(5)
    .overwrite((hubs) => [...new Set(hubs)])
    .default([])
    .describe('WebSub hubs that are told of every change, so that readers hear of it at once; none: off.'),
})
export type FeedsSettings = z.infer<typeof settingsSchema>
