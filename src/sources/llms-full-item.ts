import type { Block } from './llms-full-blocks.ts'
import { ownParts } from './llms-full-own.ts'
import type { OwnParts } from './llms-full-own.ts'

/** The parts of an item's block, as written. Absent fields have no label in the source; `published` is not checked. */
export interface ItemParts {
  /** First word of the section heading that stands before this item, in lower case. */
  readonly section?: string | undefined
  readonly title: string
  readonly published?: string | undefined
  readonly url?: string | undefined
  readonly summary?: string | undefined
  readonly sources: readonly { readonly url: string; readonly title?: string | undefined }[]
  /** Carries `Key papers:`, as lessons do: it has no date by its nature. */
  readonly lesson: boolean
  readonly body: string
  /** Of an item that our own channel wrote; then title and summary are plain text. */
  readonly own?: OwnParts
}

type Field = 'summary' | 'primary' | 'papers' | 'url'
type Fields = Partial<Record<Field, string>>

const LABELS: Readonly<Record<string, Field>> = {
  summary: 'summary',
  'primary source': 'primary',
  'primary source (verified)': 'primary',
  'primary sources': 'primary',
  'primary sources (verified)': 'primary',
  'key papers': 'papers',
  url: 'url',
}
const LABEL = 'Summary|Primary sources?(?: \\(verified\\))?|Key papers|URL'
const LABELLED_LINE = new RegExp(`^(${LABEL}):[ \\t]*(.*)$`)
const COLLAPSED_LABEL = new RegExp(` (${LABEL}):(?= |$)`, 'g')
const SECTION = /^## ([\p{L}\p{N}_-]*)[^\n]*?\s+(?=###)/u
const DATE = / ?\((\d{4}-\d{2}-\d{2})\)$/
const MARKDOWN_LINK =
  /\[((?:(?!\]\().){0,500})\]\(\s{0,3}<?([^\s()<>]{0,2000}(?:\([^\s()]{0,500}\)[^\s()<>]{0,500}){0,3})>?\s{0,3}\)|(https?:\/\/[^\s<>;]{1,2000})/g
/** A header reaches no further than this, in UTF-16 units; a `URL:` beyond it belongs to the body. */
const MAX_HEADER = 50_000
/** A field with more words than this beside its links has swallowed the body: its `URL:` was missing. */
const MAX_LOOSE_TEXT = 200
const MAX_SUMMARY = 10_000

export function itemParts(block: Pick<Block, 'form' | 'text'>): ItemParts {
  const text = block.text.trim()
  const section = SECTION.exec(text)
  const rest = section ? text.slice(section[0].length) : text
  const own = ownParts(rest)
  if (own) return { ...own, section: section?.[1]?.toLowerCase() || undefined, own }
  const { heading, fields, body } = block.form === 'lines' ? partsInLines(rest) : partsInOneLine(rest)
  const title = heading.replace(/^###(?: |$)/, '').trim()
  const date = DATE.exec(title)
  return {
    section: section?.[1]?.toLowerCase() || undefined,
    title: date ? title.slice(0, date.index) : title,
    published: date?.[1],
    url: fields.url,
    summary: fields.summary,
    sources: sourcesIn(fields.primary ?? fields.papers ?? ''),
    lesson: fields.papers !== undefined,
    body,
  }
}

interface Parts {
  readonly heading: string
  readonly fields: Fields
  readonly body: string
}

/** Each label on a line of its own; a value may go on over the next lines. The body begins after the URL or a blank line. */
function partsInLines(text: string): Parts {
  const lines = text.split('\n')
  const titled = lines[0]?.startsWith('###') === true
  const fields: Fields = {}
  let open: Field | undefined
  let next = titled ? 1 : 0
  for (; next < lines.length; next += 1) {
    const line = (lines[next] ?? '').trim()
    const [, label, value = ''] = LABELLED_LINE.exec(line) ?? []
    const field = label === undefined ? undefined : LABELS[label.toLowerCase()]
    if (field !== undefined && fields[field] === undefined) fields[(open = field)] = value
    else if (line === '') open = undefined
    else if (open !== undefined && open !== 'url') fields[open] += ` ${line}`
    else break
  }
  return { heading: titled ? (lines[0] ?? '') : '', fields, body: lines.slice(next).join('\n').trim() }
}

/** Labels in their order, each value up to the next label, the URL one word long; what follows it is the body. */
function partsInOneLine(text: string): Parts {
  const header = ` ${text.slice(0, MAX_HEADER)}`
  const fields: Fields = {}
  let heading: string | undefined
  let open: Field | undefined
  let start = 0
  for (const match of header.matchAll(COLLAPSED_LABEL)) {
    const field = LABELS[(match[1] ?? '').toLowerCase()]
    if (field === undefined || fields[field] !== undefined) continue
    const value = header.slice(start, match.index).trim()
    if (open === undefined) heading = value
    else if (isSwallowed(open, value)) break
    else fields[open] = value
    open = field
    start = match.index + match[0].length
    fields[field] = ''
    if (field === 'url') break
  }
  const rest = text.slice(Math.max(0, start - 1)).trim()
  if (open !== 'url') return { heading: heading ?? rest, fields, body: '' }
  const [url = ''] = /^\S{0,3000}/.exec(rest) ?? []
  return { heading: heading ?? '', fields: { ...fields, url }, body: rest.slice(url.length).trim() }
}

function isSwallowed(field: Field, value: string): boolean {
  return field === 'summary'
    ? value.length > MAX_SUMMARY
    : value.slice(0, MAX_HEADER).replace(MARKDOWN_LINK, '').length > MAX_LOOSE_TEXT
}

/** `[title](url); …` or bare addresses, separated by white space, commas or semicolons. Text that is neither is shown as a bad address. */
function sourcesIn(value: string): { url: string; title?: string }[] {
  const links = Array.from(value.slice(0, MAX_HEADER).matchAll(MARKDOWN_LINK), ([, title, url = '', bare]) =>
    bare === undefined ? { url, ...(title ? { title } : {}) } : { url: bare.replace(/[.,]{1,9}$/, '') },
  )
  return links.length > 0 || value.trim() === '' ? links : [{ url: value.trim() }]
}
