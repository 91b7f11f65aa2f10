import * as z from 'zod'

/**
 * One thing the editor should know before an edition leaves.
 *
 * `error` keeps what it is about from leaving (an item, a post, or the edition); `warning` is shown and waits for a
 * decision; `note` is for information. `code` is stable and can be searched for; `message` says what is wrong with
 * which value; `advice` says what to do. `item` is the item's URL, `channel` the channel id, `field` the field's name.
 */
export const findingSchema = z
  .object({
    severity: z.enum(['error', 'warning', 'note']),
    code: z.string(),
    message: z.string(),
    advice: z.string().optional(),
    item: z.string().optional(),
    field: z.string().optional(),
    channel: z.string().optional(),
  })
  .readonly()
export type Finding = z.infer<typeof findingSchema>
export type Severity = Finding['severity']
