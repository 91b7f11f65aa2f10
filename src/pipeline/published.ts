import { nothingPublished, type Published, type PublishedEdition, type PublishedLine } from '../channel/published.ts'
import type { Amendment } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import { dayIn } from '../domain/time.ts'
import type { EditionSummary, ItemLine, Ports } from '../ports.ts'
import { saidWith } from './amendments.ts'
import type { NewsSettings } from './candidates.ts'
import { publicDigests } from './public-editions.ts'
import { recentItems } from './recent-items.ts'
import { visibleOf, withCarriers } from './visible.ts'

/** What channels with documents may know, apart from what stands of each. */
export async function publishedFor(
  store: Ports['store'],
  edition: Edition,
  settings: NewsSettings,
  zone: string,
): Promise<Published> {
  const { source } = settings
  const own = edition.amends?.amendment
  const said = await saidWith(store, own)
  const corrections = Map.groupBy(
    said.filter(({ kind }) => kind === 'correction'),
    ({ url }) => url,
  )
  const digests = await publicDigests(store)
  const editions = editionsWith(digests, edition)
  const lines = await withCarriers(store, await store.lines({ source, sourced: true }), digests, edition)
  const newest = editions[0]?.date ?? ''
  const visible = await visibleOf(store, lines, { digests, newest, newsSections: settings.newsSections, zone })
  const items = inOrder(visible).filter(({ url }) => own?.kind !== 'retraction' || url !== own.url)
  const saidOf = await byEdition(store, said)
  const urls = new Set(items.map(({ url }) => url))
  const ids = new Set(editions.map(({ id }) => id))
  const readWholeAt = (await store.source(source))?.readWholeAt
  const describe = describeWith({ lines, readWholeAt, covers: coveredBy(digests, edition), corrections, zone })
  return {
    ...nothingPublished,
    items: items.map(describe),
    editions: editions.map(({ id, date }) => ({ id, date, hash: hashOf(id, saidOf.get(id)) })),
    async itemsOf(asked) {
      const stored = await store.items({ urls: asked.filter((url) => urls.has(url)), source })
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
function editionsWith(digests: readonly EditionSummary[], edition: Edition): Omit<PublishedEdition, 'hash'>[] {
  const others = digests.filter(({ id }) => id !== edition.id)
  const all = edition.amends ? others : [edition, ...others]
  return all.toSorted((a, b) => compare(b.date, a.date) || compare(a.id, b.id))
}

function inOrder(lines: readonly ItemLine[]): ItemLine[] {
  const dated = lines.filter(({ day }) => day !== undefined)
  const undated = lines.filter(({ day }) => day === undefined)
  return [...dated, ...undated.toSorted((a, b) => compare(b.firstSeenAt, a.firstSeenAt) || b.position - a.position)]
}

/**
 * The day of the digest, the first to be let go, with which what has this day could be seen. Not the first by its day: an
 * older one that is let go later changes nothing.
 */
function coveredBy(digests: readonly EditionSummary[], edition: Edition): (day: string) => string {
  const others = digests.filter(({ id }) => id !== edition.id)
  const inOrderOfApproval = others.toSorted((a, b) => compare(a.approvedAt ?? '', b.approvedAt ?? ''))
  const dates = [...inOrderOfApproval, ...(edition.amends ? [] : [edition])].map(({ date }) => date)
  return (day) => dates.find((date) => date >= day) ?? day
}

interface Describing {
  /** Of the whole source. */
  readonly lines: readonly ItemLine[]
  readonly readWholeAt: string | undefined
  readonly covers: (day: string) => string
  readonly corrections: ReadonlyMap<string, readonly Amendment[]>
  readonly zone: string
}

function describeWith({
  lines,
  readWholeAt,
  covers,
  corrections,
  zone,
}: Describing): (line: ItemLine) => PublishedLine {
  const first = lines.reduce(
    (least, { firstSeenAt }) => (firstSeenAt < least ? firstSeenAt : least),
    readWholeAt ?? '9',
  )
  const days = new Map<string, string>()
  const dayOf = (instant: string): string => {
    const day = days.get(instant) ?? dayIn(zone, new Date(instant))
    days.set(instant, day)
    return day
  }
  /** When readers could see it: no month that is over gains an item by it. */
  const shownFrom = (line: ItemLine): string => {
    const { day, firstSeenAt, edition } = line
    if (edition !== undefined) return dateOf(edition)
    const found = dayOf(firstSeenAt)
    if (day === undefined) return found
    const shown = covers(day)
    if (firstSeenAt !== first) return shown > found ? shown : found
    // What was there from the start, and could be seen in the first documents, fills months that were never open.
    return shown === covers('') ? day : shown
  }
  return (line): PublishedLine => {
    const { url, section, hash, day, position, changedAt, firstSeenAt, edition } = line
    const said = corrections.get(url) ?? []
    return {
      url,
      section,
      day: edition === undefined ? (day ?? dayOf(firstSeenAt)) : dateOf(edition),
      month: shownFrom(line).slice(0, 7),
      hash: hashOf(hash, said, day ?? firstSeenAt, String(position), changedAt),
      ...(said[0] && { correctedAt: said[0].at }),
      isBacklog: day === undefined && (readWholeAt === undefined || firstSeenAt <= readWholeAt),
    }
  }
}

/** The day in the id of an edition. */
function dateOf(edition: string): string {
  return edition.slice(edition.indexOf('/') + 1)
}

/** Not digested: whoever compares many digests them together. */
function hashOf(what: string, said: readonly Amendment[] = [], ...more: readonly string[]): string {
  return [what, ...more, ...said.map(({ id }) => id)].join(' ')
}

/**
 * What was said since of the items of each edition, the latest first: of those it carries, of those in its background,
 * and what was taken back of those that it told were put right.
 */
async function byEdition(
  store: Ports['store'],
  said: readonly Amendment[],
): Promise<ReadonlyMap<string, readonly Amendment[]>> {
  const told: { readonly id: string; readonly amendment: Amendment }[] = []
  for (const amendment of said) {
    const mentions = (await store.mentions(amendment.url)).filter(
      ({ approvedAt, isBackground }) => approvedAt < amendment.at && (isBackground || amendment.kind === 'retraction'),
    )
    const ids = new Set([...(await store.carriers(amendment.url)), ...mentions.map(({ edition }) => edition)])
    for (const id of ids) told.push({ id, amendment })
  }
  const grouped = Map.groupBy(told, ({ id }) => id)
  return new Map([...grouped].map(([id, all]) => [id, all.map(({ amendment }) => amendment)]))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
