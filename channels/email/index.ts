import { defineChannel } from '../../src/channel.ts'
import { outboxSender } from './outbox.ts'
import { resendSender } from './resend/sender.ts'
import { type EmailSettings, settingsSchema, transportOf } from './settings.ts'
import { smtpSender } from './smtp/sender.ts'
import { mailsPerAttempt } from './attempt-size.ts'
import { resendWebhook } from './resend/webhook.ts'

/**
 * The digest by mail, one message for each subscriber. React, React Email, nodemailer and the provider's SDK load when
 * first needed.
 */
export const emailChannel = defineChannel<EmailSettings>({
  id: 'email',
  title: 'E-mail',
  settings: settingsSchema,
  audience: 'subscribers',
  document: false,
  perAttempt: mailsPerAttempt,
  disturbs: (settings) => transportOf(settings) !== 'outbox',
  webhook: (settings, installation) =>
    settings.resend.webhookSecret === undefined ? undefined : resendWebhook(settings, installation),
  async diagnose(settings, ports, house) {
    const { diagnoseEmail } = await import('./doctor.ts')
    return diagnoseEmail(settings, ports, house)
  },
  async render(edition, context, settings) {
    const { renderDigest } = await import('./rendering.ts')
    return [await renderDigest(edition, context.house, settings)]
  },
  open(settings, ports, house) {
    switch (transportOf(settings)) {
      case 'resend':
        return resendSender(settings, ports, house)
      case 'smtp':
        return smtpSender(settings, ports, house)
      case 'outbox':
        return outboxSender(ports, house)
    }
  },
})
