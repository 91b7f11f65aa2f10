import type { Finding } from '../domain/finding.ts'
import type { Body, Item, Link } from '../domain/item.ts'
import { cleanLine, cleanText } from '../domain/text.ts'
import { canonicalUrl } from '../domain/url.ts'
import { attachmentsOf } from './attachments.ts'
import type { AttachmentDraft } from './attachments.ts'
import { publishedFrom } from './dates.ts'
import type { LinkedText } from './markdown-links.ts'
import { activeContent, isDamaged, removedFrom, withLosses } from './flaws.ts'
import { plainInline } from './inline.ts'
import { quoted, shown } from './problem.ts'

/** An item as its source writes it, nothing checked yet. Absent or empty fields were not given. */
export interface Draft {
  readonly url?: string | undefined
  readonly section: string
  readonly title?: string | undefined
  /** True where title and summary are Markdown; else they are plain text. */
  readonly markup?: boolean
  readonly summary?: string | undefined
  readonly body: Body
  readonly published?: string | undefined
  /** True where an item of this kind has no date by its nature (a lesson). */
  readonly undated?: boolean
  readonly sources: readonly { readonly url: string; readonly title?: string | undefined }[]
  readonly image?: { readonly url: string; readonly alt?: string | undefined } | undefined
  readonly authors?: readonly string[]
  readonly tags?: readonly string[]
  readonly attachments?: readonly AttachmentDraft[] | undefined
}

export interface DraftContext {
  /** For naming an item that has no title: `item 12`, `notes/a.md`. */
  readonly place: string
  /** The file that holds this item alone, for naming an item without an address. */
  readonly file?: string
  /** What a relative address of the item itself is relative to. */
  readonly base?: string | undefined
  /** Makes the addresses of a body absolute against the item's own. */
  readonly link: (text: string, base: string) => LinkedText
}

export interface Checked {
  /** Absent where the item had to be left out; then a finding of severity `error` says why. */
  readonly item?: Item
  readonly findings: readonly Finding[]
}

/** A longer title is kept, and pointed out. */
const LONG_TITLE = 300
/** Of the undone links of one item. */
const MAX_LINK_NOTES = 10

/** Cleans and checks what a source wrote. Of a bad item only the item is lost, of a bad link only the link. */
export function itemFrom(draft: Draft, context: DraftContext): Checked {
  const line = (text = ''): string => cleanLine(draft.markup ? plainInline(text) : text)
  const title = line(draft.title)
  const name = title === '' ? context.place : quoted(title)
  const url = canonicalUrl(draft.url ?? '', context.base)
  const published = publishedFrom(draft.published ?? '')
  const lost = lostBecause(draft, { title, url, published })
  if (lost || url === undefined) {
    const known = url ?? context.file ?? shown(draft.title ?? '')
    return { findings: [leftOut(name, lost ?? NO_ADDRESS, known)] }
  }

  const findings: Finding[] = []
  const note: Note = (code, field, message, advice, severity = 'warning') => {
    findings.push({ severity, code, field, item: url, message: `${name}: ${message}`, advice })
  }
  if (published === undefined && !draft.undated) {
    note('date-missing', 'published', 'it has no date, so no edition will carry it.', 'Add its date.')
  }
  if (title.length > LONG_TITLE) {
    const message = `the title has ${title.length} characters.`
    note('title-too-long', 'title', message, `Shorten it to fewer than ${LONG_TITLE}.`)
  }
  noteRemoved(draft, note)
  const image = imageOf(draft.image, url, line, note)
  const attachments = attachmentsOf(draft.attachments ?? [], url, (message) => {
    note('attachment-dropped', 'attachments', message, 'Correct or remove it.', 'note')
  })
  const item = {
    url,
    section: draft.section,
    title,
    summary: line(draft.summary),
    ...linkedBody(draft.body, url, context, note),
    ...(published === undefined ? {} : { published }),
    sources: sourcesOf(draft.sources, url, line, note),
    ...(image ? { image } : {}),
    authors: linesOf(draft.authors),
    tags: linesOf(draft.tags),
    ...(attachments.length > 0 ? { attachments } : {}),
  }
  return { item, findings }
}

type Note = (code: string, field: keyof Item, message: string, advice: string, severity?: 'warning' | 'note') => void
type Lost = readonly [field: string, code: string, reason: string]

const NO_ADDRESS: Lost = ['url', 'item-without-url', 'it has no address (URL)']

function lostBecause(
  draft: Draft,
  known: { title: string; url: string | undefined; published: string | undefined },
): Lost | undefined {
  const given = (draft.url ?? '').trim()
  if (given === '') return NO_ADDRESS
  for (const field of ['url', 'title', 'summary'] as const) {
    const text = draft[field] ?? ''
    if (isDamaged(text)) return [field, 'text-damaged', `its ${field} has lost characters: ${quoted(withLosses(text))}`]
  }
  if (known.url === undefined) return ['url', 'url-not-http', `its address ${quoted(given)} is not an http(s) address`]
  if (known.title === '') return ['title', 'item-without-title', 'it has no title']
  if (known.published === undefined && (draft.published ?? '').trim() !== '') {
    return ['published', 'date-impossible', `its date ${quoted(draft.published ?? '')} is not a date of any calendar`]
  }
  return undefined
}

function leftOut(name: string, [field, code, reason]: Lost, item: string): Finding {
  return {
    severity: 'error',
    code,
    field,
    ...(item === '' ? {} : { item }),
    message: `${name} was left out: ${reason}.`,
    advice: `Correct its ${field} in the source; it is read again next time.`,
  }
}

/** Text that readers see otherwise than it was written: once a field, however many tags are touched. */
function noteRemoved({ title = '', summary = '', authors = [], tags = [] }: Draft, note: Note): void {
  const fields = { title: [title], summary: [summary], authors, tags }
  for (const field of ['title', 'summary', 'authors', 'tags'] as const) {
    const text = fields[field].find((one) => removedFrom(one).length > 0)
    if (text === undefined) continue
    const message = `${removedFrom(text).join(' and ')} were removed from ${quoted(text)}.`
    note('text-cleaned', field, message, 'Remove them in the source.', 'note')
  }
}

function noteBody(body: Body, undone: readonly string[], note: Note): void {
  if (isDamaged(body.text)) {
    const at = body.text.indexOf('\uFFFD')
    const around = withLosses(body.text.slice(Math.max(0, at - 40), at + 40))
    const message = `the text has lost characters (${quoted(around)}); the gaps were closed.`
    note('text-damaged', 'body', message, 'Save the source as UTF-8 from an undamaged copy.')
  }
  const active = activeContent(body, undone)
  if (active !== undefined) {
    const message = `the text holds ${active}. Readers never get it: it is removed wherever the text is shown.`
    note('active-content', 'body', message, 'Check where it comes from, and remove it from the source.')
  }
}

function linkedBody(body: Body, url: string, context: DraftContext, note: Note): Pick<Item, 'body' | 'links'> {
  const { text, links, undone } = context.link(cleanText(body.text).trim(), url)
  if (text === '') note('body-missing', 'body', 'it has no text.', 'Readers get the summary alone.')
  noteBody(body, undone, note)
  for (const target of undone.slice(0, MAX_LINK_NOTES)) {
    const message = `the link to ${quoted(target)} was undone, its words were kept.`
    note('link-not-http', 'body', message, 'Link to an http(s) address.', 'note')
  }
  return { body: { format: body.format, text }, links }
}

function sourcesOf(given: Draft['sources'], base: string, line: (text?: string) => string, note: Note): Link[] {
  const sources = new Map<string, Link>()
  for (const source of given) {
    const url = canonicalUrl(source.url, base)
    const title = line(source.title)
    if (url === undefined) {
      const message = `the source ${quoted(source.url)} is not an http(s) address.`
      note('source-link-not-http', 'sources', message, 'Give the address of the page, paper or post.')
    } else if (!sources.has(url)) sources.set(url, { url, ...(title === '' ? {} : { title }) })
  }
  return [...sources.values()]
}

function imageOf(image: Draft['image'], base: string, line: (text?: string) => string, note: Note): Item['image'] {
  if (!image || image.url.trim() === '') return undefined
  const url = canonicalUrl(image.url, base)
  if (url !== undefined) return { url, alt: line(image.alt) }
  note('image-not-http', 'image', `the image ${quoted(image.url)} is not an http(s) address.`, 'Correct or remove it.')
  return undefined
}

function linesOf(texts: readonly string[] = []): string[] {
  return [...new Set(texts.map(cleanLine).filter((text) => text !== ''))]
}
