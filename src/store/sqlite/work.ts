import * as z from 'zod'
import type { Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

const holderRow = z.object({ worker: z.string() })
const dueRow = z.object({ due: z.string().exactOptional() })

/** Who is at work, and when there is work again. */
export function workMethods(db: Connection): Pick<Store, 'nextDue' | 'holders'> {
  return {
    nextDue: (channels) => db.read(() => nextDue(db, channels)),
    holders: () =>
      db.read(() =>
        db
          .all(
            `SELECT claimed_by AS worker FROM attempt_groups WHERE claimed_by IS NOT NULL
             UNION SELECT worker FROM slots WHERE finished_at IS NULL
             ORDER BY worker`,
          )
          .map((row) => rowAs(holderRow, row, 'attempt_groups').worker),
      ),
  }
}

/** Only editions that may be claimed from: a delivery of a held one would keep a worker awake for nothing. */
function nextDue(db: Connection, channels: readonly string[]): Date | undefined {
  const row = db.get(
    `SELECT min((
       SELECT min(not_before)
       FROM attempt_groups INDEXED BY attempt_groups_due
       WHERE edition = editions.id AND channel = json_each.value AND not_before IS NOT NULL
     )) AS due
     FROM editions, json_each(:channels)
     WHERE editions.state IN ('approved', 'sending')`,
    { channels: JSON.stringify(channels) },
  )
  const due = row && rowAs(dueRow, row, 'attempt_groups').due
  return due === undefined ? undefined : new Date(due)
}
