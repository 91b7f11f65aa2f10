import type { EditionState } from '../../domain/edition.ts'
import type { Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { progressOf, stateOf } from './editions.ts'

/** A person's hand on an edition, also in the midst of sending. */
export function controlMethods(db: Connection): Pick<Store, 'hold' | 'release' | 'cancel'> {
  return {
    hold: (id, reason) =>
      db.write(() =>
        change(db, id, () => {
          db.run(
            `UPDATE editions SET state = 'held', reason = :reason
             WHERE id = :id AND (state, reason) <> ('held', :reason)`,
            { id, reason },
          )
        }),
      ),
    release: (id, at) => db.write(() => change(db, id, () => release(db, id, at.toISOString()))),
    cancel: (id, reason, at) => db.write(() => change(db, id, () => cancel(db, id, reason, at.toISOString()))),
  }
}

/** What is sent or cancelled has come to its end. */
function change(db: Connection, id: string, work: () => void): EditionState | undefined {
  const state = stateOf(db, id)
  if (state !== undefined && state !== 'sent' && state !== 'cancelled') work()
  return stateOf(db, id)
}

function release(db: Connection, id: string, at: string): void {
  const state = progressOf(db, id)
  db.run(
    `UPDATE editions SET state = :state, reason = '', released_at = :at
     WHERE id = :id AND state = 'held' AND approved_at IS NOT NULL`,
    { id, state, at },
  )
}

/** What is in flight is left to its worker, or, when that is gone, to the next one that claims. */
function cancel(db: Connection, id: string, reason: string, at: string): void {
  db.run(`UPDATE editions SET state = 'cancelled', reason = :reason WHERE id = :id`, { id, reason })
  endAll(db, id, ['planned', 'waiting'], { state: 'cancelled', reason, at })
  endAll(db, id, ['unknown'], {
    state: 'review',
    reason: 'it may have left before its edition was cancelled; look on the other side, then settle it by hand',
    at,
  })
}

/** Whole groups, but for what has come to an end already: they are never called again. */
function endAll(
  db: Connection,
  edition: string,
  from: readonly string[],
  ending: { readonly state: 'cancelled' | 'review'; readonly reason: string; readonly at: string },
): void {
  const values = { edition, from: JSON.stringify(from) }
  db.run(
    `INSERT INTO outcomes (delivery, state, reason, settled_at)
     SELECT deliveries.id, :state, :reason, :at
     FROM attempt_groups INDEXED BY attempt_groups_state
     JOIN deliveries ON deliveries.id BETWEEN first_delivery AND last_delivery
       AND deliveries.group_id = attempt_groups.id
     WHERE attempt_groups.edition = :edition AND attempt_groups.state IN (SELECT value FROM json_each(:from))
     ON CONFLICT DO NOTHING`,
    { ...values, ...ending },
  )
  db.run(
    `UPDATE attempt_groups SET state = 'done', not_before = NULL
     WHERE edition = :edition AND state IN (SELECT value FROM json_each(:from))`,
    values,
  )
  const left = `edition = :edition AND state IN (SELECT value FROM json_each(:from)) AND count > 0`
  db.run(
    `INSERT INTO ledger_counts (edition, channel, state, count)
     SELECT edition, channel, :state, sum(count) FROM ledger_counts WHERE ${left} GROUP BY edition, channel
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    { ...values, state: ending.state },
  )
  db.run(`UPDATE ledger_counts SET count = 0 WHERE ${left}`, values)
}
