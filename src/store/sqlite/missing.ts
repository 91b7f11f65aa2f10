import type { Reading } from '../../ports.ts'
import type { Connection } from './connection.ts'

/** Where a listed item stands in the order of its source: the newer the day and the greater the position, the further in front. */
export interface Place {
  readonly day: string
  readonly position: number
  /** The source listed it before, and there it stood before this reading. */
  readonly isKnown: boolean
}

/** Of so many listed items one may stand out of the order: pinned, or old and listed for having been changed. */
const LISTED_TO_A_STRAY = 10
const MOST_STRAYS = 2
/** Of fewer one may that is so much older than what is listed before it: an old one is pinned at the end of a short list. */
const APART_MS = 3 * 24 * 3_600_000

/**
 * What is listed again is back. What a whole reading does not list has vanished, but only where something is listed that
 * stood behind it: sources that tell of the latest items alone drop them from the end.
 *
 * @param places of the listed items that have a day.
 */
export function recordMissing(
  db: Connection,
  { source, at, complete }: Reading,
  listed: readonly string[],
  places: readonly Place[],
): void {
  const urls = JSON.stringify(listed)
  db.run(
    `UPDATE items SET missing_since = NULL
     WHERE source = :source AND missing_since IS NOT NULL AND url IN (SELECT value FROM json_each(:urls))`,
    { source, urls },
  )
  const last = lastInOrder(places)
  if (!complete || !last) return
  db.run(
    `UPDATE items SET missing_since = :at
     WHERE source = :source AND missing_since IS NULL AND (day, position) > (:day, :position)
       AND url NOT IN (SELECT value FROM json_each(:urls))`,
    { source, at, urls, day: last.day, position: last.position },
  )
}

/** The one that stands furthest behind of those that prove something; undefined when none does. */
function lastInOrder(places: readonly Place[]): Place | undefined {
  const ordered = places.toSorted((a, b) => a.day.localeCompare(b.day) || a.position - b.position)
  const known = ordered.filter(({ isKnown }) => isKnown)
  let strays = Math.min(Math.floor(known.length / LISTED_TO_A_STRAY), MOST_STRAYS)
  while (strays < MOST_STRAYS && isApart(ordered, known[strays])) strays += 1
  return known[strays]
}

function isApart(ordered: readonly Place[], place: Place | undefined): boolean {
  if (!place) return false
  const before = ordered[ordered.indexOf(place) + 1]
  return before !== undefined && Date.parse(before.day) - Date.parse(place.day) >= APART_MS
}
