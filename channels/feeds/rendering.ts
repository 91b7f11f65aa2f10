import type { PublicHouse, RenderContext } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { feedFormats, feedPath } from '../../src/domain/feed-format.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { utf8Bytes } from '../../src/domain/text.ts'
import { atomXml } from './atom.ts'
import { catalogueOf, type Catalogue, type CataloguedDocument } from './catalogue.ts'
import { companionsOf, type Companion } from './companions.ts'
import type { FeedDocument } from './document.ts'
import { entryBook, type EntryBook } from './entry-book.ts'
import { publisherOf } from './feeds.ts'
import { standTogether } from './entries.ts'
import { jsonFeed } from './json.ts'
import { unknownSections } from './findings.ts'
import { feedPages } from './page.ts'
import { presentIn } from './present.ts'
import { previewPage } from './preview.ts'
import { rssXml } from './rss.ts'
import type { FeedsSettings } from './settings.ts'
import { announcements } from './websub.ts'

const writers = { rss: rssXml, atom: atomXml, json: jsonFeed }

/** One run of `renderFeeds`. */
interface Run {
  readonly edition: Edition
  readonly house: PublicHouse
  readonly settings: FeedsSettings
  readonly book: EntryBook
  /** Findings that were told. */
  readonly told: Set<string>
  /** Whether the file has to be made. */
  isDue(path: string, basis: string): boolean
}

/**
 * The documents whose basis is another one than that of what stands, or whose file is gone, and word of those that
 * readers poll for the hubs, which comes last: it may leave when the files have.
 */
export async function renderFeeds(
  edition: Edition,
  { house, published, known }: RenderContext,
  settings: FeedsSettings,
): Promise<Rendering[]> {
  const catalogue = catalogueOf(published, settings, house)
  const present = presentIn(known)
  const isDue = (path: string, basis: string): boolean =>
    published.standing.get(path) !== basis || present?.has(path) === false
  const run: Run = { edition, house, settings, book: entryBook(published, house), told: new Set(), isDue }
  const renderings: Rendering[] = []
  const polled: Rendering[] = []
  let month = ''
  for (const document of catalogue.documents) {
    // Documents of one month share entries with each other and with what readers poll, and with nothing else.
    if (document.month !== month && month !== '') run.book.forget()
    month = document.month
    const made = await documentRenderings(document, run)
    renderings.push(...made)
    if (month === '') polled.push(...made)
  }
  for (const companion of companionsOf(catalogue, published, settings, house)) {
    if (isDue(companion.path, companion.basis)) renderings.push(await companionRendering(companion, run))
  }
  const noted = renderings.map((one, index) => (index === 0 ? withUnknownSections(one, catalogue) : one))
  return [...noted, ...announcements(polled, settings.hubs, house.publicUrl, edition)]
}

/** Stands once, beside the first of what is made. */
function withUnknownSections(rendering: Rendering, { unknown }: Pick<Catalogue, 'unknown'>): Rendering {
  return unknown.length === 0
    ? rendering
    : { ...rendering, findings: [...rendering.findings, unknownSections(unknown)] }
}

async function documentRenderings(document: CataloguedDocument, run: Run): Promise<Rendering[]> {
  const due = feedFormats.filter(({ format }) => run.isDue(feedPath(document.folder, format), document.basis))
  if (due.length === 0) return []
  const { entries, findings } = standTogether(await run.book.entries(document.feed.of, document.holds))
  const feed = feedDocument(document, entries, run)
  const page = pages(document, feed, run.house.publication.zone)
  // Each is told once, where it is met first, and not for old months, which nobody looks through.
  const news = document.month === '' ? findings.filter((finding) => isNews(finding, run.told)) : []
  return due.map(({ format, name, mediaType }, index) => {
    const id = feedPath(document.folder, format)
    const content = writers[format](feed)
    const bytes = utf8Bytes(content)
    return {
      id,
      identity: `${id}@${run.edition.id}`,
      title: `${document.title} (${name})`,
      mediaType,
      content,
      page: page({ format, title: name, bytes }),
      measures: [
        { name: 'bytes', value: bytes },
        { name: 'entries', value: entries.length },
      ],
      findings: index === 0 ? news : [],
      basis: document.basis,
      mayLeave: true,
    }
  })
}

/** The newest change is the document's; one without entries takes the edition's planned instant. Never the clock. */
function feedDocument(
  { feed, title, folder, archive, hubs }: CataloguedDocument,
  entries: FeedDocument['entries'],
  { edition, house, settings }: Run,
): FeedDocument {
  const updated = entries.reduce((latest, entry) => Math.max(latest, entry.updated.getTime()), 0)
  return {
    id: feed.id,
    title,
    description: feed.description,
    publisher: publisherOf(house).name,
    home: feed.home,
    language: house.publication.language,
    ttlMinutes: settings.ttlMinutes,
    updated: new Date(entries.length > 0 ? updated : edition.plannedAt),
    entries,
    hubs,
    publicUrl: house.publicUrl,
    folder,
    archive,
  }
}

/** What readers poll is shown as a reader lists it; of a month it is enough to say what it is. */
function pages({ month, title }: CataloguedDocument, feed: FeedDocument, zone: string): ReturnType<typeof feedPages> {
  if (month === '') return feedPages(feed, zone)
  return ({ format, title: name, bytes }) =>
    previewPage({
      title: `${title} (${name})`,
      language: feed.language,
      address: `${feed.publicUrl}/${feedPath(feed.folder, format)}`,
      bytes,
      entries: feed.entries.length,
    })
}

async function companionRendering(companion: Companion, { edition, house }: Run): Promise<Rendering> {
  const { path, title, mediaType, basis } = companion
  const content = await companion.content()
  const bytes = utf8Bytes(content)
  const facts = { title, language: house.publication.language, address: `${house.publicUrl}/${path}`, bytes }
  return {
    id: path,
    identity: `${path}@${edition.id}`,
    title,
    mediaType,
    content,
    page: mediaType === 'text/html' ? content : previewPage(facts, content),
    measures: [{ name: 'bytes', value: bytes }],
    findings: [],
    basis,
    mayLeave: true,
  }
}

function isNews({ code, item, field, message }: Finding, told: Set<string>): boolean {
  const key = JSON.stringify([code, item, field, message])
  const isNew = !told.has(key)
  told.add(key)
  return isNew
}
