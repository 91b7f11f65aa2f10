import type SMTPPool from 'nodemailer/lib/smtp-pool'
import type { EmailSettings } from '../settings.ts'
import { readSmtpUrl } from './url.ts'

export interface ServerOptions extends SMTPPool.Options {
  readonly host: string
  readonly auth?: { readonly user: string; readonly pass: string }
}

/**
 * What nodemailer is told, by whoever speaks to the server, `doctor` too: nothing but this decides how.
 *
 * @throws without the address in the message: it holds the password.
 */
export function serverOptions({ smtp }: Pick<EmailSettings, 'smtp'>): ServerOptions {
  const server = readSmtpUrl(smtp.url ?? '')
  if (typeof server === 'string') throw new Error(`SMTP_URL ${server}`)
  const { host, port, secure, auth, requireTLS, rejectUnauthorized, name } = server
  const timeoutMs = smtp.timeoutSeconds * 1000
  return {
    pool: true,
    host,
    secure,
    ...(port === undefined ? {} : { port }),
    ...(auth === undefined ? {} : { auth }),
    ...(name === undefined ? {} : { name }),
    requireTLS,
    tls: { rejectUnauthorized },
    maxConnections: smtp.connections,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    logger: false,
    debug: false,
  }
}
