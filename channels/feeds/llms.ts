import { feedFormats, FEEDS_FOLDER } from '../../src/domain/feed-format.ts'
import type { Item } from '../../src/domain/item.ts'
import { escapeLine } from '../../src/domain/llms-full.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { hostOf } from '../../src/domain/url.ts'
import { webAddress } from './address.ts'
import { addressOf } from './document.ts'
import { bySection, listedItems, type ListedItem, type LlmsInput } from './llms-items.ts'

export { llmsFullTxt } from './llms-full.ts'
export type { LlmsInput } from './llms-items.ts'

const OWN_HEADINGS: ReadonlySet<string> = new Set(['editions', 'feeds', 'optional'])

/**
 * What was published, as an index in Markdown for programs that read (llmstxt.org): a heading, a quotation, a paragraph,
 * and lists of links under headings, of which one called "Optional" may be skipped.
 */
export function llmsTxt({ list, zone, items, editions }: LlmsInput): string {
  const sections = [...bySection(listedItems(items, zone))].map(([section, members]) =>
    part(headingOf(section), members.map(itemLine)),
  )
  const feeds = list.feeds.flatMap((feed) =>
    feedFormats.map(({ format, name }) =>
      linkLine(`${feed.title} (${name})`, addressOf(list, feed.folder, format), feed.about),
    ),
  )
  return [
    `# ${escapeLine(cleanLine(list.publisher))}`,
    ...(cleanLine(list.description) === '' ? [] : [`> ${escapeLine(cleanLine(list.description))}`]),
    'What was published here, the newest first. Each item names the primary source that it was checked against: ' +
      'the page, paper or post where the news comes from. Dates are days in the zone of the publication.',
    ...sections,
    part(
      'Editions',
      editions.map(({ url, title }) => linkLine(title ?? url, url)),
    ),
    part('Feeds', feeds),
    part('Optional', [
      linkLine('llms-full.txt', `${list.publicUrl}/llms-full.txt`, 'All items with their full text in one file.'),
      linkLine('OPML', `${list.publicUrl}/${FEEDS_FOLDER}/feeds.opml`, 'All feeds, for import into a feed reader.'),
    ]),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n')
}

function part(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${heading}\n\n${lines.join('\n')}`
}

/** Another section of ours has its name, or means something to readers ("Optional"): it says which one it is. */
function headingOf(section: string): string {
  const name = section.charAt(0).toUpperCase() + section.slice(1)
  return escapeLine(OWN_HEADINGS.has(section.toLowerCase()) ? `${name} (section)` : name) || 'Items'
}

function itemLine({ item, day = '' }: ListedItem): string {
  const notes = [day, ended(item.summary)].filter((text) => text !== '')
  return linkLine(item.title, item.url, notes.join('. '), sourceOf(item))
}

function sourceOf({ sources: [source] }: Item): string {
  return source === undefined ? '' : `Source: ${link(source.title ?? hostOf(source.url), source.url)}`
}

function ended(text: string): string {
  return text === '' || /[.!?…。]["'”’)]?$/u.test(text) ? text : `${text}.`
}

/** `- [title](address): notes more`; the notes are plain text, what comes after them is Markdown. */
function linkLine(title: string, url: string, notes = '', more = ''): string {
  const said = [escapeLine(cleanLine(notes)), more].filter((text) => text !== '').join(' ')
  return `- ${link(title, url)}${said === '' ? '' : `: ${said}`}`
}

/** Common readers of llms.txt end the words at the first `]` and the address at the first `)`, escaped or not. */
function link(title: string, url: string): string {
  const words = escapeLine(cleanLine(title)).replaceAll('\\[', '&#91;').replaceAll('\\]', '&#93;')
  const address = (webAddress(url) ?? url).replaceAll('(', '%28').replaceAll(')', '%29')
  return `[${words}](${address})`
}
