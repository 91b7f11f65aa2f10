import { nothingPublished, type Published, type PublishedEdition, type PublishedLine } from '../channel/published.ts'
import { amendmentKindOf, type Amendment } from '../domain/amendment.ts'
import { editionItems, type Edition, type EditionState } from '../domain/edition.ts'
import { addDays, dayIn } from '../domain/time.ts'
import type { ItemLine, Ports } from '../ports.ts'
import { saidWith } from './amendments.ts'
import { LATE_DAYS, type NewsSettings } from './candidates.ts'
import { recentItems } from './recent-items.ts'

export const PUBLISHED: readonly EditionState[] = ['approved', 'sending', 'sent']

/** More than a publication ever makes. */
const ALL_EDITIONS = 1_000_000

/** What channels with documents may know, apart from what stands of each. */
export async function publishedFor(
  store: Ports['store'],
  edition: Edition,
  settings: NewsSettings,
  zone: string,
): Promise<Published> {
  const own = edition.amends?.amendment
  const said = await saidWith(store, own)
  const corrections = Map.groupBy(
    said.filter(({ kind }) => kind === 'correction'),
    ({ url }) => url,
  )
  const editions = await publishedEditions(store, edition)
  const lines = await store.lines({ source: settings.source, sourced: true })
  const items = visible(lines, edition, editions, settings).filter(
    ({ url }) => own?.kind !== 'retraction' || url !== own.url,
  )
  const saidOf = await byCarrier(store, said)
  const urls = new Set(items.map(({ url }) => url))
  const ids = new Set(editions.map(({ id }) => id))
  const describe = describeWith(lines, edition, corrections, zone)
  return {
    ...nothingPublished,
    items: items.map(describe),
    editions: editions.map(({ id, date }) => ({ id, date, hash: hashOf(id, saidOf.get(id)) })),
    async itemsOf(asked) {
      const stored = await store.items({ urls: asked.filter((url) => urls.has(url)), source: settings.source })
      const byUrl = new Map(recentItems(stored, zone, corrections).map((recent) => [recent.item.url, recent]))
      return asked.flatMap((url) => byUrl.get(url) ?? [])
    },
    async editionsOf(asked) {
      const past = []
      for (const id of asked.filter((one) => ids.has(one))) {
        const found = id === edition.id ? edition : (await store.edition(id))?.edition
        if (found) past.push({ edition: found, amendments: saidOf.get(id) ?? [] })
      }
      return past
    },
  }
}

/** The newest first. What amends is no digest. */
async function publishedEditions(store: Ports['store'], edition: Edition): Promise<Omit<PublishedEdition, 'hash'>[]> {
  const left = (await store.editions(ALL_EDITIONS, PUBLISHED)).filter(({ id }) => amendmentKindOf(id) === undefined)
  const others = left.filter(({ id }) => id !== edition.id)
  const all = edition.amends ? others : [edition, ...others]
  return all.toSorted((a, b) => compare(b.date, a.date) || compare(a.id, b.id))
}

/**
 * Items up to the day of the newest edition, so that looking back never takes any away, and without a day. News leave no
 * feed before they were in an edition: what may still get into one is not among them.
 */
function visible(
  lines: readonly ItemLine[],
  edition: Edition,
  [newest]: readonly Omit<PublishedEdition, 'hash'>[],
  { newsSections }: NewsSettings,
): ItemLine[] {
  const own = new Set(editionItems(edition).map(({ url }) => url))
  const toDay = newest?.date ?? ''
  const openFrom = addDays(edition.date, -LATE_DAYS)
  const dated = lines.filter(({ url, section, state, day, edition: carrier }) => {
    if (day === undefined) return false
    if (carrier !== undefined || own.has(url)) return true
    const isNews = state === 'new' && (newsSections?.includes(section) ?? true)
    return day <= toDay && (!isNews || day < openFrom)
  })
  const undated = lines.filter(({ day }) => day === undefined)
  return [...dated, ...undated.toSorted((a, b) => compare(b.firstSeenAt, a.firstSeenAt) || b.position - a.position)]
}

/** @param lines of the whole source. */
function describeWith(
  lines: readonly ItemLine[],
  edition: Edition,
  corrections: ReadonlyMap<string, readonly Amendment[]>,
  zone: string,
): (line: ItemLine) => PublishedLine {
  const own = new Set(editionItems(edition).map(({ url }) => url))
  const first = lines.reduce((least, { firstSeenAt }) => (firstSeenAt < least ? firstSeenAt : least), '9')
  const days = new Map<string, string>()
  const dayOf = (instant: string): string => {
    const day = days.get(instant) ?? dayIn(zone, new Date(instant))
    days.set(instant, day)
    return day
  }
  return ({ url, section, hash, day, position, changedAt, firstSeenAt, edition: carrier }): PublishedLine => {
    const carried = (carrier ?? (own.has(url) ? edition.id : undefined))?.split('/')[1]
    const said = corrections.get(url) ?? []
    const appeared = carried ?? day ?? dayOf(firstSeenAt)
    // What came late and without an edition must not reopen a month that is over; what was there from the start may.
    const found = carried === undefined && firstSeenAt !== first ? dayOf(firstSeenAt) : appeared
    return {
      url,
      section,
      day: appeared,
      month: (found > appeared ? found : appeared).slice(0, 7),
      hash: hashOf(hash, said, day ?? firstSeenAt, String(position), changedAt),
      ...(said[0] && { correctedAt: said[0].at }),
      isBacklog: day === undefined && firstSeenAt === first,
    }
  }
}

/** Not digested: whoever compares many digests them together. */
function hashOf(what: string, said: readonly Amendment[] = [], ...more: readonly string[]): string {
  return [what, ...more, ...said.map(({ id }) => id)].join(' ')
}

/** By the editions that carry its item, the latest first. */
async function byCarrier(
  store: Ports['store'],
  said: readonly Amendment[],
): Promise<ReadonlyMap<string, readonly Amendment[]>> {
  const told = []
  for (const amendment of said)
    for (const carrier of await store.carriers(amendment.url)) told.push({ carrier, amendment })
  const grouped = Map.groupBy(told, ({ carrier }) => carrier)
  return new Map([...grouped].map(([carrier, all]) => [carrier, all.map(({ amendment }) => amendment)]))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
