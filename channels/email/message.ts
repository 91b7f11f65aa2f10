import MailComposer from 'nodemailer/lib/mail-composer'
import { escapeHtml } from '../../src/domain/html.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { mailHost } from './address.ts'
import type { MailContent } from './content.ts'
import { fillTemplate, type Slots, splitTemplate } from './template.ts'

export interface Recipient {
  /** Key of the delivery: Message-ID and boundaries come from it, so that the same delivery is the same bytes for ever. */
  readonly key: string
  /** Checked with `isAddress`. */
  readonly address: string
  readonly slots: Slots
}

/** The Message-ID of a delivery, the same for ever. */
export function messageId(key: string, content: MailContent): string {
  return `<${sha256(key).slice(0, 40)}@${mailHost(content.from.address)}>`
}

/**
 * Cuts the frozen content once and gives a function that makes one reader's message (RFC 5322, CRLF, text first, then
 * HTML). No line is longer than 76 characters but for headers that cannot be folded, which stay below 998.
 */
export function messageMaker(content: MailContent): (recipient: Recipient) => Promise<Uint8Array> {
  // nodemailer folds quoted-printable in the wrong places where lines end in LF alone.
  const html = splitTemplate(content.html.replaceAll('\n', '\r\n'), content.slots)
  const text = splitTemplate(content.text.replaceAll('\n', '\r\n'), content.slots)
  const headers = Object.entries(content.headers).map(([name, value]) => ({
    name,
    value: splitTemplate(value, content.slots),
  }))
  const encodings = { html: encodingFor(content.html), text: encodingFor(content.text) }

  return ({ key, address, slots }) =>
    new MailComposer({
      from: { ...content.from },
      ...(content.replyTo ? { replyTo: { ...content.replyTo } } : {}),
      to: { name: '', address },
      subject: content.subject,
      date: new Date(content.date),
      messageId: messageId(key, content),
      headers: headers.map(({ name, value }) => ({ key: name, value: fillTemplate(value, slots) })),
      text: { content: fillTemplate(text, slots), contentTransferEncoding: encodings.text },
      html: {
        content: fillTemplate(html, { unsubscribe: escapeHtml(slots.unsubscribe) }),
        contentTransferEncoding: encodings.html,
      },
      baseBoundary: sha256(`boundary ${key}`).slice(0, 32),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
      .compile()
      .build()
}

/**
 * Quoted-printable stays readable and makes three bytes of one; base64, which adds a third to everything, only where
 * it is shorter.
 */
function encodingFor(text: string): 'quoted-printable' | 'base64' {
  const bytes = new TextEncoder().encode(text)
  const escaped = bytes.reduce((count, byte) => (byte > 126 ? count + 1 : count), 0)
  return escaped * 6 > bytes.length ? 'base64' : 'quoted-printable'
}
