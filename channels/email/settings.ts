import * as z from 'zod'
import { type Mailbox, parseMailbox } from './address.ts'

const mailbox = z
  .string()
  .refine((text) => parseMailbox(text) !== undefined, { error: 'must be an address: "Name <name@example.com>"' })

/** Without any setting the mails go to the outbox. */
export const settingsSchema = z.strictObject({
  from: mailbox
    .optional()
    .describe('Who the digest comes from: "Name <name@example.com>". Without it the publication at digest@localhost.'),
  replyTo: mailbox.optional().describe('Where answers go, if not to the sender: "Name <name@example.com>".'),
})
export type EmailSettings = z.infer<typeof settingsSchema>

/** The sender, by default the publication itself at an address that receives nothing. */
export function senderOf(settings: EmailSettings, publicationName: string): Mailbox {
  const given = settings.from === undefined ? undefined : parseMailbox(settings.from)
  return given ?? { name: publicationName, address: 'digest@localhost' }
}
