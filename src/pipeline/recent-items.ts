import type { RecentItem } from '../channel/published.ts'
import type { Amendment } from '../domain/amendment.ts'
import { sha256 } from '../domain/hash.ts'
import type { Item } from '../domain/item.ts'
import { dayIn, instantAt } from '../domain/time.ts'
import type { StoredItem } from '../ports.ts'

/**
 * Feeds want instants. An item that has only a day gets one: an hour into that day in the publication's zone, and a
 * second later for each item that stands behind it, so that no two of a day are the same, readers sort them as the
 * publication does, and what is added in front changes nobody else. What is undated has the day on which it was first
 * seen and, for it may be added anywhere, a time within an hour that follows from its address.
 *
 * A correction counts as a change of its item. Many items change in one reading, and a source may give many the same
 * instant: each gets milliseconds of its own for its `updated` that follow from its address, so that all documents show
 * the same and hardly two of one are equal.
 *
 * @param corrections by item URL, the latest first.
 */
export function recentItems(
  items: readonly StoredItem[],
  zone: string,
  corrections: ReadonlyMap<string, readonly Amendment[]> = new Map(),
): RecentItem[] {
  return items.map((stored) => {
    const { item, changedAt, firstSeenAt } = stored
    const published = publishedAt(stored, zone)
    const corrected = corrections.get(item.url)
    const changes = [...(changedAt === firstSeenAt ? [] : [changedAt]), ...(corrected ?? []).map(({ at }) => at)]
    const updated = changes.reduce(
      (latest, at) => {
        const change = later(at, ownNumber(item.url, 1000))
        return change > latest ? change : latest
      },
      firstUpdated(stored, published),
    )
    return { item, published, updated, ...(corrected && { corrections: corrected }) }
  })
}

function publishedAt({ item, day, position, firstSeenAt }: StoredItem, zone: string): string {
  if (hasInstant(item)) return item.published
  const ms = day === undefined ? ownNumber(item.url, 3_600_000) : position * 1000
  return later(instantAt(day ?? dayIn(zone, new Date(firstSeenAt)), '01:00', zone).toISOString(), ms)
}

function firstUpdated({ item }: StoredItem, published: string): string {
  const isRound = hasInstant(item) && Date.parse(published) % 1000 === 0
  return isRound ? later(published, ownNumber(item.url, 1000)) : published
}

function hasInstant(item: Item): item is Item & { readonly published: string } {
  return item.published !== undefined && item.published.length > 10
}

/** Always the same one below `limit`. */
function ownNumber(url: string, limit: number): number {
  return Number.parseInt(sha256(url).slice(0, 8), 16) % limit
}

function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString()
}
