import { escapeHtml } from '../../../src/domain/html.ts'
import { wireAddress, type Mailbox } from '../../../src/domain/address.ts'
import type { MailContent } from '../content.ts'
import { splitTemplate } from '../template.ts'
import type { Tag } from './tags.ts'

/** What differs between the mails of one rendering. */
export interface Mail {
  /** As mail servers take it (`wireAddress`). */
  readonly address: string
  readonly unsubscribe: string
  readonly tags: readonly Tag[]
}

/** Values of one mail as they stand in the JSON text: `address` and `tags` whole, the others inside a string. */
type Slot = 'address' | 'tags' | 'link' | 'linkInHtml'

/** Shorter texts are written out with the readers' own values: handing on a buffer costs more than encoding them. */
const SHARED_CHARACTERS = 4096

/** A piece of JSON text, or the place of a value. */
type Piece = string | { readonly slot: Slot }

/** A stored page that the mails name instead of carrying it. */
export interface StoredPage {
  readonly id: string
  /** Names of the variables for the reader's link, as it is and as it stands in HTML. */
  readonly link: string
  readonly linkInHtml: string
}

/**
 * Writes the body of `POST /emails/batch` from parts that all readers share.
 *
 * Turning a page of 60 kB into JSON a hundred times for each call is nearly the whole cost of sending. Here it is done
 * once for each rendering: the JSON text of a mail is cut where a reader's own values stand, the parts are encoded, and
 * every mail of every call hands the same buffers on. Only what is short, and the reader's own address, link and tags,
 * is encoded for each. The
 * bytes are those that `resend.batch.send` of the SDK writes for the same mails (a test compares them), in the SDK's
 * order of fields, and the same for the same mails at all times.
 */
export type BatchWriter = (mails: readonly Mail[]) => Uint8Array[]

/** @param page where the mails name a stored page; absent, each carries HTML and text. */
export function batchWriter(content: MailContent, page?: StoredPage): BatchWriter {
  const pieces = merged([
    `{"from":${JSON.stringify(formatMailbox(content.from))},"headers":{`,
    ...headerPieces(content),
    '}',
    ...(page ? [] : [',"html":"', ...within(content.html, content, 'linkInHtml'), '"']),
    content.replyTo ? `,"reply_to":${JSON.stringify(formatMailbox(content.replyTo))}` : '',
    `,"subject":${JSON.stringify(oneLine(content.subject))},"tags":`,
    { slot: 'tags' },
    ...(page ? [] : [',"text":"', ...within(content.text, content, 'link'), '"']),
    ',"to":[',
    { slot: 'address' },
    ']',
    ...(page ? templatePieces(page) : []),
    '}',
  ])
  const parts = pieces.map((piece) =>
    typeof piece === 'string' && piece.length >= SHARED_CHARACTERS ? Buffer.from(piece) : piece,
  )
  return (mails) => {
    const body: Uint8Array[] = []
    let own = '['
    for (const [index, mail] of mails.entries()) {
      if (index > 0) own += ','
      const values = valuesOf(mail)
      for (const part of parts) {
        if (part instanceof Uint8Array) {
          body.push(Buffer.from(own), part)
          own = ''
        } else own += typeof part === 'string' ? part : values[part.slot]
      }
    }
    body.push(Buffer.from(`${own}]`))
    return body
  }
}

function valuesOf({ address, unsubscribe, tags }: Mail): Readonly<Record<Slot, string>> {
  return {
    address: JSON.stringify(address),
    tags: JSON.stringify(tags),
    link: inner(unsubscribe),
    linkInHtml: inner(escapeHtml(unsubscribe)),
  }
}

function headerPieces(content: MailContent): Piece[] {
  return Object.entries(content.headers)
    .filter(([name]) => /^[!-9;-~]+$/.test(name))
    .flatMap(([name, value], index) => [
      `${index > 0 ? ',' : ''}${JSON.stringify(name)}:"`,
      ...within(oneLine(value), content, 'link'),
      '"',
    ])
}

function templatePieces({ id, link, linkInHtml }: StoredPage): Piece[] {
  const names = { id: JSON.stringify(id), link: JSON.stringify(link), html: JSON.stringify(linkInHtml) }
  return [
    `,"template":{"id":${names.id},"variables":{${names.link}:"`,
    { slot: 'link' },
    `",${names.html}:"`,
    { slot: 'linkInHtml' },
    '"}}',
  ]
}

/** The inside of a JSON string, cut where the reader's link stands. */
function within(text: string, { slots }: MailContent, slot: Slot): Piece[] {
  return splitTemplate(text, slots).parts.flatMap((part, index) => [...(index > 0 ? [{ slot }] : []), inner(part)])
}

function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** Neighbouring texts as one. */
function merged(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = []
  for (const piece of pieces) {
    const last = whole.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') whole[whole.length - 1] = last + piece
    else whole.push(piece)
  }
  return whole
}

/** `Name <a@b>`, the name quoted where it has characters that mean something in an address list (RFC 5322, 3.2.3). */
export function formatMailbox({ name, address }: Mailbox): string {
  const shown = oneLine(name).trim()
  const wire = wireAddress(address) ?? address
  if (shown === '') return wire
  return `${/[()<>[\]:;@\\,."]/.test(shown) ? `"${shown.replace(/["\\]/g, '\\$&')}"` : shown} <${wire}>`
}

/** Line breaks would begin a header of their own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
