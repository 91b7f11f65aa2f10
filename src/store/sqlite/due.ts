import type { ClaimRequest } from '../../ports.ts'
import type { Connection, Values } from './connection.ts'
import { GROUP_COLUMNS, groupRow, type Group } from './groups.ts'
import { rowAs } from './rows.ts'

/** So often what fails is tried in its turn; then what was never tried goes first, of whichever edition. */
const TRIES_BEFORE = 3
/** More than twice any delivery's id. */
const BEHIND = '1000000000000000'

/** When a claim was made of which its own worker knows no more. */
export const GIVEN_UP = ''

/** Of a request, what the statements here ask for. */
export function valuesOf({ worker, now, channels, staleBefore, gone }: ClaimRequest): Values {
  return {
    worker,
    now: now.toISOString(),
    channels: JSON.stringify(channels),
    staleBefore: staleBefore.toISOString(),
    gone: JSON.stringify(gone),
  }
}

/**
 * For each open edition and channel the first planned group and the one that is due for longest, each found by a seek
 * in an index, and what workers hold that will never settle: few are held at a time, so all of them are looked at.
 * Of these the first in the order of planning, and of two parts of one group the one in doubt; before them all what was
 * abandoned in a cancelled edition.
 */
const FIRST_DUE = `
  WITH wanted AS (
    SELECT editions.id AS edition, json_each.value AS channel
    FROM editions, json_each(:channels)
    WHERE editions.state IN ('approved', 'sending')
  ),
  candidates (id) AS (
    SELECT (
      SELECT id FROM attempt_groups INDEXED BY attempt_groups_state
      WHERE edition = wanted.edition AND channel = wanted.channel AND state = 'planned'
      ORDER BY first_delivery LIMIT 1
    ) FROM wanted
    UNION ALL SELECT (
      SELECT id FROM attempt_groups INDEXED BY attempt_groups_due
      WHERE edition = wanted.edition AND channel = wanted.channel AND not_before <= :now
      ORDER BY not_before LIMIT 1
    ) FROM wanted
    UNION ALL SELECT attempt_groups.id
    FROM attempt_groups INDEXED BY attempt_groups_holder
    JOIN editions ON editions.id = attempt_groups.edition
    WHERE claimed_by IS NOT NULL
      AND channel IN (SELECT value FROM json_each(:channels))
      AND (
        claimed_at = '${GIVEN_UP}'
        OR claimed_by <> :worker
          AND (claimed_at < :staleBefore OR claimed_by IN (SELECT value FROM json_each(:gone)))
      )
      AND editions.state IN ('approved', 'sending', 'cancelled')
  )
  SELECT ${GROUP_COLUMNS}, min(
    iif(
      editions.state = 'cancelled', 0,
      ${BEHIND} * (attempt_groups.state IN ('waiting', 'unknown') AND attempts >= ${TRIES_BEFORE})
        + 2 * attempt_groups.first_delivery + (attempt_groups.state IN ('planned', 'waiting'))
    )
  )
  FROM attempt_groups JOIN editions ON editions.id = attempt_groups.edition
  WHERE attempt_groups.id IN (SELECT id FROM candidates)`

/** The next group to be claimed or, when its edition was cancelled while its worker held it, to be given up. */
export function firstDue(db: Connection, values: Values): Group | undefined {
  // SQLite gives the columns of the row that has the minimum; without any row it gives one of NULLs.
  const row = db.get(FIRST_DUE, values)
  return row && row['id'] !== null ? rowAs(groupRow, row, 'attempt_groups') : undefined
}
