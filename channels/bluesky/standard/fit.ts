import { shorten, utf8Bytes } from '../../../src/domain/text.ts'

/** A string's `maxGraphemes` and `maxLength` (UTF-8 bytes), as a lexicon gives them. */
interface Limits {
  readonly graphemes: number
  readonly bytes: number
}

/** The text as far as it keeps both limits, cut between words and ended by `…`; '' when not even one grapheme does. */
export function within(text: string, { graphemes, bytes }: Limits): string {
  // More UTF-16 units than bytes are never kept; without this a huge text would be counted whole, many times over.
  const head = text.slice(0, bytes + 1).toWellFormed()
  const fits = (count: number): boolean => utf8Bytes(shorten(head, count)) <= bytes
  if (fits(graphemes)) return shorten(head, graphemes)
  let good = 0
  let bad = graphemes
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (fits(middle)) good = middle
    else bad = middle
  }
  // An ellipsis alone says nothing.
  return good > 1 ? shorten(head, good) : ''
}
