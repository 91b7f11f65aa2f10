import * as z from 'zod'
import type { DeliveryState, LedgerEntry } from '../../domain/delivery.ts'
import type { Settlement, Store } from '../../ports.ts'
import type { Connection, Values } from './connection.ts'
import { countRow, ledgerRow, rowAs } from './rows.ts'

/** A delivery as `ledgerRow` reads it. */
export const ENTRY_COLUMNS = `key, attempt_group AS "group", edition, channel, rendering, target, address, state, attempts,
  first_attempt_at AS firstAttemptAt, not_before AS notBefore, reason, remote_id AS remoteId, url, settled_at AS settledAt`

/** What became of deliveries, and what is still owed. */
export function ledgerMethods(db: Connection): Pick<Store, 'settle' | 'ledger' | 'counts' | 'nextDue' | 'holders'> {
  return {
    settle: (worker, outcomes, at) =>
      db.write(() => {
        for (const [key, settlement] of outcomes) settle(db, worker, key, settlement, at)
      }),
    ledger: (query) => db.read(() => ledger(db, query)),
    counts: (edition) => db.read(() => counts(db, edition)),
    nextDue: (channels) => db.read(() => nextDue(db, channels)),
    holders: () =>
      db.read(() =>
        db
          .all(
            `SELECT claimed_by AS worker FROM deliveries WHERE claimed_by IS NOT NULL
             UNION SELECT worker FROM slots WHERE finished_at IS NULL
             ORDER BY worker`,
          )
          .map((row) => rowAs(holderRow, row, 'deliveries').worker),
      ),
  }
}

const holderRow = z.object({ worker: z.string() })
const dueRow = z.object({ due: z.string().exactOptional() })

function settle(db: Connection, worker: string, key: string, settlement: Settlement, at: Date): void {
  db.run(
    `UPDATE deliveries
     SET state = :state, claimed_by = NULL, claimed_at = NULL, not_before = :notBefore, reason = :reason,
       remote_id = :remoteId, url = :url, settled_at = :settledAt
     WHERE key = :key AND claimed_by = :worker`,
    { ...columnsOf(settlement, at.toISOString()), worker, key },
  )
}

function columnsOf(settlement: Settlement, settledAt: string): Values {
  const none = { notBefore: null, reason: null, remoteId: null, url: null, settledAt: null }
  if (settlement.kind === 'sent')
    return { ...none, state: 'sent', remoteId: settlement.remoteId, url: settlement.url ?? null, settledAt }
  const { kind, reason } = settlement
  if (kind === 'rejected' || kind === 'review') return { ...none, state: kind, reason, settledAt }
  const state: DeliveryState = kind === 'later' ? 'waiting' : 'unknown'
  return { ...none, state, reason, notBefore: settlement.notBefore.toISOString() }
}

/** In the order of planning. Always by way of the editions, so that a few states are found without walking the ledger. */
function ledger(db: Connection, { edition, states, limit }: Parameters<Store['ledger']>[0]): LedgerEntry[] {
  const conditions = [edition === undefined ? 'edition IN (SELECT id FROM editions)' : 'edition = :edition']
  if (states) conditions.push('state IN (SELECT value FROM json_each(:states))')
  const where = edition === undefined && !states ? '' : `WHERE ${conditions.join(' AND ')}`
  return db
    .all(`SELECT ${ENTRY_COLUMNS} FROM deliveries ${where} ORDER BY id LIMIT :limit`, {
      ...(edition !== undefined && { edition }),
      ...(states && { states: JSON.stringify(states) }),
      limit: limit ?? -1,
    })
    .map((row) => rowAs(ledgerRow, row, 'deliveries'))
}

function counts(db: Connection, edition: string | undefined): z.output<typeof countRow>[] {
  return db
    .all(
      `SELECT edition, channel, state, count(*) AS count
       FROM deliveries
       ${edition === undefined ? '' : 'WHERE edition = :edition'}
       GROUP BY edition, channel, state
       ORDER BY edition, channel, state`,
      edition === undefined ? {} : { edition },
    )
    .map((row) => rowAs(countRow, row, 'deliveries'))
}

/** Only editions that may be claimed from: a delivery of a held one would keep a worker awake for nothing. */
function nextDue(db: Connection, channels: readonly string[]): Date | undefined {
  const row = db.get(
    `SELECT min((
       SELECT min(not_before)
       FROM deliveries INDEXED BY deliveries_due
       WHERE edition = editions.id AND channel = json_each.value AND not_before IS NOT NULL
     )) AS due
     FROM editions, json_each(:channels)
     WHERE editions.state IN ('approved', 'sending')`,
    { channels: JSON.stringify(channels) },
  )
  const due = row && rowAs(dueRow, row, 'deliveries').due
  return due === undefined ? undefined : new Date(due)
}
