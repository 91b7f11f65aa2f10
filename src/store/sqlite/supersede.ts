import type { Connection } from './connection.ts'
import { endApart, GROUP_COLUMNS, groupRow } from './groups.ts'
import { rowAs } from './rows.ts'

/** Only what this edition really plans anew overtakes: a target whose key was planned before keeps that delivery. */
export function supersede(db: Connection, edition: string, channel: string, at: string): void {
  const rows = db.all(
    `SELECT older.id AS delivery, ${GROUP_COLUMNS}
     FROM editions
     JOIN attempt_groups INDEXED BY attempt_groups_state
       ON attempt_groups.edition = editions.id AND attempt_groups.state IN ('planned', 'waiting', 'unknown', 'claimed')
         AND attempt_groups.channel = :channel
     JOIN deliveries older
       ON older.id BETWEEN attempt_groups.first_delivery AND attempt_groups.last_delivery AND older.group_id = attempt_groups.id
         AND NOT EXISTS (SELECT 1 FROM outcomes WHERE delivery = older.id)
     WHERE editions.state IN ('approved', 'sending', 'held', 'cancelled') AND editions.id <> :edition
       AND older.target IN (
         SELECT newer.target
         FROM deliveries newer
         WHERE newer.id >= (SELECT first_delivery FROM editions WHERE id = :edition)
           AND newer.edition = :edition AND newer.channel = :channel
       )`,
    { edition, channel },
  )
  const older = Map.groupBy(rows, (row) => Number(row['id']))
  const ending = { state: 'superseded', reason: `overtaken by ${edition}` } as const
  for (const [row, ...more] of older.values()) {
    if (!row) continue
    const deliveries = [row, ...more].map(({ delivery }) => Number(delivery))
    endApart(db, rowAs(groupRow, row, 'attempt_groups'), deliveries, ending, at)
  }
}
