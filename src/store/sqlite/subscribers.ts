import * as z from 'zod'
import {
  folded,
  DEFAULT_FREQUENCY,
  subscriberStates,
  suppressionReasons,
  type Subscriber,
  type SubscriberState,
} from '../../domain/subscriber.ts'
import type { AddressStatus, ReaderStore } from '../../ports.ts'
import { StoreError } from '../error.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'
import { unsuppress } from './suppressions.ts'

const PAGE = 1000

const subscriberRow = z.object({
  id: z.string(),
  address: z.string(),
  state: z.enum(subscriberStates),
  consent: z.string(),
  consentAt: z.string().exactOptional(),
  frequency: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  changedAt: z.string().exactOptional(),
  suppressed: z.enum(suppressionReasons).exactOptional(),
})
const COLUMNS = `id, address, state, consent, consent_at AS consentAt, nullif(frequency, '${DEFAULT_FREQUENCY}') AS frequency,
  reason, changed_at AS changedAt, suppressed`

const statusRow = z.object({
  id: subscriberRow.shape.id.exactOptional(),
  state: subscriberRow.shape.state.exactOptional(),
  suppressed: subscriberRow.shape.suppressed,
})
const standingRow = z.object({ standing: z.enum([...subscriberStates, 'suppressed']), count: z.number() })

/** Readers and their consent. */
export function subscriberMethods(db: Connection): Omit<ReaderStore, 'suppress' | 'report'> {
  return {
    addSubscribers: (subscribers) =>
      db.write(() => subscribers.filter((subscriber) => addSubscriber(db, subscriber)).length),
    addressStatuses: (addresses) => db.read(() => addresses.map((address) => addressStatus(db, address))),
    subscriber: (id) => db.read(() => readerOf(db, id)),
    subscribers: ({ states = subscriberStates } = {}) => pagesOf(db, states),
    countSubscribers: () => db.read(() => countSubscribers(db)),
    unsubscribe: (id, reason, at) =>
      db.write(() => {
        if (unsubscribe(db, id, reason, at.toISOString())) return 'done'
        return readerOf(db, id) && 'already'
      }),
    renewConsent: (id, consent, at) => db.write(() => renewConsent(db, id, consent, at.toISOString())),
  }
}

/** One statement for each new reader; only one who is known takes a second look. */
function addSubscriber(db: Connection, subscriber: Subscriber): boolean {
  const address = folded(subscriber.address)
  const added = db.run(
    `INSERT INTO subscribers (id, address, state, consent, consent_at, frequency, reason, changed_at, suppressed)
     SELECT :id, :address, :state, :consent, :consentAt, :frequency, :reason, :changedAt,
       (SELECT reason FROM suppressions WHERE address = :address)
     WHERE NOT EXISTS (SELECT 1 FROM subscribers WHERE address = :address)
     ON CONFLICT (id) DO NOTHING`,
    {
      id: subscriber.id,
      address,
      state: subscriber.state,
      consent: subscriber.consent,
      consentAt: subscriber.consentAt ?? null,
      frequency: subscriber.frequency ?? DEFAULT_FREQUENCY,
      reason: subscriber.reason ?? null,
      changedAt: subscriber.changedAt ?? null,
    },
  )
  if (added === 0 && !db.get('SELECT 1 FROM subscribers WHERE address = :address', { address }))
    throw new StoreError(
      `The subscriber id "${subscriber.id}" stands for another address already; give each reader an id of their own.`,
    )
  return added > 0
}

function addressStatus(db: Connection, address: string): AddressStatus {
  const row = db.get(
    `SELECT id, state, suppressions.reason AS suppressed
     FROM (SELECT :address AS address) AS asked
     LEFT JOIN subscribers ON subscribers.address = asked.address
     LEFT JOIN suppressions ON suppressions.address = asked.address`,
    { address: folded(address) },
  )
  return row ? rowAs(statusRow, row, 'subscribers') : {}
}

function readerOf(db: Connection, id: string): Subscriber | undefined {
  const row = db.get(`SELECT ${COLUMNS} FROM subscribers WHERE id = :id`, { id })
  return row && rowAs(subscriberRow, row, 'subscribers')
}

/** In the order of ids, a page at a time: no statement stays open while the caller works. */
async function* pagesOf(db: Connection, states: readonly SubscriberState[]): AsyncGenerator<Subscriber> {
  let after = ''
  for (;;) {
    const page = await db.read(() =>
      db
        .all(
          `SELECT ${COLUMNS} FROM subscribers
           WHERE id > :after AND state IN (SELECT value FROM json_each(:states)) ORDER BY id LIMIT ${PAGE}`,
          { after, states: JSON.stringify(states) },
        )
        .map((row) => rowAs(subscriberRow, row, 'subscribers')),
    )
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.id
  }
}

function countSubscribers(db: Connection): Record<SubscriberState | 'suppressed', number> {
  const counts = { active: 0, unconfirmed: 0, unsubscribed: 0, suppressed: 0 }
  const rows = db.all(
    `SELECT iif(suppressed IS NULL, state, 'suppressed') AS standing, count(*) AS count
     FROM subscribers GROUP BY standing`,
  )
  for (const row of rows) {
    const { standing, count } = rowAs(standingRow, row, 'subscribers')
    counts[standing] = count
  }
  return counts
}

/** Within a transaction. False when there is nobody with this id who could leave. */
export function unsubscribe(db: Connection, id: string, reason: string, at: string): boolean {
  const changed = db.run(
    `UPDATE subscribers SET state = 'unsubscribed', reason = :reason, changed_at = :at
     WHERE id = :id AND state <> 'unsubscribed'`,
    { id, reason, at },
  )
  return changed > 0
}

/** What was reported before is settled by it, soft bounces included. */
function renewConsent(db: Connection, id: string, consent: string, at: string): boolean {
  const known = readerOf(db, id)
  if (!known) return false
  db.run(
    `UPDATE subscribers
     SET state = 'active', consent = :consent, consent_at = :at, reason = 'agreed anew', changed_at = :at, renewed_at = :at
     WHERE id = :id`,
    { id, consent, at },
  )
  db.run('DELETE FROM soft_bounces WHERE subscriber = :id', { id })
  unsuppress(db, known.address)
  return true
}
