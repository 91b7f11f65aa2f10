// Forbidden in XML 1.0 or refused by feed validators: control characters but tab and newline, non-characters, U+FFFC, U+FFFD.
const FORBIDDEN = /(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}|[\uFFFC\uFFFD]/gu
// With the word joiner, which only says where no line may end.
const BIDI_CONTROLS = /[\u200E\u200F\u061C\u202A-\u202E\u2060\u2066-\u2069]/gu
const ELLIPSIS = '…'
/** A cut may go back this far to the end of a word or a sentence; further back it would lose too much. */
const BACK_OFF = 0.4

// A full stop ends a sentence after three small letters or digits, so not in `U.S.`, `Mr.` or `No.`.
const SENTENCE_END = /(?:(?<=[\p{Ll}\p{Lo}\p{Nd}%)"”’]{3})\.|[!?])[)\]"'”’»]*(?=\s)|[。！？]/gu
const SPACE = /\s/u
// What may not stand before an ellipsis.
const LOOSE = /[\s\p{Pd}\p{Ps}\p{Pi},;:.…]/u
// In printable ASCII every character is its own grapheme.
const PLAIN = /^[\n\x20-\x7E]*$/

/**
 * Text that every format can carry: well-formed UTF-16, NFC, `\n` line ends, no control characters (XML 1.0, 2.2),
 * no non-characters.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(FORBIDDEN, '').normalize('NFC')
}

/** `cleanText` on one line, white space folded, and without bidirectional controls, which in a title turn the text around it. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(BIDI_CONTROLS, '').replace(/\s+/gu, ' ').trim()
}

const encoder = new TextEncoder()

/** Length in UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength
}

/**
 * A name of lower-case ASCII letters, digits and single hyphens, at most `maxLength` long and cut between words where
 * it can be: safe in file names and addresses. Accents are dropped; '' for text that has no such letter (CJK).
 */
export function slug(text: string, maxLength: number): string {
  const name = text
    .slice(0, maxLength * 8)
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  if (name.length <= maxLength) return name
  const end = name.lastIndexOf('-', maxLength)
  return name.slice(0, end > maxLength / 2 ? end : maxLength).replace(/-$/, '')
}

/** The canonical spelling of a language tag (BCP 47); undefined for what is none (`en_US`, ''). */
export function languageTag(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text)[0]
  } catch {
    return undefined
  }
}

// Locale and granularity are fixed so that every machine counts alike; making one costs far more than using it.
const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Length in extended grapheme clusters (UAX 29), what a reader calls characters. Not additive: joined texts can merge. */
export function countGraphemes(text: string): number {
  if (PLAIN.test(text)) return text.length
  let count = 0
  for (const _ of segmenter.segment(text)) count += 1
  return count
}

/** For each grapheme the offset, in UTF-16 units, at which it ends. */
export function graphemeEnds(text: string): number[] {
  return Array.from(segmenter.segment(text), ({ index, segment }) => index + segment.length)
}

/** At most `maxGraphemes`, cut between words and ended by `…` (which counts) where the text is longer. */
export function shorten(text: string, maxGraphemes: number): string {
  const ends = graphemeEnds(text)
  if (ends.length <= maxGraphemes) return text
  const end = ends[maxGraphemes - 2]
  return end === undefined ? ELLIPSIS.slice(0, Math.max(0, maxGraphemes)) : cutAtWord(text, end) || ELLIPSIS
}

/**
 * The text up to `end` (UTF-16 units, a grapheme border), taken back to the last whole word unless that loses more
 * than 40 %, and `…`. The ellipsis never touches an address, which would be linked with it: a trailing one is dropped.
 *
 * @returns '' when nothing is left to say.
 */
export function cutAtWord(text: string, end: number): string {
  const head = text.slice(0, end)
  const space = lastSpace(head)
  const isWhole = end >= text.length || SPACE.test(text.charAt(end))
  let kept = !isWhole && space >= end * (1 - BACK_OFF) ? head.slice(0, space) : head
  for (let before = ''; before !== kept;) {
    before = kept
    kept = withoutLastAddress(trimLooseEnd(kept))
  }
  return kept && kept + ELLIPSIS
}

/** The text up to the last sentence that ends before `end`, without an ellipsis; undefined when that loses more than 40 %. */
export function cutAtSentence(text: string, end: number): string | undefined {
  const ends = Array.from(text.slice(0, end + 1).matchAll(SENTENCE_END), (match) => match.index + match[0].length)
  const last = ends.findLast((candidate) => candidate <= end)
  return last !== undefined && last >= end * (1 - BACK_OFF) ? text.slice(0, last) : undefined
}

function withoutLastAddress(text: string): string {
  const start = lastSpace(text) + 1
  const word = text.slice(start)
  const scheme = word.search(/https?:\/\/|www\./i)
  if (scheme >= 0) return text.slice(0, start + scheme)
  const slash = word.indexOf('/')
  return slash > 0 && /[\w-]\.[a-z]{2,}$/i.test(word.slice(0, slash)) ? text.slice(0, start) : text
}

// By hand: a pattern that is tied to the end alone takes quadratic time on hostile text.
function lastSpace(text: string): number {
  let index = text.length - 1
  while (index >= 0 && !SPACE.test(text.charAt(index))) index -= 1
  return index
}

function trimLooseEnd(text: string): string {
  let end = text.length
  while (end > 0 && LOOSE.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
