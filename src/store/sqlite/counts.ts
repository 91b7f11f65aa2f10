import * as z from 'zod'
import type { DeliveryState } from '../../domain/delivery.ts'
import type { LedgerCount, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { countRow, rowAs } from './rows.ts'

const owedRow = z.object({ owed: z.number() })

/** How many deliveries are in which state, from a table that every change keeps up: the ledger is not walked. */
export function countMethods(db: Connection): Pick<Store, 'counts' | 'owed'> {
  return {
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
