import { sha256 } from '../../../src/domain/hash.ts'
import type { House } from '../../../src/channel.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import { maskAddress } from '../../../src/domain/subscriber.ts'
import { cleanLine } from '../../../src/domain/text.ts'
import type { Ports } from '../../../src/ports.ts'
import * as z from 'zod'
import { type Mailbox, mailHost, parseMailbox, wireAddress } from '../../../src/domain/address.ts'
import { type EmailSettings, senderOf, transportOf } from '../settings.ts'
import { formatMailbox } from '../resend/request.ts'
import { serverOptions } from '../smtp/server.ts'
import { finding } from '../finding.ts'
import { openResend } from './resend-account.ts'
import { codeOf } from './smtp.ts'

interface TestMail {
  readonly from: Mailbox
  readonly replyTo: Mailbox | undefined
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for one address and minute: a test that is asked for twice at once goes out once where the provider can tell. */
  readonly key: string
  readonly date: Date
}

const LOOK =
  'Open it and choose “Show original” (Gmail) or “View source”: SPF, DKIM and DMARC must say PASS. If it is not there, look in the spam folder.'

/**
 * Sends one plain mail by the configured transport, to be looked at.
 *
 * @param address as `isAddress` takes it.
 */
export async function sendTestMail(
  settings: EmailSettings,
  { clock, api, outbox }: Pick<Ports, 'clock' | 'api' | 'outbox'>,
  house: Pick<House, 'publication'>,
  address: string,
): Promise<Finding> {
  const to = wireAddress(address)
  if (to === undefined)
    return finding(
      'error',
      'test-address',
      'The domain of the address is not one that can be written to.',
      'Correct it.',
    )
  const mail = testMail(settings, clock.now(), house, to)
  switch (transportOf(settings)) {
    case 'resend':
      return byResend(settings, { clock, api }, mail)
    case 'smtp':
      return bySmtp(settings, clock, mail)
    case 'outbox':
      return toOutbox(outbox, mail)
  }
}

function testMail(
  settings: EmailSettings,
  date: Date,
  { publication }: Pick<House, 'publication'>,
  to: string,
): TestMail {
  const minute = date.toISOString().slice(0, 16)
  const name = cleanLine(publication.name)
  const from = senderOf(settings, name)
  return {
    from: { name: cleanLine(from.name), address: wireAddress(from.address) ?? from.address },
    replyTo: settings.replyTo === undefined ? undefined : parseMailbox(settings.replyTo),
    to,
    subject: `Test mail of ${name}`,
    text: `This is a test mail of ${name}, sent by "groundwire doctor" at ${minute.replace('T', ' ')} UTC.\n\nNothing is asked of you.\n`,
    key: `doctor/${sha256(`${to.toLowerCase()} ${minute}`).slice(0, 40)}`,
    date,
  }
}

async function byResend(
  settings: EmailSettings,
  ports: Pick<Ports, 'clock' | 'api'>,
  mail: TestMail,
): Promise<Finding> {
  const { from, replyTo, to, subject, text, key } = mail
  const body = { from: formatMailbox(from), to, subject, text, ...(replyTo && { reply_to: formatMailbox(replyTo) }) }
  const idSchema = z.object({ id: z.string() })
  const answer = await openResend(settings, ports).call(idSchema, '/emails', { body, idempotencyKey: key })
  if (answer.kind === 'data')
    return sent(`Resend took the test mail to ${maskAddress(to)} (${cleanLine(answer.data.id)}).`)
  const { name, status } = answer
  if (status === undefined || status >= 500)
    return failed('Resend', `no answer that could be read (${name}); the mail may have left all the same`, LOOK)
  const advice = 'The findings above say what to do; the answer in full is at https://resend.com/logs.'
  return failed('Resend', `refused, ${status} ${name}`, advice)
}

async function bySmtp(settings: EmailSettings, clock: Ports['clock'], mail: TestMail): Promise<Finding> {
  const [{ default: SMTPTransport }, { default: Mail }] = await Promise.all([
    import('nodemailer/lib/smtp-transport'),
    import('nodemailer/lib/mailer'),
  ])
  const { pool: _, ...options } = serverOptions(settings)
  const transport = new Mail(new SMTPTransport(options))
  const deadline = clock.deadline(settings.smtp.timeoutSeconds * 1000)
  try {
    const done = transport.sendMail(messageOf(mail))
    const late = new Promise<'late'>((resolve) =>
      deadline.addEventListener('abort', () => resolve('late'), { once: true }),
    )
    if ((await Promise.race([done, late])) === 'late') {
      done.catch(() => undefined)
      return failed('The SMTP server', 'no answer in time; the mail may have left all the same', LOOK)
    }
    return sent(`The SMTP server took the test mail to ${maskAddress(mail.to)}.`)
  } catch (error) {
    return failed(
      'The SMTP server',
      `refused, ${codeOf(error)}`,
      'The findings above and the log of the server say more.',
    )
  } finally {
    transport.close()
  }
}

async function toOutbox(outbox: Ports['outbox'], mail: TestMail): Promise<Finding> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const eml = await new MailComposer(messageOf(mail)).compile().build()
  const path = await outbox.put({
    channel: 'email',
    edition: 'doctor',
    id: mail.key.replace('/', '-'),
    title: mail.subject,
    detail: maskAddress(mail.to),
    files: { eml },
  })
  return sent(`The test mail lies in the outbox: ${path}.`, 'Nothing left this machine; open the file to look at it.')
}

function messageOf({ from, replyTo, to, subject, text, key, date }: TestMail) {
  return {
    from: { ...from },
    ...(replyTo && { replyTo: { ...replyTo } }),
    to: { name: '', address: to },
    subject,
    text,
    date,
    messageId: `<${sha256(key).slice(0, 40)}@${mailHost(from.address)}>`,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function sent(message: string, advice = LOOK): Finding {
  return finding('note', 'test-sent', message, advice)
}

function failed(who: string, what: string, advice: string): Finding {
  return finding('error', 'test-failed', `${who} did not take the test mail: ${what}.`, advice)
}
