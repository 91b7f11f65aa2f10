import type { Finding } from '../domain/finding.ts'
import { quoted } from './problem.ts'

const REPLACEMENT = '\uFFFD'
const SAMPLE_BYTES = 1_024

export interface Text {
  /** The first part of the text, for telling what it is. */
  readonly head: string
  /** The whole text in pieces, without byte order mark, line ends `\n`. */
  readonly pieces: AsyncIterable<string>
  /** Lets go of the bytes, where not all pieces were read. */
  close(): Promise<void>
}

/**
 * Decodes bytes as they come. Bytes that are not UTF-8 become U+FFFD (see `isDamaged`) and are reported once, with their
 * place; an XML document that declares another encoding is read in that one.
 */
export async function decode(bytes: AsyncIterable<Uint8Array>, report: (finding: Finding) => void): Promise<Text> {
  const source = bytes[Symbol.asyncIterator]()
  const start: Uint8Array[] = []
  let failure: unknown
  try {
    for (let size = 0; size < SAMPLE_BYTES;) {
      const { value, done } = await source.next()
      if (done === true) break
      start.push(value)
      size += value.byteLength
    }
  } catch (error) {
    failure = error
  }
  const sample = Buffer.concat(start).subarray(0, SAMPLE_BYTES)
  const encoding = encodingOf(sample)
  const decoder = new TextDecoder(encoding, { ignoreBOM: true })
  const check = encoding === 'utf-8' ? firstFault(report) : undefined
  const head = new TextDecoder(encoding).decode(sample)
  const pieces = unixLines(decoded(chain(start, source, failure), decoder, check))
  const close = async (): Promise<void> => void (await source.return?.())
  return { head, pieces, close }
}

/** What was read already, then the rest, or the failure that the first reading met. */
async function* chain(
  start: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  failure: unknown,
): AsyncGenerator<Uint8Array> {
  yield* start
  if (failure !== undefined) throw failure
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  decoder: InstanceType<typeof TextDecoder>,
  check: ((text: string, piece: Uint8Array) => void) | undefined,
): AsyncGenerator<string> {
  let first = true
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true })
    check?.(text, piece)
    yield first ? text.replace(/^\uFEFF/, '') : text
    first &&= text === ''
  }
  const tail = decoder.decode()
  check?.(tail, new Uint8Array())
  yield tail
}

/**
 * Finds the first place that is not UTF-8. Everything decoded before it is valid, so its length in bytes is known;
 * a U+FFFD that the source itself contains is not a fault.
 */
function firstFault(report: (finding: Finding) => void): (text: string, piece: Uint8Array) => void {
  let found = false
  let validBytes = 0
  let pieceStart = 0
  let carried = Buffer.alloc(0)
  let before = ''
  return (text, piece) => {
    if (found) return
    let last = 0
    const window = text.includes(REPLACEMENT) ? Buffer.concat([carried, piece]) : carried
    for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, last)) {
      validBytes += Buffer.byteLength(text.slice(last, at))
      const place = validBytes - pieceStart + carried.byteLength
      if (window.toString('latin1', place, place + 3) !== '\xEF\xBF\xBD') {
        found = true
        return report(faultAt(validBytes, before + text.slice(Math.max(0, at - 60), at)))
      }
      validBytes += 3
      last = at + 1
    }
    validBytes += Buffer.byteLength(text.slice(last))
    before = (before + text.slice(-60)).slice(-60)
    pieceStart += piece.byteLength
    carried = Buffer.concat([carried, piece.subarray(-3)]).subarray(-3)
  }
}

function faultAt(byte: number, before: string): Finding {
  const place = before === '' ? 'at its very start' : `after ${quoted(before.slice(-60))}`
  return {
    severity: 'warning',
    code: 'source-not-utf8',
    message: `The source is not valid UTF-8 from byte ${byte} on, ${place}. Items whose title, summary or address it touches are left out.`,
    advice: 'Save the source as UTF-8.',
  }
}

/** UTF-8, unless a byte order mark or an XML declaration says otherwise in a way that we can read. */
function encodingOf(sample: Buffer): string {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  const declared = /^(?:\xEF\xBB\xBF)?\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    sample.toString('latin1'),
  )
  const name = declared?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(name).encoding
  } catch {
    return 'utf-8'
  }
}

/** Line ends as `\n`, also where a piece ends between the two characters of one. */
async function* unixLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const piece of pieces) {
    const text = held + piece
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held === '' ? text : text.slice(0, -1)
    yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  if (held !== '') yield '\n'
}
