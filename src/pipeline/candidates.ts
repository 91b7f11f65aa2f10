import { addDays, dayIn } from '../domain/time.ts'
import type { ItemLine, ItemQuery, Ports, StoredItem } from '../ports.ts'

/** How many days after its own an item may still be news: found by then it is late, later it comes from an archive. */
const LATE_DAYS = 7

export interface NewsSettings {
  /** Id of the source that the publication reads. */
  readonly source: string
  /** Sections whose dated items are news; undefined: all. */
  readonly newsSections?: readonly string[]
}

function newsOf({ source, newsSections }: NewsSettings): ItemQuery {
  return { source, ...(newsSections && { sections: newsSections }) }
}

/**
 * Whether it was found so late that it is no news but comes from an archive: it may be read, and no edition of its days
 * waits for it. The same for ever, so that nothing becomes an archive's because time went by.
 */
export function isArchiveFind({ day, firstSeenAt }: Pick<ItemLine, 'day' | 'firstSeenAt'>, zone: string): boolean {
  return day !== undefined && dayIn(zone, new Date(firstSeenAt)) > addDays(day, LATE_DAYS)
}

/**
 * News that no edition carries yet: of the days to cover, and of the week before what was first seen in the days after its own (it came
 * after its day's edition, or there was none). What is older than that when it is first seen comes from an archive.
 *
 * When the whole day lies before the first run its items are taken all the same, so that an editor can look at the
 * day; whoever asked must not send it.
 */
export async function candidateItems(
  store: Ports['store'],
  planned: { readonly date: string; readonly fromDay: string },
  zone: string,
  settings: NewsSettings,
): Promise<StoredItem[]> {
  const where = { ...newsOf(settings), toDay: planned.date }
  const open = await store.items({
    ...where,
    fromDay: addDays(planned.fromDay, -LATE_DAYS),
    states: ['new'],
    missing: false,
  })
  const isLive = (item: StoredItem): boolean =>
    item.day !== undefined && (item.day >= planned.fromDay || !isArchiveFind(item, zone))
  const fresh = open.filter((item) => item.edition === undefined && isLive(item))
  if (open.some(({ day }) => day !== undefined && day >= planned.fromDay) || fresh.length > 0) return fresh
  return store.items({ ...where, fromDay: planned.fromDay, states: ['skipped'] })
}
