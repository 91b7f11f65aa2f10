import type { Body } from './item.ts'

// The `llms-full.txt` convention as we write it, for the channel that writes it and the source that reads it back. An
// item whose first field is `Format` is ours: its fields stand before `URL`, in this order, each on a line of its own,
// its texts are escaped, and what looks like the end of an item inside its body is marked. Other readers of the
// convention find in it what they know.

/** No item is as long as this, in UTF-16 units. It bounds the memory that a source without separators can take. */
export const MAX_ITEM_LENGTH = 1024 * 1024

export const bodyFormats: Readonly<Record<Body['format'], string>> = { markdown: 'Markdown', html: 'HTML' }

/** Names of the fields, as a regular expression. */
export const FIELD_NAMES =
  'Format|Published|Section|Summary|Authors|Tags|Image|Attachments|Primary sources?(?: \\(verified\\))?|Key papers|URL'

/** What Markdown takes for a mark, and what the convention takes for structure where its white space was folded. */
const MARKS = new RegExp(
  [
    '[\\\\`*[\\]<>~]',
    '(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])',
    '&(?=#?\\w{1,31};)',
    `(?<=(?:^|\\s)(?:${FIELD_NAMES})):`,
    '(?<=^|\\s)(?:-(?=--)|#(?=#{0,5}(?:\\s|$)))',
    '(?<=\\(\\d{4}-\\d{2}-\\d{2})\\)$',
  ].join('|'),
  'gu',
)
/** A rule that would close the item, for a heading or a field follows; with as many backslashes as it has. */
const RULE = /(?<=^|\s)\\*---(?=\s+(?:#|(?:Summary|URL):))/g

/** One line of plain text as Markdown that shows it, and that no reader of the convention takes for anything else. */
export function escapeLine(text: string): string {
  return text.replace(MARKS, '\\$&')
}

/** The inverse of `escapeLine`. */
export function unescapeLine(markdown: string): string {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/** A body in which nothing closes its item: `---` before a heading or a field is written `\---`, `\---` is `\\---`. */
export function guardRules(body: string): string {
  return body.replace(RULE, '\\$&')
}

/** The inverse of `guardRules`. */
export function unguardRules(text: string): string {
  return text.replace(RULE, (rule) => rule.replace('\\', ''))
}
