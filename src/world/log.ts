import { cleanText } from '../domain/text.ts'
import { maskAddresses } from '../domain/redact.ts'
import type { Log } from '../ports.ts'

/** What is written: from this severity upwards. */
export type LogLevel = 'info' | 'warn' | 'error' | 'silent'

const ORDER: readonly LogLevel[] = ['info', 'warn', 'error', 'silent']

/**
 * A log for people: one message a line, further lines of a message indented, so that hostile text cannot forge a line
 * of its own. Addresses are masked, user names and passwords in URLs and all `secrets` are blanked, also in their
 * percent-encoded form. A secret of fewer than 4 characters cannot be told from ordinary text and is ignored.
 */
export function createLog(
  stream: { write(text: string): unknown },
  level: LogLevel = 'info',
  secrets: readonly string[] = [],
): Log {
  const hide = redactor(secrets)
  const writer = (severity: LogLevel, prefix: string) => (message: string) => {
    if (ORDER.indexOf(severity) < ORDER.indexOf(level)) return
    stream.write(`${prefix}${cleanText(hide(message)).trimEnd().replaceAll('\n', '\n  ')}\n`)
  }
  return { info: writer('info', ''), warn: writer('warn', 'warning: '), error: writer('error', 'error: ') }
}

const CREDENTIALS = /(?<=:\/\/)[^\s/?#]*@/gu

/** A function that takes addresses and secrets out of a text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const hidden = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())]))]
    .filter((secret) => secret.length >= 4)
    .toSorted((a, b) => b.length - a.length)
  return (text) =>
    maskAddresses(hidden.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text).replace(CREDENTIALS, '…@'))
}
