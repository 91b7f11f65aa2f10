import { defineChannel } from '../../src/channel.ts'
import { outboxSender } from './outbox.ts'
import { type EmailSettings, settingsSchema } from './settings.ts'

// One call of the largest batch interface we write for carries 100 mails; the outbox keeps the same groups.
const MAILS_PER_ATTEMPT = 100

/** The digest by mail, one message for each subscriber. React, React Email and nodemailer load when first needed. */
export const emailChannel = defineChannel<EmailSettings>({
  id: 'email',
  title: 'E-mail',
  settings: settingsSchema,
  audience: 'subscribers',
  document: false,
  perAttempt: () => MAILS_PER_ATTEMPT,
  async render(edition, context, settings) {
    const { renderDigest } = await import('./rendering.ts')
    return [await renderDigest(edition, context.house, settings)]
  },
  open: (_settings, ports, house) => outboxSender(ports, house),
})
