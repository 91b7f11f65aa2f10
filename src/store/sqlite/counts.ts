import * as z from 'zod'
import type { DeliveryState } from '../../domain/delivery.ts'
import type { LedgerCount, Owed, Store, Wait } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { BY_PLAN } from './by-plan.ts'
import { countRow, flag, rowAs } from './rows.ts'

const owedRow = z.object({ owed: z.number() })

const waitRow = z.object({
  channel: z.string(),
  reason: z.string(),
  byPlan: flag,
  count: z.number(),
  notBefore: z.string(),
})
const owedByRow = z.object({ channel: z.string(), plannedFor: z.string().exactOptional() })

/** How many deliveries are in which state, from a table that every change keeps up: the ledger is not walked. */
export function countMethods(db: Connection): Pick<Store, 'counts' | 'owed' | 'waits' | 'owedBy'> {
  return {
    waits: (edition) => db.read(() => waits(db, edition)),
    owedBy: (edition) => db.read(() => owedBy(db, edition)),
    counts: (edition) => db.read(() => counts(db, edition)),
    owed: () =>
      db.read(() => {
        const row = db.get(
          `SELECT coalesce(sum(count), 0) AS owed
           FROM editions JOIN ledger_counts ON ledger_counts.edition = editions.id
           WHERE editions.state IN ('approved', 'sending')
             AND ledger_counts.state IN ('planned', 'claimed', 'waiting', 'unknown')`,
        )
        return row ? rowAs(owedRow, row, 'ledger_counts').owed : 0
      }),
  }
}

/** Of the deliveries only those that wait are looked at. */
function waits(db: Connection, edition: string): Wait[] {
  return db
    .all(
      `SELECT attempt_groups.channel, coalesce(attempt_groups.reason, '') AS reason, ${BY_PLAN} AS byPlan,
         count(*) AS count, min(not_before) AS notBefore
       FROM attempt_groups INDEXED BY attempt_groups_state
       JOIN deliveries ON deliveries.id BETWEEN first_delivery AND last_delivery
         AND deliveries.group_id = attempt_groups.id
       LEFT JOIN outcomes ON outcomes.delivery = deliveries.id
       WHERE attempt_groups.edition = :edition AND attempt_groups.state IN ('waiting', 'unknown')
         AND outcomes.delivery IS NULL
       GROUP BY attempt_groups.channel, attempt_groups.reason, byPlan
       ORDER BY byPlan, notBefore, attempt_groups.channel, attempt_groups.reason`,
      { edition },
    )
    .map((row) => rowAs(waitRow, row, 'attempt_groups'))
}

function owedBy(db: Connection, edition: string): Owed[] {
  return db
    .all(
      `SELECT channel, nullif(min(coalesce(planned_for, '')), '') AS plannedFor
       FROM attempt_groups INDEXED BY attempt_groups_state
       WHERE edition = :edition AND state IN ('planned', 'claimed', 'waiting', 'unknown')
       GROUP BY channel ORDER BY channel`,
      { edition },
    )
    .map((row) => rowAs(owedByRow, row, 'attempt_groups'))
}

function counts(db: Connection, edition: string | undefined): LedgerCount[] {
  const sql = `SELECT edition, channel, state, count FROM ledger_counts
     WHERE count > 0 ${edition === undefined ? '' : 'AND edition = :edition'}
     ORDER BY edition, channel, state`
  return db.all(sql, edition === undefined ? {} : { edition }).map((row) => rowAs(countRow, row, 'ledger_counts'))
}

/** Adds to the counts (takes away, when negative) within the transaction that changes the deliveries themselves. */
export function recount(
  db: Connection,
  { edition, channel }: { readonly edition: string; readonly channel: string },
  changes: ReadonlyMap<DeliveryState, number>,
): void {
  for (const [state, change] of changes)
    if (change !== 0)
      // Not ON CONFLICT: a row to be inserted is checked first, and nothing may count below zero.
      if (db.run(ADD, { edition, channel, state, change }) === 0)
        db.run('INSERT INTO ledger_counts VALUES (:edition, :channel, :state, :change)', {
          edition,
          channel,
          state,
          change,
        })
}

const ADD = `UPDATE ledger_counts SET count = count + :change
  WHERE edition = :edition AND channel = :channel AND state = :state`

/** So many deliveries came from one state into another. */
export function moved(count: number, from: DeliveryState, to: DeliveryState): Map<DeliveryState, number> {
  return from === to
    ? new Map()
    : new Map([
        [from, -count],
        [to, count],
      ])
}
