import type { PublicHouse } from '../../src/channel.ts'
import type { Published, PublishedLine } from '../../src/channel/published.ts'
import type { Folder } from '../../src/domain/feed-format.ts'
import { monthName } from '../../src/domain/time.ts'
import { basisOf, sharedBasis } from './basis.ts'
import { descending, latest, newestFirst, sectionsOf } from './choice.ts'
import type { ArchivePlace, FeedList } from './document.ts'
import { editionsFeed, mainFeed, publisherOf, sectionFeed, type Feed } from './feeds.ts'
import { archiveFolder, isMonth, placeOf, sectionFolders } from './paths.ts'
import type { FeedsSettings } from './settings.ts'

/** One document of a feed: what readers poll, or a month of it. */
export interface CataloguedDocument {
  readonly feed: Feed
  /** `Ground Truth: News, June 2026` */
  readonly title: string
  readonly folder: Folder
  readonly archive: ArchivePlace
  /** '' for what readers poll. */
  readonly month: string
  readonly hubs: readonly string[]
  /** URLs of the items, or ids of the editions, that it holds, in its order. */
  readonly holds: readonly string[]
  /** Of everything that it is made of. */
  readonly basis: string
}

export interface Catalogue {
  readonly list: FeedList
  /** What readers poll first, the feed with everything before all others; then the months, the newest first. */
  readonly documents: readonly CataloguedDocument[]
  /** Sections that are configured and that no item has. */
  readonly unknown: readonly string[]
  /** Items that may stand in the feeds, the newest first; last those of unknown age. */
  readonly lines: readonly PublishedLine[]
}

/** An item or edition, as far as it decides what documents there are. */
interface Part {
  readonly key: string
  readonly month: string
  readonly hash: string
}

interface FilledFeed {
  readonly feed: Feed
  readonly parts: readonly Part[]
  /** Those that readers poll. */
  readonly newest: readonly Part[]
}

/**
 * All documents that are to be, by what there is to say and by what was said before: a feed or month of which nothing is
 * left stays, empty, for its file would go on saying what was taken back.
 */
export function catalogueOf(published: Published, settings: FeedsSettings, house: PublicHouse): Catalogue {
  const lines = newestFirst(published.items)
  const folders = sectionFolders(sectionsOf(lines))
  const stood = standingMonths(published.standing.keys())
  const may = lines.filter(({ section }) => settings.sections?.includes(section) ?? true)
  const bySection = Map.groupBy(may, ({ section }) => section)
  const sections = [...folders].filter(([section]) => bySection.has(section))
  // One section is the same as everything, but readers who have its feed keep it.
  const shown = sections.filter(([, folder]) => sections.length > 1 || stood.has(folder))
  const feeds = [
    itemsIn(
      mainFeed(house),
      may.filter(({ isBacklog }) => !isBacklog),
    ),
    ...shown.map(([section, folder]) => itemsIn(sectionFeed(section, folder, house), bySection.get(section) ?? [])),
    editionsIn(editionsFeed(house)),
  ]
  const documents = [...feeds, ...emptiedFeeds([...stood.keys()], feeds, house)].flatMap((filled) =>
    documentsOf(filled, stood.get(filled.feed.folder) ?? [], settings, house),
  )
  return {
    list: listOf(
      feeds.map(({ feed }) => feed),
      settings,
      house,
    ),
    documents: [
      ...documents.filter(({ month }) => month === ''),
      ...documents.filter(({ month }) => month !== '').toSorted((a, b) => descending(a.month, b.month)),
    ],
    unknown: settings.sections?.filter((section) => !folders.has(section)) ?? [],
    lines: may,
  }

  function itemsIn(feed: Feed, own: readonly PublishedLine[]): FilledFeed {
    const newest = latest(own, settings.limit, house.publication.zone)
    return { feed, parts: own.map(itemPart), newest: newest.map(itemPart) }
  }

  function editionsIn(feed: Feed): FilledFeed {
    const parts = published.editions.map(({ id, date, hash }) => ({ key: id, month: date.slice(0, 7), hash }))
    return { feed, parts, newest: parts.slice(0, settings.editions) }
  }
}

/** What stood and is no longer filled. */
function emptiedFeeds(stood: readonly Folder[], filled: readonly FilledFeed[], house: PublicHouse): FilledFeed[] {
  const gone = new Set(stood)
  for (const { feed } of filled) gone.delete(feed.folder)
  return [...gone].toSorted().map((folder) => ({ feed: sectionFeed('', folder, house), parts: [], newest: [] }))
}

function itemPart({ url, month, hash }: PublishedLine): Part {
  return { key: url, month, hash }
}

/** By folder of a feed that stands, the months of it that do. */
function standingMonths(paths: Iterable<string>): ReadonlyMap<Folder, readonly string[]> {
  const places = [...paths].flatMap((path) => placeOf(path) ?? [])
  const byFolder = Map.groupBy(places, ({ folder }) => folder)
  return new Map([...byFolder].map(([folder, own]) => [folder, own.flatMap(({ month }) => month ?? [])]))
}

function documentsOf(
  { feed, parts, newest }: FilledFeed,
  stood: readonly string[],
  settings: FeedsSettings,
  house: PublicHouse,
): CataloguedDocument[] {
  const byMonth = Map.groupBy(
    parts.filter(({ month }) => isMonth(month)),
    ({ month }) => month,
  )
  const months = [...new Set([...byMonth.keys(), ...stood])].toSorted()
  const folderOf = (month: string | undefined): Folder | undefined => month && archiveFolder(feed.folder, month)
  const shared = sharedBasis(house, settings)
  const document = (month: string, archive: ArchivePlace, own: readonly Part[]): CataloguedDocument => {
    const title = month === '' ? feed.title : `${feed.title}, ${monthName(month, house.publication.language)}`
    const folder = month === '' ? feed.folder : archiveFolder(feed.folder, month)
    const hubs = month === '' ? settings.hubs : []
    const basis = basisOf([shared, feed, title, folder, archive, hubs, own.map(({ key, hash }) => [key, hash])])
    return { feed, title, folder, archive, month, hubs, holds: own.map(({ key }) => key), basis }
  }
  return [
    document('', place('subscription', { previous: folderOf(months.at(-1)) }), newest),
    ...months.map((month, index) => {
      const next = folderOf(months[index + 1])
      const previous = folderOf(months[index - 1])
      const archive = place(next === undefined ? 'growing' : 'closed', { previous, next, current: feed.folder })
      return document(month, archive, byMonth.get(month) ?? [])
    }),
  ]
}

function place(
  kind: ArchivePlace['kind'],
  { previous, next, current }: Partial<Record<'previous' | 'next' | 'current', Folder | undefined>>,
): ArchivePlace {
  return {
    kind,
    ...(previous !== undefined && { previous }),
    ...(next !== undefined && { next }),
    ...(current !== undefined && { current }),
  }
}

function listOf(feeds: readonly Feed[], { hubs }: FeedsSettings, house: PublicHouse): FeedList {
  const { name, description, home } = publisherOf(house)
  const { language } = house.publication
  return { publisher: name, description, home, language, publicUrl: house.publicUrl, hubs, feeds }
}
