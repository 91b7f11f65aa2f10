// Words with which an English sentence begins and which a heading in sentence case does not write with a capital.
const OPENERS = new Set(
  `A An The This That These Those There Here It Its We You They He She If When While Once In On At For From With Without
  Because But And So Most Some Many Several One Two Three Four Every Each What How Why Where Not Don Imagine Think Picture
  Consider Start Suppose`.split(/\s+/),
)
/** After one of these a heading has not ended. */
const CONNECTIVES = /(?:^|\s)(?:a|an|the|of|to|in|on|at|for|from|with|by|and|or|nor|but|is|are|vs\.?|versus)$/i
const MAX_HEADING = 90

/**
 * Gives Markdown whose white space was collapsed to single spaces just enough lines again that no mark is left over:
 * headings, lists with stressed openings, fenced code. Every word stays. Where a paragraph ended cannot be known.
 */
export function restoreLines(text: string): string {
  return text
    .split(/(```[^]*?```)/)
    .map((part, index) => (index % 2 === 1 ? fencedCode(part) : prose(part.replace(/`{3,}/g, ''))))
    .join('')
    .trim()
}

/** ` ```js let a = 1 ``` `: a word that touches the fence names the language. */
function fencedCode(part: string): string {
  const [, language = '', code = ''] = /^```([\w+-]{0,20}) ?([^]*?) ?```$/.exec(part) ?? []
  return `\n\n\`\`\`${language}\n${code}\n\`\`\`\n\n`
}

function prose(part: string): string {
  if (!part.includes('##') && !part.includes('**')) return part
  return part
    .split(/(?:^| )(?=#{2,6} )/)
    .map((piece) => (piece.startsWith('##') ? headed(piece) : piece))
    .map((piece) => (piece.includes('**') ? listed(piece) : piece))
    .join('')
}

function listed(piece: string): string {
  return piece.replace(/(?:^| )- (?=\*\*)/g, '\n- ').replace(/ (?=\*\*\d{1,2}\. |\d{1,2}\. \*\*)/g, '\n\n')
}

/** A heading where its end is sure; else its words begin a paragraph, for a sentence must not become a heading. */
function headed(piece: string): string {
  const [, marks = '', text = ''] = /^(#+) ?([^]*)$/.exec(piece) ?? []
  const end = headingEnd(text)
  if (end === undefined) return `\n\n${withoutBlockMark(text)}`
  return `\n\n${marks} ${text.slice(0, end).trim()}\n\n${withoutBlockMark(text.slice(end).trim())}`
}

/** Text that would be read as a list, a quotation or a heading at the start of a line. */
function withoutBlockMark(text: string): string {
  return text.replace(/^(\d{1,9})(?=[.)] )/, '$1\\').replace(/^(?=(?:[+>]|#{1,6}|-(?! \*\*)) )/, '\\')
}

/**
 * Where the heading at the start of `text` surely ends: before a list, after a question mark, or before the first word
 * with a capital, if that is one that opens sentences.
 */
function headingEnd(text: string): number | undefined {
  const start = text.slice(0, MAX_HEADING)
  const firm = /\?(?= \S)| (?=- \*\*)/.exec(start)
  const capital = / (?=["'“‘*_[]*\p{Lu})/u.exec(start.slice(firstWordEnd(start)))
  const capitalAt = capital ? capital.index + firstWordEnd(start) : Infinity
  if (firm && firm.index < capitalAt) return firm.index + (firm[0] === '?' ? 1 : 0)
  if (capitalAt === Infinity) return undefined
  const opener = /^ (\p{L}+)/u.exec(text.slice(capitalAt))?.[1]
  const heading = text.slice(0, capitalAt)
  const words = heading.trim().split(' ').length
  const sure = opener !== undefined && OPENERS.has(opener) && words > 1 && !CONNECTIVES.test(heading)
  return sure ? capitalAt : undefined
}

function firstWordEnd(text: string): number {
  const end = text.indexOf(' ')
  return end === -1 ? text.length : end
}
