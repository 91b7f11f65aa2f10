import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Clock } from '../../../src/ports.ts'
import type { EmailSettings } from '../settings.ts'
import { type ServerOptions, serverOptions } from '../smtp/server.ts'
import { isThisMachine } from '../smtp/url.ts'
import { finding, quoted } from '../finding.ts'

/** A page of 100 kB in two parts, encoded: what a digest may come to. */
const LARGEST_MAIL_BYTES = 350_000

/** What is known of a refusal without repeating what the server said, which may name the account. */
interface Refusal {
  readonly stage: 'connect' | 'login' | 'deadline'
  readonly code: string
}

/** Greeting, TLS, login and the size limit of the SMTP server; no mail is begun. */
export async function diagnoseSmtp(settings: EmailSettings, clock: Clock): Promise<Finding[]> {
  const { auth, ...options } = serverOptions(settings)
  const ms = settings.smtp.timeoutSeconds * 1000
  const connection = new SMTPConnection(options)
  const server = `${connection.host}:${connection.port}`
  try {
    const greeted = await converse(connection, clock.deadline(ms), auth)
    return [...greeted, ...bounces()]
  } catch (error) {
    return [aboutRefusal(server, refusalOf(error), settings.smtp.timeoutSeconds)]
  } finally {
    connection.close()
  }
}

function aboutRefusal(server: string, { stage, code }: Refusal, timeoutSeconds: number): Finding {
  if (stage === 'login') {
    const message = `The SMTP server ${server} refuses the user name or password of SMTP_URL (${code}).`
    const advice = 'Correct them; characters such as @ : / # are written as %40 %3A %2F %23.'
    return finding('error', 'smtp-login', message, advice)
  }
  const ports = 'port 465 is smtps://, 587 is smtp:// with STARTTLS'
  if (/certificate|altnames|wrong version|ETLS/i.test(code)) {
    const message = `No TLS connection to the SMTP server ${server} comes about (${code}).`
    const advice = `Name the server in SMTP_URL as its certificate does, and match scheme and port: ${ports}.`
    return finding('error', 'smtp-tls', message, advice)
  }
  const what = stage === 'deadline' ? `did not answer within ${timeoutSeconds} s` : `cannot be used (${code})`
  const advice = `Check host and port of SMTP_URL, and that this machine may connect: ${ports}; many hosts block 25.`
  return finding('error', 'smtp-unreachable', `The SMTP server ${server} ${what}.`, advice)
}

async function converse(
  connection: SMTPConnection,
  deadline: AbortSignal,
  auth: ServerOptions['auth'],
): Promise<Finding[]> {
  const late = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Stopped({ stage: 'deadline', code: 'ETIMEDOUT' }))
    if (deadline.aborted) end()
    else deadline.addEventListener('abort', end, { once: true })
  })
  await Promise.race([late, connected(connection)])
  // After the greeting the last answer is the one to EHLO.
  const size = sizeLimit(connection.lastServerResponse || '')
  const { secure } = connection
  // Without TLS we are here only where the server is this machine, there is no password, or SMTP_URL says so.
  const tls = aboutTls(connection, auth !== undefined)
  if (auth !== undefined) await Promise.race([late, loggedIn(connection, auth)])
  connection.quit()
  const how = auth === undefined ? 'no login is configured' : 'the login is taken'
  const message = `The SMTP server ${connection.host}:${connection.port} answers, ${secure ? 'over TLS' : 'without TLS'}; ${how}.`
  return [finding('note', 'smtp-ok', message), tls, ...aboutSize(size)].filter(({ code }) => code !== 'smtp-tls-ok')
}

function connected(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(new Stopped({ stage: 'connect', code: codeOf(error) }))
    connection.on('error', fail)
    connection.connect((error) => (error ? fail(error) : resolve()))
  })
}

function loggedIn(connection: SMTPConnection, auth: NonNullable<ServerOptions['auth']>): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      const code = codeOf(error)
      reject(new Stopped({ stage: code.startsWith('EAUTH') ? 'login' : 'connect', code }))
    }
    // Where the connection breaks off, the callback is not called.
    connection.on('error', fail)
    connection.login(auth, (error) => (error ? fail(error) : resolve()))
  })
}

function aboutTls({ secure, host }: SMTPConnection, login: boolean): Finding {
  if (secure || isThisMachine(host)) return finding('note', 'smtp-tls-ok', '')
  const what = login ? 'password and mails travel in the clear, as SMTP_URL allows' : 'mails travel in the clear'
  const message = `The SMTP server ${host} offers no TLS: ${what}, and Gmail asks for TLS.`
  return finding('warning', 'smtp-tls', message, 'Use smtps:// (port 465), or a server that offers STARTTLS.')
}

/** The SIZE extension (RFC 1870); 0 or absent: no limit is told. */
function sizeLimit(greeting: string): number {
  return Number(/^250[- ]SIZE +(\d{1,15})\s*$/im.exec(greeting)?.[1] ?? 0)
}

function aboutSize(limit: number): Finding[] {
  if (limit === 0) return []
  if (limit >= LARGEST_MAIL_BYTES)
    return [finding('note', 'smtp-size', `The server takes mails of up to ${Math.floor(limit / 1000)} kB.`)]
  const message = `The server takes mails of up to ${Math.floor(limit / 1000)} kB; a digest may come to ${LARGEST_MAIL_BYTES / 1000} kB.`
  return [finding('warning', 'smtp-size', message, 'Raise its limit, or lower the number of stories.')]
}

function bounces(): Finding[] {
  const message =
    'Over SMTP bounces come as mails to the sender’s mailbox; nobody is taken off the list for them by itself.'
  return [finding('note', 'smtp-bounces', message, 'Read that mailbox: groundwire subscribers remove ADDRESS.')]
}

class Stopped extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

function refusalOf(error: unknown): Refusal {
  return error instanceof Stopped ? error.refusal : { stage: 'connect', code: codeOf(error) }
}

/** `EAUTH 535`, `ESOCKET "self-signed certificate"`: the words are those of this machine, never of the server. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  // OpenSSL puts numbers, places and file names around its reason.
  if (code === 'ESOCKET')
    return `${code} ${quoted(/:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1] ?? error.message)}`
  const reply = 'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : ''
  return `${code}${reply}`
}
