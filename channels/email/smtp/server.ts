import type SMTPPool from 'nodemailer/lib/smtp-pool'
import type { EmailSettings } from '../settings.ts'

export interface ServerOptions extends SMTPPool.Options {
  readonly host: string
  readonly auth?: { readonly user: string; readonly pass: string }
}

/**
 * What nodemailer is told, from SMTP_URL: `smtps://` encrypts from the first byte, `smtp://` where the server offers it.
 * A password goes out encrypted only, unless the server is this machine or the address ends in `?requireTLS=false`.
 * `?tls.rejectUnauthorized=false` takes a certificate that nobody signed, `?name=mail.example.com` is how we greet.
 *
 * The address is taken apart here and not by nodemailer, which lets its query set anything, a log of all mail to
 * standard output among it.
 *
 * @throws without the address in the message: it holds the password.
 */
export function serverOptions({ smtp }: Pick<EmailSettings, 'smtp'>): ServerOptions {
  const given = smtp.url ?? ''
  if (!URL.canParse(given))
    throw new Error(
      'SMTP_URL cannot be read: in user name and password, write / ? # @ and : as %2F %3F %23 %40 and %3A',
    )
  const url = new URL(given)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isHere = /^(localhost|127\..*|::1)$/.test(host)
  const name = url.searchParams.get('name')
  const requireTLS = url.searchParams.get('requireTLS') ?? String(url.password !== '' && !isHere)
  const timeoutMs = smtp.timeoutSeconds * 1000
  return {
    pool: true,
    host,
    secure: url.protocol.toLowerCase() === 'smtps:',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(url.username === '' ? {} : { auth: { user: decoded(url.username), pass: decoded(url.password) } }),
    ...(name === null ? {} : { name }),
    requireTLS: requireTLS === 'true',
    tls: { rejectUnauthorized: url.searchParams.get('tls.rejectUnauthorized') !== 'false' },
    maxConnections: smtp.connections,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    logger: false,
    debug: false,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
