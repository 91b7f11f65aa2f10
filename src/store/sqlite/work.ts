import * as z from 'zod'
import type { Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { BY_PLAN } from './by-plan.ts'
import { GIVEN_UP } from './due.ts'
import { rowAs } from './rows.ts'

const MINE = `FROM attempt_groups WHERE claimed_by = :worker AND channel IN (SELECT value FROM json_each(:channels))`

/** A clock may be so much off without anybody having set it. */
const AHEAD_MS = 5 * 60_000
/** Each look asks for what has a time to wait for; there is little of that. */
const FROM_AHEAD = `FROM attempt_groups WHERE state IN ('waiting', 'unknown') AND not_before > :at
  AND coalesce(first_attempt_at, (SELECT approved_at FROM editions WHERE id = attempt_groups.edition)) > :ahead`

const holderRow = z.object({ worker: z.string() })
const dueRow = z.object({ due: z.string().exactOptional() })

/** Who is at work, and when there is work again. */
export function workMethods(db: Connection): Pick<Store, 'nextDue' | 'holders' | 'giveUp' | 'hurry'> {
  return {
    giveUp: async (worker, channels, now) => {
      const mine = { worker, channels: JSON.stringify(channels) }
      const early = { at: now.toISOString(), ahead: new Date(now.getTime() + AHEAD_MS).toISOString() }
      const isNeeded = await db.read(() => db.get(`SELECT 1 ${MINE}`, mine) ?? db.get(`SELECT 1 ${FROM_AHEAD}`, early))
      if (!isNeeded) return
      await db.write(() => {
        db.run(`UPDATE attempt_groups SET claimed_at = '${GIVEN_UP}' WHERE id IN (SELECT id ${MINE})`, mine)
        db.run(`UPDATE attempt_groups SET not_before = :at WHERE id IN (SELECT id ${FROM_AHEAD})`, early)
      })
    },
    hurry: (channels, now) =>
      db.write(() => {
        const at = now.toISOString()
        db.run(
          `UPDATE attempt_groups SET not_before = :at
           WHERE not_before > :at AND state = 'waiting' AND channel IN (SELECT value FROM json_each(:channels))`,
          { at, channels: JSON.stringify(channels) },
        )
        db.run('UPDATE paces SET blocked_until = NULL WHERE blocked_until > :at', { at })
      }),
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
       WHERE edition = editions.id AND channel = json_each.value AND not_before IS NOT NULL AND NOT ${BY_PLAN}
     )) AS due
     FROM editions, json_each(:channels)
     WHERE editions.state IN ('approved', 'sending')`,
    { channels: JSON.stringify(channels) },
  )
  const due = row && rowAs(dueRow, row, 'attempt_groups').due
  return due === undefined ? undefined : new Date(due)
}
