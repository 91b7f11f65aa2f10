import type { Mailbox } from '../../src/domain/address.ts'
import { wireAddress } from '../../src/domain/address.ts'

/** RFC 5322, 2.1.1: lines should have no more than 78 characters; with encoded words 76 (RFC 2047, 2). */
const LINE = 76
/** So many bytes are 52 characters of base64: the encoded word fits into one line with any name of a header of ours. */
const WORD_BYTES = 39
/** A longer word could not be folded, and a line may never have more than 998 characters. */
const LONGEST_WORD = 70

/**
 * One header, folded at its spaces. A single word that is longer than a line stays whole: an address in `<>` may not
 * be broken.
 *
 * @param value of printable ASCII.
 */
export function header(name: string, value: string): string {
  const [first = '', ...words] = value.split(' ')
  let line = `${name}: ${first}`
  let done = ''
  for (const word of words) {
    if (line.length + 1 + word.length > LINE) {
      done += `${line}\r\n`
      line = ` ${word}`
    } else line += ` ${word}`
  }
  return `${done}${line}\r\n`
}

/** The value of a header that is free text (RFC 5322, 2.2.1), as printable ASCII: a subject. */
export function freeText(text: string): string {
  return isPlain(text) ? text : encodedWords(text)
}

/** A name before `<>` (RFC 5322, 3.2.5), as printable ASCII; '' for none. */
export function phrase(name: string): string {
  if (name === '') return ''
  return isPlain(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodedWords(name)
}

/** `"Name" <name@example.com>`, the domain in ASCII. */
export function mailbox({ name, address }: Mailbox): string {
  const wire = wireAddress(address) ?? address
  return name === '' ? wire : `${phrase(name)} <${wire}>`
}

/** Printable ASCII that nobody can take for encoded words, with spaces where a line may be folded. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7E]*$/.test(text) && !text.includes('=?') && longestWord(text) <= LONGEST_WORD
}

function longestWord(text: string): number {
  return Math.max(...text.split(' ').map((word) => word.length))
}

/** RFC 2047: UTF-8 in base64, every word a whole number of characters. */
function encodedWords(text: string): string {
  const words: string[] = []
  let bytes = 0
  let word = ''
  for (const character of text.toWellFormed()) {
    const size = Buffer.byteLength(character)
    if (bytes + size > WORD_BYTES) {
      words.push(word)
      bytes = 0
      word = ''
    }
    bytes += size
    word += character
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ')
}
