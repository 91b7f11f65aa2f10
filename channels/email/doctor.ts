import type { House } from '../../src/channel.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Ports } from '../../src/ports.ts'
import { mailHost, parseMailbox } from '../../src/domain/address.ts'
import { finding } from './finding.ts'
import { diagnoseResend } from './doctor/resend.ts'
import { diagnoseSenderDomain, type SenderDomain } from './doctor/sender-domain.ts'
import { diagnoseSmtp } from './doctor/smtp.ts'
import { type EmailSettings, senderOf, transportOf } from './settings.ts'

/** What Resend sends through. */
const RESEND_SPF = 'amazonses.com'

/** Credentials, rate, limits and webhook of the transport, then what the DNS says of the sender. */
export async function diagnoseEmail(
  settings: EmailSettings,
  { clock, api, dns }: Pick<Ports, 'clock' | 'api' | 'dns'>,
  house: House,
): Promise<Finding[]> {
  const from = mailHost(senderOf(settings, house.publication.name).address)
  const replyTo = settings.replyTo === undefined ? undefined : parseMailbox(settings.replyTo)
  const both = { from, replyTo: replyTo ? mailHost(replyTo.address) : from }
  switch (transportOf(settings)) {
    case 'outbox': {
      const message = 'Mails are written to the outbox as files and do not leave.'
      return [finding('note', 'email-outbox', message, 'To send them, set EMAIL_FROM and RESEND_API_KEY or SMTP_URL.')]
    }
    case 'resend': {
      const { findings, names } = await diagnoseResend(settings, { clock, api }, from, house)
      if (!names) return findings
      const { region, ...records } = names
      const sender = {
        ...both,
        ...records,
        spfInclude: RESEND_SPF,
        bounceHost: `feedback-smtp.${region ?? '<your region>'}.amazonses.com`,
        keySource: 'shown at https://resend.com/domains',
      }
      return [...findings, ...(await diagnoseSenderDomain(dns, sender))]
    }
    case 'smtp': {
      const selector = settings.dkimSelector
      const sender: SenderDomain = {
        ...both,
        envelope: from,
        dkimKeys: selector === undefined ? [] : [`${selector}._domainkey.${from}`],
        spfInclude: undefined,
        bounceHost: undefined,
        keySource: 'shown by your mail provider',
      }
      const [server, domain] = await Promise.all([diagnoseSmtp(settings, clock), diagnoseSenderDomain(dns, sender)])
      return [...server, ...domain]
    }
  }
}
