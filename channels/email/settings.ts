import * as z from 'zod'
import { type Mailbox, parseMailbox } from '../../src/domain/address.ts'
import { readSmtpUrl } from './smtp/url.ts'

const mailbox = z
  .string()
  .refine((text) => parseMailbox(text) !== undefined, { error: 'must be an address: "Name <name@example.com>"' })
const secret = z
  .string()
  .trim()
  .regex(/^[!-~]+$/, { error: 'must be printable ASCII without spaces' })
  .meta({ secret: true })
const seconds = z.number().positive().max(240)

const resendSchema = z.strictObject({
  apiKey: secret.optional().describe('RESEND_API_KEY'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine((text) => isPlainUrl(text), { error: 'must not carry a name, a password, ? or #' })
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://api.resend.com')
    .describe('RESEND_BASE_URL'),
  webhookSecret: secret.optional().describe('RESEND_WEBHOOK_SECRET: what /webhooks/resend checks signatures with'),
  callsPerSecond: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(2)
    .describe('To begin with, and the most until Resend says what it allows'),
  lanes: z.int().min(1).max(32).default(4).describe('Calls in flight at once, within the rate'),
  timeoutSeconds: seconds.default(30).describe('Of one call'),
  maxPayloadMegabytes: z
    .number()
    .min(0.1)
    .max(40)
    .default(8)
    .describe('Of one call: fewer than 100 mails when they are large'),
  payload: z
    .enum(['inline', 'template'])
    .default('inline')
    .describe('inline: each mail whole; template: the page is stored with Resend once for each edition'),
})

const smtpSchema = z.strictObject({
  url: z
    .string()
    .trim()
    .min(1)
    .meta({ secret: true })
    .optional()
    .describe('SMTP_URL: smtps://user:password@mail.example.com'),
  connections: z.int().min(1).max(50).default(5),
  mailsPerSecond: z.number().min(0.1).max(10_000).optional().describe('Absent: as fast as the server takes them'),
  timeoutSeconds: seconds.default(60).describe('Of one mail'),
})

/** Without any setting the mails go to the outbox. */
export const settingsSchema = z
  .strictObject({
    from: mailbox
      .optional()
      .describe(
        'Who the digest comes from: "Name <name@example.com>". Without it the publication at digest@localhost.',
      ),
    replyTo: mailbox.optional().describe('Where answers go, if not to the sender: "Name <name@example.com>".'),
    transport: z
      .enum(['resend', 'smtp', 'outbox'])
      .optional()
      .describe('Else the one whose credentials are there, else the outbox'),
    resend: resendSchema.prefault({}),
    smtp: smtpSchema.prefault({}),
    dkimSelector: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, { error: 'must be a DNS label' })
      .optional()
      .describe('For doctor: the name under _domainkey; with Resend its own, unless told'),
    softBounceEditions: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Editions in a row that could not be delivered for now, after which an address is written to no more'),
  })
  .superRefine(complete)
export type EmailSettings = z.infer<typeof settingsSchema>
export type Transport = 'resend' | 'smtp' | 'outbox'

/** How the mails leave. */
export function transportOf({
  transport,
  resend,
  smtp,
}: Pick<EmailSettings, 'transport' | 'resend' | 'smtp'>): Transport {
  return transport ?? (resend.apiKey !== undefined ? 'resend' : smtp.url !== undefined ? 'smtp' : 'outbox')
}

/** The sender, by default the publication itself at an address that receives nothing. */
export function senderOf(settings: EmailSettings, publicationName: string): Mailbox {
  const given = settings.from === undefined ? undefined : parseMailbox(settings.from)
  return given ?? { name: publicationName, address: 'digest@localhost' }
}

function complete(settings: EmailSettings, context: z.RefinementCtx): void {
  const issue = (path: string[], message: string): void =>
    context.addIssue({ code: 'custom', path, message, input: undefined })
  const { transport, resend, smtp, from } = settings
  if (transport === undefined && resend.apiKey !== undefined && smtp.url !== undefined)
    issue(['transport'], 'must say resend or smtp (or outbox): there are credentials for both')
  const chosen = transportOf(settings)
  if (chosen !== 'outbox' && from === undefined)
    issue(['from'], `must be given (EMAIL_FROM) for mail that leaves by ${chosen}: "Name <name@example.com>"`)
  if (chosen === 'resend' && resend.apiKey === undefined)
    issue(['resend', 'apiKey'], 'must be given (RESEND_API_KEY) for the transport resend')
  if (chosen === 'smtp' && smtp.url === undefined)
    issue(['smtp', 'url'], 'must be given (SMTP_URL) for the transport smtp')
  const server = smtp.url === undefined ? undefined : readSmtpUrl(smtp.url)
  if (typeof server === 'string') issue(['smtp', 'url'], server)
}

/** Only scheme, host and path: what else an address can carry would end up in messages. */
function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === '' && !/[?#]/.test(text)
}
