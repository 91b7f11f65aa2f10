import type { Body } from '../domain/item.ts'
import { bodyFormats, FIELD_NAMES, unescapeLine, unguardRules } from '../domain/llms-full.ts'
import type { Draft } from './draft.ts'

/** An item that our own feeds channel wrote, exactly as it was: plain texts, the body in its own markup. */
export interface OwnParts extends Pick<Draft, 'image' | 'attachments' | 'sources'> {
  readonly format: Body['format']
  readonly title: string
  readonly url: string
  readonly published?: string | undefined
  /** Where the heading above cannot say it. */
  readonly ownSection?: string | undefined
  readonly summary: string
  readonly authors: readonly string[]
  readonly tags: readonly string[]
  readonly lesson: boolean
  readonly body: string
}

const START = /^###(?: (?<heading>[^\n]{0,100000}?))?\sFormat: (?<format>Markdown|HTML)(?=\s)/
const DATE = / ?\((\d{4}-\d{2}-\d{2})\)$/
const FIELD = new RegExp(`(?:^|\\s)(${FIELD_NAMES}):(?= |$)`, 'g')
const ADDRESS = /(?:^|\s)URL: (\S{1,10000})(?=\s|$)/
// Texts have their brackets escaped; addresses hold no white space and no angle brackets.
const LABEL = /(?<!\\)\[(?<label>(?:[^\\[\]]|\\[^])*)\]/
const TARGET = /\((?:<(?<angled>[^<>\s]*)>|(?<plain>[^()<>\s]*))\)/
const DETAILS = /(?: \((?<details>[^()]{0,300})\))?/
const LINK = new RegExp(
  `${LABEL.source}${TARGET.source}${DETAILS.source}|<(?<bare>[^<>\\s]+)>|(?<open>https?:[^\\s<>;]+)`,
  'g',
)

/** @returns undefined for an item that is not ours. */
export function ownParts(text: string): OwnParts | undefined {
  const start = START.exec(text)
  const { heading = '', format = '' } = start?.groups ?? {}
  if (!start || hasField(heading)) return undefined
  const rest = text.slice(start[0].length)
  const address = ADDRESS.exec(rest)
  const header = rest.slice(0, address?.index)
  // Our header has no empty line: that address stands in a body.
  if (!address || header.includes('\n\n')) return undefined
  const fields = fieldsOf(header)
  const date = DATE.exec(heading)
  const papers = fields.get('Key papers')
  const sources = papers ?? fields.get('Primary source (verified)') ?? fields.get('Primary sources (verified)') ?? ''
  return {
    format: format === bodyFormats.html ? 'html' : 'markdown',
    title: unescapeLine(date ? heading.slice(0, date.index) : heading),
    url: address[1] ?? '',
    published: fields.get('Published') ?? date?.[1],
    ownSection: line(fields.get('Section')),
    summary: line(fields.get('Summary')) ?? '',
    authors: listed(fields.get('Authors')),
    tags: listed(fields.get('Tags')),
    image: linksIn(fields.get('Image')).map(({ url, title }) => ({ url, alt: title }))[0],
    attachments: linksIn(fields.get('Attachments')).map(attachmentFrom),
    sources: linksIn(sources).map(({ url, title }) => ({ url, title })),
    lesson: papers !== undefined,
    body: unguardRules(rest.slice(address.index + address[0].length).trim()),
  }
}

function hasField(heading: string): boolean {
  return heading.search(FIELD) >= 0
}

function fieldsOf(header: string): ReadonlyMap<string, string> {
  const labels = [...header.matchAll(FIELD)]
  return new Map(
    labels.map((label, index) => {
      const value = header.slice(label.index + label[0].length, labels[index + 1]?.index)
      return [label[1] ?? '', value.trim()]
    }),
  )
}

function line(value: string | undefined): string | undefined {
  return value === undefined ? undefined : unescapeLine(value)
}

/** Parts end at a semicolon that is not escaped. */
function listed(value = ''): string[] {
  return Array.from(value.matchAll(/(?:[^\\;]|\\[^])+/g), ([part]) => unescapeLine(part.trim()))
}

interface WrittenLink {
  readonly url: string
  readonly title?: string
  readonly details: string
}

function linksIn(value = ''): WrittenLink[] {
  return Array.from(value.matchAll(LINK), ({ groups = {} }) => {
    const { label = '', angled, plain, bare, open, details = '' } = groups
    const url = angled ?? plain ?? bare ?? open ?? ''
    return { url, details, ...(label === '' ? {} : { title: unescapeLine(label) }) }
  })
}

/** `(audio/mpeg, 1234 bytes, 12.5 seconds)` */
function attachmentFrom({ url, title, details }: WrittenLink): NonNullable<Draft['attachments']>[number] {
  const bytes = /(?:^|, )(\d{1,15}) bytes(?=,|$)/.exec(details)?.[1]
  const seconds = /(?:^|, )(\d{1,15}(?:\.\d{1,20})?) seconds(?=,|$)/.exec(details)?.[1]
  return {
    url,
    title,
    mediaType: details.split(', ')[0],
    bytes: bytes === undefined ? undefined : Number(bytes),
    seconds: seconds === undefined ? undefined : Number(seconds),
  }
}
