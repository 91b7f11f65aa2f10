import * as z from 'zod'

export const settingsSchema = z.strictObject({
  limit: z.int().min(1).max(1000).default(50).describe('How many of the latest items the feeds carry.'),
  ttlMinutes: z.int().min(1).default(60).describe('How many minutes a reader may wait before it asks again (RSS ttl).'),
})
export type FeedsSettings = z.infer<typeof settingsSchema>
