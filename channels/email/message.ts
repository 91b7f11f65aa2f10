import type { House } from '../../src/channel.ts'
import { hmac, sha256 } from '../../src/domain/hash.ts'
import { mailHost, wireAddress } from '../../src/domain/address.ts'
import type { MailContent } from './content.ts'
import { encodedBody } from './encoding.ts'
import { freeText, header, mailbox } from './headers.ts'
import { fillTemplate, type Slots, splitTemplate } from './template.ts'

export interface Recipient {
  /** Of the delivery, by `mailKey`: the Message-ID comes from it, so that the same delivery is the same for ever. */
  readonly key: string
  /** When it is sent; absent: when the edition was planned to leave, so that the same delivery is the same bytes. */
  readonly date?: Date
  /** Checked with `isAddress`. */
  readonly address: string
  readonly slots: Slots
}

/** What stands for a delivery in a mail: other publications' deliveries may have the same key. */
export function mailKey({ secret }: Pick<House, 'secret'>, deliveryKey: string): string {
  return hmac(secret, `mail ${deliveryKey}`)
}

/**
 * The Message-ID of a delivery, the same for ever.
 *
 * @param key by `mailKey`.
 */
export function messageId(key: string, content: MailContent): string {
  return `<${sha256(key).slice(0, 40)}@${mailHost(content.from.address)}>`
}

/**
 * Cuts and encodes the frozen content once and gives a function that makes one reader's message (RFC 5322, CRLF, text
 * first, then HTML). Composing each message from the beginning would be nearly the whole cost of sending it.
 *
 * ASCII, but for a recipient whose local part is not (RFC 6532). No line is longer than 76 characters but for headers
 * that cannot be folded, which stay below 998.
 */
export function messageMaker(content: MailContent): (recipient: Recipient) => Uint8Array {
  const text = encodedBody(splitTemplate(content.text, content.slots), 'text')
  const html = encodedBody(splitTemplate(content.html, content.slots), 'html')
  // Neither encoding can produce `=_` (RFC 2045, 6.7).
  const boundary = `=_${sha256(`boundary ${content.slots.unsubscribe}`).slice(0, 32)}`
  const shared = sharedHeaders(content)
  const own = ownHeaders(content)
  const opening = Buffer.from(
    [
      shared,
      'MIME-Version: 1.0\r\n',
      `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`,
      partHead(boundary, 'plain', text.encoding),
    ].join(''),
  )
  const between = Buffer.from(`\r\n${partHead(boundary, 'html', html.encoding)}`)
  const closing = Buffer.from(`\r\n--${boundary}--\r\n`)
  return (recipient) => {
    const { slots } = recipient
    const head = Buffer.from(own(recipient))
    return Buffer.concat([head, opening, ...text.fill(slots), between, ...html.fill(slots), closing])
  }
}

function sharedHeaders(content: MailContent): string {
  return [
    header('From', mailbox(content.from)),
    content.replyTo ? header('Reply-To', mailbox(content.replyTo)) : '',
    header('Subject', freeText(content.subject)),
    ...Object.entries(content.headers)
      .filter(([, value]) => !value.includes(content.slots.unsubscribe))
      .map(([name, value]) => header(name, value)),
  ].join('')
}

function ownHeaders(content: MailContent): (recipient: Recipient) => string {
  const templates = Object.entries(content.headers)
    .filter(([, value]) => value.includes(content.slots.unsubscribe))
    .map(([name, value]) => ({ name, template: splitTemplate(value, content.slots) }))
  return ({ key, address, slots, date = new Date(content.date) }) =>
    header('To', wireAddress(address) ?? address) +
    header('Date', date.toUTCString().replace('GMT', '+0000')) +
    header('Message-ID', messageId(key, content)) +
    templates.map(({ name, template }) => header(name, fillTemplate(template, slots))).join('')
}

function partHead(boundary: string, subtype: string, encoding: string): string {
  return `--${boundary}\r\nContent-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
}
