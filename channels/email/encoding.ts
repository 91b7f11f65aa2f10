import { escapeHtml } from '../../src/domain/html.ts'
import { fillTemplate, type Slots, type Template } from './template.ts'

/** Both encodings allow 76 characters a line (RFC 2045, 6.7 and 6.8). */
const LINE = 76
const SOFT_BREAK = '=\r\n'

/** A body as it stands in a message: lines of at most 76 characters, ended by CRLF. */
export interface EncodedBody {
  readonly encoding: 'quoted-printable' | 'base64'
  /** To be joined; what all readers share are the same bytes each time. */
  readonly fill: (values: Slots) => readonly Uint8Array[]
}

/** Prepares a body for all readers; in HTML their own values are escaped. */
export function encodedBody({ parts, slots }: Template, markup: 'text' | 'html'): EncodedBody {
  const template = { parts: parts.map((part) => part.replace(/\r?\n/g, '\r\n')), slots }
  const shown = ({ unsubscribe }: Slots): Slots => ({
    unsubscribe: markup === 'html' ? escapeHtml(unsubscribe) : unsubscribe,
  })
  if (isShorterInBase64(parts.join('')))
    return { encoding: 'base64', fill: (values) => [Buffer.from(base64(fillTemplate(template, shown(values))))] }
  const shared = template.parts.map((part, index) => Buffer.from(encodedPart(part, index, parts)))
  return {
    encoding: 'quoted-printable',
    fill(values) {
      const own = Buffer.from(quotedPrintable(shown(values).unsubscribe))
      return shared.flatMap((part, index) => (index === 0 ? [part] : [own, part]))
    },
  }
}

/**
 * A part that all readers share, encoded once. It is cut off from the values beside it by soft line breaks, so that no
 * line grows too long whatever the values are; where it has a line break of its own there, none is needed.
 */
function encodedPart(part: string, index: number, { length }: readonly string[]): string {
  const begin = index === 0 || part === '' || part.startsWith('\r\n') ? '' : SOFT_BREAK
  const end = index === length - 1 || part.endsWith('\r\n') ? '' : SOFT_BREAK
  return begin + quotedPrintable(part) + end
}

/**
 * Quoted-printable stays readable and makes three bytes of one; base64, which adds a third to everything, only where
 * it is shorter.
 */
function isShorterInBase64(text: string): boolean {
  const bytes = new TextEncoder().encode(text)
  const escaped = bytes.reduce((count, byte) => (byte > 126 ? count + 1 : count), 0)
  return escaped * 6 > bytes.length
}

/** @param text with CRLF line ends. */
function quotedPrintable(text: string): string {
  return text.split('\r\n').map(quotedLine).join('\r\n')
}

function quotedLine(line: string): string {
  const bytes = Buffer.from(line)
  let done = ''
  let column = 0
  for (const [index, byte] of bytes.entries()) {
    const isLast = index === bytes.length - 1
    const token = quotedByte(byte, isLast)
    // The `=` of a soft break needs a place of its own.
    if (column + token.length > (isLast ? LINE : LINE - 1)) {
      done += SOFT_BREAK
      column = 0
    }
    done += token
    column += token.length
  }
  return done
}

/** White space at the end of a line would be lost on the way. */
function quotedByte(byte: number, isLast: boolean): string {
  const isPlain = byte > 32 && byte < 127 ? byte !== 61 : !isLast && (byte === 32 || byte === 9)
  return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

function base64(text: string): string {
  const encoded = Buffer.from(text).toString('base64')
  const lines: string[] = []
  for (let from = 0; from < encoded.length; from += LINE) lines.push(encoded.slice(from, from + LINE))
  return lines.join('\r\n')
}
