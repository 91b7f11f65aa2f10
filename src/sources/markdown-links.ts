import { canonicalUrl } from '../domain/url.ts'

/** A body whose addresses are all absolute http(s). */
export interface LinkedText {
  readonly text: string
  /** Canonical http(s) addresses it points to, in order, without repeats; images are not among them. */
  readonly links: readonly string[]
  /** Addresses of other kinds (`javascript:`, `mailto:`, malformed): their links were undone, their words kept. */
  readonly undone: readonly string[]
}

// What can hold an address in CommonMark, and what hides one. Every part is bounded, so that hostile text costs time in
// proportion to its length, and begins with a rare character, for speed. A link's own words are not matched: they may hold an image.
/** Code in Markdown: a span or what stands between two fences of backticks. */
export const CODE = /(?<ticks>`{1,40})(?!`)(?<=(?<!`)\k<ticks>)[^]{1,20000}?(?<!`)\k<ticks>(?!`)/
const ESCAPED = /\\[!-/:-@[-`{-~]/
const TARGET =
  /\]\(\s{0,3}(?<target><[^<>\n]{0,2000}>|[^\s()<>]{0,100000}(?:\([^\s()]{0,500}\)[^\s()<>]{0,2000}){0,3})(?<title>\s{1,3}(?:"[^"]{0,500}"|'[^']{0,500}'))?\s{0,3}\)/
const DEFINITION = /^(?<label> {0,3}\[[^[\]\n]{1,200}\]:[ \t]{1,5})(?<definition><[^<>\n]{1,2000}>|[^\s<>]{1,2000})/
const TAG = /<(?<tag>(?:[Aa]|[Ii][Mm][Gg])\s[^<>]{0,5000})>/
const BARE = /(?<bare>https?:\/\/[^\s<>()[\]"'`*]{1,2000})/
const PLACES = new RegExp([CODE, ESCAPED, TARGET, DEFINITION, TAG, BARE].map(({ source }) => source).join('|'), 'gm')

/** How far before its address the words of a link may begin, in characters. */
const MAX_LINK_TEXT = 2_000

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** What one place asks for: `link` is pointed to, `undone` was no address to keep. */
interface Place {
  readonly edits: readonly Edit[]
  readonly link?: string
  readonly undone?: string
}

/**
 * Makes the addresses of Markdown absolute against `base`. Code is left alone, and so is raw HTML other than `a` and
 * `img`: whoever draws the text sanitises it.
 */
export function absoluteMarkdown(text: string, base: string): LinkedText {
  const places = Array.from(text.matchAll(PLACES), (match) => placeOf(match, text, base))
  const links = places.flatMap(({ link }) => (link === undefined ? [] : (canonicalUrl(link) ?? [])))
  return {
    text: edited(
      text,
      places.flatMap(({ edits }) => edits),
    ),
    links: [...new Set(links)],
    undone: places.flatMap(({ undone }) => undone ?? []),
  }
}

/** An http(s) address with its fragment and parameters as they are; undefined for anything else. */
export function absoluteUrl(target: string, base: string): string | undefined {
  return canonicalUrl(target, base) === undefined ? undefined : new URL(target.trim(), base).href
}

function placeOf(match: RegExpExecArray, text: string, base: string): Place {
  const { target, title, label = '', definition, tag, bare } = match.groups ?? {}
  const from = match.index
  const to = from + match[0].length
  if (target !== undefined) return inlineLink(text, { from, to, text: title ?? '' }, written(target), base)
  if (bare !== undefined) return { edits: [], link: bare.replace(/[.,;:!?_~]{1,20}$/, '') }
  if (tag !== undefined) return rawTag({ from, to, text: match[0] }, base)
  if (definition === undefined) return { edits: [] }
  const href = absoluteUrl(written(definition), base)
  return {
    edits: [{ from, to, text: label + (href ?? base) }],
    ...(href === undefined ? { undone: definition } : { link: href }),
  }
}

/** An address without the marks of Markdown: `<…>` around it, escapes, `&amp;`. */
function written(target: string): string {
  return target
    .replace(/^<|>$/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&amp;', '&')
}

function inlineLink(text: string, tail: Edit, target: string, base: string): Place {
  const open = openingBracket(text, tail.from)
  if (open === undefined) return { edits: [] }
  const image = text[open - 1] === '!'
  const href = target === '' ? undefined : absoluteUrl(target, base)
  if (href === undefined) {
    const mark = { from: image ? open - 1 : open, to: open + 1, text: '' }
    return { edits: [mark, { ...tail, text: '' }], undone: target }
  }
  const safe = /[()]/.test(href) ? `<${href}>` : href
  return { edits: [{ ...tail, text: `](${safe}${tail.text})` }], ...(image ? {} : { link: href }) }
}

/** Where the words begin that end with the `]` at `closing`. */
function openingBracket(text: string, closing: number): number | undefined {
  const floor = Math.max(0, closing - MAX_LINK_TEXT)
  for (let at = closing - 1, depth = 1; at >= floor; at -= 1) {
    if (text[at] === ']') depth += 1
    else if (text[at] === '[') depth -= 1
    if (depth === 0) return at
  }
  return undefined
}

function rawTag(place: Edit, base: string): Place {
  let link: string | undefined
  let undone: string | undefined
  const text = place.text.replace(
    /\s(href|src)\s{0,5}=\s{0,5}(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'>]{1,3000}))/gi,
    (_, name: string, double?: string, single?: string, plain?: string) => {
      const target = double ?? single ?? plain ?? ''
      const href = absoluteUrl(target.replaceAll('&amp;', '&'), base)
      if (href === undefined) undone = target
      else if (name.toLowerCase() === 'href') link = href
      return href === undefined ? '' : ` ${name}="${href.replaceAll('&', '&amp;')}"`
    },
  )
  return {
    edits: [{ ...place, text }],
    ...(link === undefined ? {} : { link }),
    ...(undone === undefined ? {} : { undone }),
  }
}

function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let last = 0
  for (const edit of edits.toSorted((one, other) => one.from - other.from)) {
    parts.push(text.slice(last, edit.from), edit.text)
    last = edit.to
  }
  return parts.join('') + text.slice(last)
}
