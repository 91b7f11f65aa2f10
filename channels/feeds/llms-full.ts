import { bodyFormats, escapeLine, guardRules, MAX_ITEM_LENGTH } from '../../src/domain/llms-full.ts'
import type { Attachment, Item, Link } from '../../src/domain/item.ts'
import { cleanLine, cleanText, utf8Bytes } from '../../src/domain/text.ts'
import { canonicalUrl } from '../../src/domain/url.ts'
import { correctionsHtml, correctionsOf } from './corrections.ts'
import { bySection, listedItems, type ListedItem, type LlmsInput } from './llms-items.ts'

/** Room for what stands around an item: a section's heading and the closing rule. */
const MARGIN = 1_000
/** Of the whole file: sources are read up to 64 MiB. The oldest items are left out. */
const MAX_BYTES = 60 * 1024 * 1024
const MAX_HEADING = 60

/**
 * Everything that was published in one file, in the convention of `llms-full.txt`, which our own source reads back as
 * the same items. An item that is too long has its summary for a body.
 */
export function llmsFullTxt({ list, zone, items }: LlmsInput): string {
  const head = [
    `# ${escapeLine(cleanLine(list.publisher))} — full content for LLMs`,
    ...(cleanLine(list.description) === '' ? [] : [`> ${escapeLine(cleanLine(list.description))}`]),
    'Every item below is in full, with the primary source that it was checked against; in each section the newest ' +
      `stands first. The index is ${list.publicUrl}/llms.txt.`,
  ]
  const blocks = new Map<ListedItem, string>()
  let bytes = 0
  for (const one of listedItems(items, zone)) {
    const block = blockOf(one, { zone, language: list.language })
    bytes += utf8Bytes(block)
    if (bytes > MAX_BYTES) break
    if (block !== '') blocks.set(one, block)
  }
  const sections = [...bySection([...blocks.keys()])].flatMap(([section, members]) => [
    `## ${headingOf(section)}`,
    ...members.map((one) => blocks.get(one) ?? ''),
  ])
  return `${[...head, ...sections].join('\n\n')}\n`
}

type Calendar = Parameters<typeof correctionsOf>[1]

/** '' for an item of which not even the fields fit. */
function blockOf(one: ListedItem, calendar: Calendar): string {
  const whole = written(one, one.item.body, calendar)
  if (fits(whole)) return whole
  const short = written(one, { format: 'markdown', text: escapeLine(one.item.summary) }, calendar)
  return fits(short) ? short : ''
}

function fits(block: string): boolean {
  return block.length <= MAX_ITEM_LENGTH - MARGIN
}

function written({ item, day, corrections }: ListedItem, body: Item['body'], calendar: Calendar): string {
  const fields = [
    `Format: ${bodyFormats[body.format]}`,
    field('Published', item.published === day ? '' : (item.published ?? '')),
    field('Section', sectionReadFrom(headingOf(item.section)) === item.section ? '' : escapeLine(item.section)),
    field('Summary', escapeLine(item.summary)),
    field('Authors', listed(item.authors)),
    field('Tags', listed(item.tags)),
    field('Image', imageOf(item)),
    field('Attachments', (item.attachments ?? []).flatMap(attachmentOf).join('; ')),
    // A lesson has no date by its nature, and says so by this name.
    `${sourcesName(item)}: ${item.sources.map(linkOf).join('; ')}`,
    `URL: ${item.url}`,
  ]
  const heading = `### ${escapeLine(item.title)}${day === undefined ? '' : ` (${day})`}`
  const told = correctionsOf(corrections, calendar)
  const above =
    body.format === 'html'
      ? correctionsHtml(told)
      : told.map(({ label, note }) => `**${escapeLine(label)}:** ${escapeLine(note)}\n\n`).join('')
  const text = guardRules(above + cleanText(body.text).trim())
  return [[heading, ...fields.filter((line) => line !== '')].join('\n'), text, '---']
    .filter((part) => part !== '')
    .join('\n\n')
}

function field(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${value}`
}

function sourcesName({ published, sources }: Item): string {
  if (published === undefined) return 'Key papers'
  return sources.length > 1 ? 'Primary sources (verified)' : 'Primary source (verified)'
}

/** One line that holds no mark of structure, not even where white space was folded. */
function headingOf(section: string): string {
  const words = section
    .replace(/[^\p{L}\p{N}_-]+/gu, ' ')
    .replace(/-{2,}/g, '-')
    .trim()
  const name = Array.from(words).slice(0, MAX_HEADING).join('').trim()
  return name === '' ? 'Items' : name.charAt(0).toUpperCase() + name.slice(1)
}

/** Readers take the first word, in lower case. */
function sectionReadFrom(heading: string): string {
  return heading.replace(/ .*$/, '').toLowerCase()
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => escapeLine(text).replaceAll(';', '\\;')).join('; ')
}

function linkOf({ url, title = '' }: Link): string {
  const isPlain = !/[(),;]|\.$/.test(url)
  if (title === '') return isPlain ? url : `<${url}>`
  return `[${escapeLine(title)}](${isPlain ? url : `<${url}>`})`
}

function imageOf({ image }: Item): string {
  const url = image && canonicalUrl(image.url)
  return url === undefined ? '' : `![${escapeLine(cleanLine(image?.alt ?? ''))}](<${url}>)`
}

function attachmentOf({ url: address, mediaType, title = '', bytes, seconds }: Attachment): string[] {
  const url = canonicalUrl(address)
  const details = [mediaType, ...(bytes ? [`${bytes} bytes`] : []), ...(seconds ? [`${seconds} seconds`] : [])].join(
    ', ',
  )
  return url === undefined ? [] : [`[${escapeLine(cleanLine(title))}](<${url}>) (${details})`]
}
