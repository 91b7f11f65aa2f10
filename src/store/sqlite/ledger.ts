import type { LedgerEntry } from '../../domain/delivery.ts'
import type { LedgerQuery, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { BY_PLAN } from './by-plan.ts'
import { bounds, IN_GROUP, type Group } from './groups.ts'
import { ledgerRow, rowAs } from './rows.ts'

const PAGE = 1000

/** A delivery as `ledgerRow` reads it: what is open has the state of its group. */
const ENTRIES = `
  SELECT deliveries.id, deliveries.key, coalesce(attempt_groups.key, '') AS "group", deliveries.edition,
    deliveries.channel, deliveries.rendering, target, address, coalesce(outcomes.state, attempt_groups.state) AS state,
    CASE WHEN outcomes.state IS NULL AND ${BY_PLAN} THEN 1 END AS byPlan,
    coalesce(attempts, 0) AS attempts, CASE WHEN outcomes.state IS NULL THEN doubts ELSE 0 END AS doubts,
    CASE WHEN outcomes.state IS NULL THEN nullif(refusals, 0) END AS refusals,
    first_attempt_at AS firstAttemptAt, CASE WHEN outcomes.state IS NULL THEN not_before END AS notBefore,
    CASE WHEN outcomes.state IS NULL THEN attempt_groups.reason ELSE outcomes.reason END AS reason,
    remote_id AS remoteId, url, settled_at AS settledAt, receipt, receipt_at AS receiptAt
  FROM deliveries
  LEFT JOIN outcomes ON outcomes.delivery = deliveries.id
  LEFT JOIN attempt_groups ON attempt_groups.id = deliveries.group_id`

/** The ledger as people and calls see it. */
export function ledgerMethods(db: Connection): Pick<Store, 'ledger' | 'walk'> {
  return {
    ledger: ({ limit, ...query }) =>
      db.read(() => page(db, query, 0, limit ?? Number.MAX_SAFE_INTEGER).map(({ entry }) => entry)),
    walk: (query) => walk(db, query),
  }
}

/** All deliveries of a group. */
export function entriesOf(db: Connection, group: Group): LedgerEntry[] {
  return db
    .all(`${ENTRIES} WHERE ${IN_GROUP} ORDER BY deliveries.id`, bounds(group))
    .map((row) => rowAs(ledgerRow, row, 'deliveries'))
}

/** No statement stays open while the caller works. */
async function* walk(db: Connection, query: LedgerQuery): AsyncGenerator<LedgerEntry> {
  let after = 0
  for (;;) {
    const rows = await db.read(() => page(db, query, after, PAGE))
    for (const { entry } of rows) yield entry
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.id
  }
}

/** The deliveries of an edition follow each other from its first one on. */
function page(
  db: Connection,
  { edition, channel, states, receipts }: LedgerQuery,
  after: number,
  limit: number,
): { readonly id: number; readonly entry: LedgerEntry }[] {
  const rows = db.all(
    `${ENTRIES}
     WHERE deliveries.id > :after
       ${edition === undefined ? '' : `AND deliveries.edition = :edition AND ${WITHIN_EDITION}`}
       AND (:channel IS NULL OR deliveries.channel = :channel)
       AND (
         (:states IS NULL AND :receipts IS NULL)
         OR coalesce(outcomes.state, attempt_groups.state) IN (SELECT value FROM json_each(:states))
         OR deliveries.receipt IN (SELECT value FROM json_each(:receipts))
       )
     ORDER BY deliveries.id LIMIT :limit`,
    {
      ...(edition !== undefined && { edition }),
      channel: channel ?? null,
      states: states ? JSON.stringify(states) : null,
      receipts: receipts ? JSON.stringify(receipts) : null,
      after,
      limit,
    },
  )
  return rows.map((row) => ({ id: Number(row['id']), entry: rowAs(ledgerRow, row, 'deliveries') }))
}

/** Condition on the ids alone. */
export const WITHIN_EDITION = `deliveries.id BETWEEN (SELECT first_delivery FROM editions WHERE id = :edition)
  AND (SELECT first_delivery + frozen - 1 FROM editions WHERE id = :edition)`
