import { TextDecoder } from 'node:util'

/** Far longer than any reader's line, and short enough to hold a hundred of them. */
const LONGEST_LINE = 65_536

export interface Line {
  /** From 1. */
  readonly number: number
  /** Without its end; '' when it is too long. */
  readonly text: string
  readonly isTooLong: boolean
}

/**
 * Lines as they come in, those of one chunk at a time; LF, CRLF or CR ends them. Text is UTF-8, or UTF-16 when it says so
 * by its byte order mark; what is neither becomes U+FFFD. A line of any length takes no more memory than a chunk.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  let rest = ''
  let wasCut = false
  let number = 0
  const lineOf = (text: string): Line => {
    const isTooLong = wasCut || text.length > LONGEST_LINE
    wasCut = false
    number += 1
    return { number, text: isTooLong ? '' : text, isTooLong }
  }
  for await (const text of decode(bytes)) {
    // A CR that comes last may be half of a CRLF.
    const parts = (rest + text).split(/\r\n|\n|\r(?!$)/)
    rest = parts.pop() ?? ''
    const lines = parts.map(lineOf)
    if (rest.length > LONGEST_LINE) {
      wasCut = true
      rest = rest.endsWith('\r') ? '\r' : ''
    }
    if (lines.length > 0) yield lines
  }
  if (rest !== '' || wasCut) yield [lineOf(rest.replace(/\r$/, ''))]
}

async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array()
  let decoder: TextDecoder | undefined
  for await (const chunk of bytes) {
    head = decoder ? chunk : Buffer.concat([head, chunk])
    if (head.length < 2 && !decoder) continue
    decoder ??= new TextDecoder(encodingOf(head))
    yield decoder.decode(head, { stream: true })
  }
  yield decoder ? decoder.decode() : new TextDecoder().decode(head)
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
