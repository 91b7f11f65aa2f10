import type { ClaimRequest } from '../../ports.ts'
import type { Connection, Values } from './connection.ts'
import { GROUP_COLUMNS, groupRow, type Group } from './groups.ts'
import { rowAs } from './rows.ts'

/** Of a request, what the statements here ask for. */
export function valuesOf({ now, channels, staleBefore, gone }: ClaimRequest): Values {
  return {
    now: now.toISOString(),
    channels: JSON.stringify(channels),
    staleBefore: staleBefore.toISOString(),
    gone: JSON.stringify(gone),
  }
}

/** Held by workers that will never settle: few are held at a time, so all of them are looked at. */
const ABANDONED = `
  attempt_groups INDEXED BY attempt_groups_holder
  JOIN editions ON editions.id = attempt_groups.edition
  WHERE attempt_groups.claimed_by IS NOT NULL
    AND attempt_groups.channel IN (SELECT value FROM json_each(:channels))
    AND (attempt_groups.claimed_at < :staleBefore OR attempt_groups.claimed_by IN (SELECT value FROM json_each(:gone)))`

/**
 * For each open edition and channel the first planned group and the one that is due for longest, each found by a seek
 * in an index, and what was abandoned; of these the first in the order of planning,
 * and of two parts of one group the one in doubt.
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
    UNION ALL SELECT attempt_groups.id FROM ${ABANDONED} AND editions.state IN ('approved', 'sending')
  )
  SELECT ${GROUP_COLUMNS}, min(2 * first_delivery + (state IN ('planned', 'waiting')))
  FROM attempt_groups
  WHERE id IN (SELECT id FROM candidates)`

/** The next group to be claimed. */
export function firstDue(db: Connection, values: Values): Group | undefined {
  // SQLite gives the columns of the row that has the minimum; without any row it gives one of NULLs.
  const row = db.get(FIRST_DUE, values)
  return row && row['id'] !== null ? rowAs(groupRow, row, 'attempt_groups') : undefined
}

/** Calls in flight when their edition was cancelled, whose workers are gone: only a person can tell what became of them. */
export function abandonedInCancelled(db: Connection, values: Values): Group[] {
  const { staleBefore, gone, channels } = values
  return db
    .all(`SELECT ${GROUP_COLUMNS} FROM ${ABANDONED} AND editions.state = 'cancelled'`, {
      staleBefore: staleBefore ?? null,
      gone: gone ?? null,
      channels: channels ?? null,
    })
    .map((row) => rowAs(groupRow, row, 'attempt_groups'))
}
