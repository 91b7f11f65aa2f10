import * as z from 'zod'
import type { Delivery } from '../../domain/delivery.ts'
import type { Freeze, Mailing } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { recount } from './counts.ts'
import { nextGroupId } from './groups.ts'
import { rowAs } from './rows.ts'

/** Writes the deliveries of an edition, in the order in which they leave, and notes how many. */
export function planLedger(db: Connection, { edition: { id }, deliveries, mailings }: Freeze): void {
  const first = nextDeliveryId(db)
  addDeliveries(db, deliveries)
  for (const mailing of mailings) addMailing(db, id, mailing)
  const frozen = nextDeliveryId(db) - first
  db.run('UPDATE editions SET frozen = :frozen, first_delivery = :first WHERE id = :id', { id, frozen, first })
}

/** Why something waits that was never tried. */
const BY_PLAN = 'it leaves at its time'

const idRow = z.object({ id: z.number() })

function nextDeliveryId(db: Connection): number {
  return rowAs(idRow, db.get('SELECT coalesce(max(id), 0) + 1 AS id FROM deliveries') ?? {}, 'deliveries').id
}

/** SQL for the key of a planned group; another one where an earlier edition took the name, for a key stands for one call alone. */
function freeKey(key: string, group: string): string {
  return `CASE WHEN EXISTS (SELECT 1 FROM attempt_groups WHERE key = ${key}) THEN ${key} || '+' || ${group} ELSE ${key} END`
}

/** A key that was planned before, by whichever edition, is owed already. */
function addDeliveries(db: Connection, deliveries: readonly Delivery[]): void {
  const groups = new Map<string, PlannedGroup>()
  let nextId = nextGroupId(db)
  for (const delivery of deliveries) {
    const { key, group, edition, channel, rendering, target, address, notBefore } = delivery
    const name = JSON.stringify([group, edition, channel, rendering])
    const known = groups.get(name)
    const row = db.get(
      `INSERT INTO deliveries (key, group_id, edition, channel, rendering, target, address)
       VALUES (:key, :group, :edition, :channel, :rendering, :target, :address)
       ON CONFLICT (key) DO NOTHING
       RETURNING id`,
      { key, group: known?.id ?? nextId, edition, channel, rendering, target, address: address ?? null },
    )
    if (!row) continue
    const { id } = rowAs(idRow, row, 'deliveries')
    const planned = known ?? { id: nextId++, first: id, last: id, size: 0, notBefore: '', of: delivery }
    groups.set(name, planned)
    planned.last = id
    planned.size += 1
    const time = notBefore === undefined ? '' : new Date(notBefore).toISOString()
    if (time > planned.notBefore) planned.notBefore = time
  }
  for (const group of groups.values()) addGroup(db, group)
}

/** Its deliveries leave together, at the latest of their times; '': at once. */
interface PlannedGroup {
  readonly id: number
  readonly first: number
  last: number
  size: number
  notBefore: string
  readonly of: Delivery
}

function addGroup(db: Connection, { id, first, last, size, notBefore, of }: PlannedGroup): void {
  const state = notBefore === '' ? 'planned' : 'waiting'
  db.run(
    `INSERT INTO attempt_groups
       (id, key, edition, channel, rendering, first_delivery, last_delivery, state, not_before, planned_for, reason)
     VALUES
       (:group, ${freeKey(':key', 'CAST(:group AS INTEGER)')}, :edition, :channel, :rendering, :first, :last, :state,
        nullif(:notBefore, ''), nullif(:notBefore, ''), :reason)`,
    {
      group: id,
      key: of.group,
      edition: of.edition,
      channel: of.channel,
      rendering: of.rendering,
      first,
      last,
      state,
      notBefore,
      reason: state === 'waiting' ? BY_PLAN : null,
    },
  )
  recount(db, of, new Map([[state, size]]))
}

/**
 * Two statements, whatever the number of subscribers: the deliveries in the order of their ids, so that keys come
 * sorted and their index grows at its end, and the groups, whose bounds follow from that. Only where an earlier edition
 * planned under the same key is every subscriber looked for in the ledger.
 */
function addMailing(
  db: Connection,
  edition: string,
  { key, channel, rendering, perAttempt, frequency }: Mailing,
): void {
  const first = nextDeliveryId(db)
  const group = nextGroupId(db)
  // '0' is the character after '/'.
  const wasPlanned = db.get(`SELECT 1 FROM deliveries WHERE key > :key || '/' AND key < :key || '0' LIMIT 1`, { key })
  const shared = { key, edition, channel, rendering, perAttempt, group }
  const added = db.run(
    `INSERT INTO deliveries (id, key, group_id, edition, channel, rendering, target, address)
     SELECT :first + place, :key || '/' || id, :group + place / CAST(:perAttempt AS INTEGER), :edition, :channel, :rendering, id, address
     FROM (
       SELECT id, address, row_number() OVER (ORDER BY id) - 1 AS place
       FROM subscribers
       WHERE state = 'active' AND suppressed IS NULL AND frequency = :frequency
         ${wasPlanned ? `AND NOT EXISTS (SELECT 1 FROM deliveries WHERE key = :key || '/' || subscribers.id)` : ''}
     )`,
    { ...shared, first, frequency },
  )
  db.run(
    `WITH RECURSIVE chunks (n, key) AS (
       SELECT 0, :key || '/chunk/0' WHERE :added > 0
       UNION ALL
       SELECT n + 1, :key || '/chunk/' || (n + 1) FROM chunks WHERE (n + 1) * CAST(:perAttempt AS INTEGER) < :added
     )
     INSERT INTO attempt_groups (id, key, edition, channel, rendering, first_delivery, last_delivery)
     SELECT :group + n,
       ${freeKey('chunks.key', '(CAST(:group AS INTEGER) + n)')},
       :edition, :channel, :rendering,
       :first + n * CAST(:perAttempt AS INTEGER),
       :first + min((n + 1) * CAST(:perAttempt AS INTEGER), :added) - 1
     FROM chunks`,
    { ...shared, first, added },
  )
  recount(db, { edition, channel }, new Map([['planned', added]]))
}
