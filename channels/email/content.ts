import * as z from 'zod'
import { isAddress } from '../../src/domain/address.ts'

const mailboxSchema = z.object({ name: z.string(), address: z.string().refine(isAddress) }).readonly()

/**
 * What is frozen of a digest: one message for all readers, with a placeholder for each slot in `html`, `text` and the
 * values of `headers`, which are printable ASCII. `date` is the instant of the Date header, RFC 3339.
 */
export const contentSchema = z
  .object({
    subject: z.string(),
    preheader: z.string(),
    from: mailboxSchema,
    replyTo: mailboxSchema.optional(),
    date: z.iso.datetime(),
    headers: z.record(z.string().regex(/^[a-z0-9-]+$/i), z.string().regex(/^[\x20-\x7E]*$/)).readonly(),
    slots: z.object({ unsubscribe: z.string().regex(/^slot-unsubscribe-[0-9a-f]{64}$/) }).readonly(),
    html: z.string(),
    text: z.string(),
  })
  .readonly()
export type MailContent = z.infer<typeof contentSchema>
