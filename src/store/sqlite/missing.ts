import type { Reading } from '../../ports.ts'
import type { Connection } from './connection.ts'

/** Where an item stood in the order of its source before this reading: the newer the day and the greater the position, the further in front. */
export interface Place {
  readonly day: string
  readonly position: number
}

/** Of so many listed items one may stand out of the order: pinned, or old and listed for having been changed. */
const LISTED_TO_A_STRAY = 10
const MOST_STRAYS = 2

/**
 * What is listed again is back. What a whole reading does not list has vanished, but only where something is listed that
 * stood behind it: sources that tell of the latest items alone drop them from the end.
 *
 * @param places of the listed items that were known.
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
  const strays = Math.min(Math.floor(places.length / LISTED_TO_A_STRAY), MOST_STRAYS)
  const last = places.toSorted((a, b) => a.day.localeCompare(b.day) || a.position - b.position)[strays]
  if (!complete || !last) return
  db.run(
    `UPDATE items SET missing_since = :at
     WHERE source = :source AND missing_since IS NULL AND (day, position) > (:day, :position)
       AND url NOT IN (SELECT value FROM json_each(:urls))`,
    { source, at, urls, day: last.day, position: last.position },
  )
}
