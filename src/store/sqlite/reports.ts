import * as z from 'zod'
import { reportKinds, type Report } from '../../domain/report.ts'
import type { SuppressionReason } from '../../domain/subscriber.ts'
import type { ReportRules, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'
import { settleSentByReport } from './settle.ts'
import { unsubscribe } from './subscribers.ts'
import { suppress, unsuppress } from './suppressions.ts'

/** For so long a report that is told again is known: providers repeat for hours, people replay for days. */
const KEPT_MS = 3 * 86_400_000
/** Rows older than that which one report clears away: more than it adds, too few to be felt. */
const CLEARED_AT_ONCE = 5

const deliveryRow = z.object({
  edition: z.string(),
  address: z.string().exactOptional(),
  receipt: z.enum(reportKinds).exactOptional(),
  receiptAt: z.string().exactOptional(),
})
type ReportedDelivery = z.output<typeof deliveryRow>

const readerRow = z.object({
  id: z.string(),
  address: z.string(),
  deliveredAt: z.string().exactOptional(),
  renewedAt: z.string().exactOptional(),
})
type Reader = z.output<typeof readerRow>

const bounceRow = z.object({ at: z.string() })

/** What providers tell of what they took. Whatever the order of reports, the same ones leave the same behind. */
export function reportMethods(db: Connection): Pick<Store, 'report'> {
  return {
    report: async (told, rules) => {
      const report = { ...told, at: new Date(told.at).toISOString() }
      return db.write(() => take(db, report, rules))
    },
  }
}

function take(db: Connection, report: Report, rules: ReportRules): 'applied' | 'repeated' | 'foreign' {
  if (db.get('SELECT 1 FROM reports WHERE id = :id', { id: report.id })) return 'repeated'
  const row = db.get('SELECT edition, address, receipt, receipt_at AS receiptAt FROM deliveries WHERE key = :key', {
    key: report.delivery,
  })
  if (!row) return 'foreign'
  const delivery = rowAs(deliveryRow, row, 'deliveries')
  const now = rules.now.toISOString()
  remember(db, report.id, rules.now)
  settleSentByReport(db, report, now)
  raiseReceipt(db, report, delivery)
  if (delivery.address !== undefined) tellReader(db, report, { ...delivery, address: delivery.address }, rules)
  return 'applied'
}

function remember(db: Connection, id: string, now: Date): void {
  db.run('INSERT INTO reports (id, at) VALUES (:id, :at)', { id, at: now.toISOString() })
  db.run(
    `DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE at < :before ORDER BY at LIMIT ${CLEARED_AT_ONCE})`,
    {
      before: new Date(now.getTime() - KEPT_MS).toISOString(),
    },
  )
}

/** Of two receipts the heavier counts, of two alike the earlier. What a rejected delivery was rejected for stays. */
function raiseReceipt(
  db: Connection,
  { kind, at, reason, delivery: key }: Report,
  { receipt, receiptAt }: ReportedDelivery,
): void {
  const rise = reportKinds.indexOf(kind) - (receipt === undefined ? -1 : reportKinds.indexOf(receipt))
  if (rise < 0 || (rise === 0 && at >= (receiptAt ?? ''))) return
  db.run(
    `UPDATE outcomes SET reason = nullif(:reason, '')
     WHERE delivery = (SELECT id FROM deliveries WHERE key = :key) AND state = 'sent'`,
    { reason, key },
  )
  db.run('UPDATE deliveries SET receipt = :kind, receipt_at = :at WHERE key = :key', { kind, at, key })
}

function tellReader(
  db: Connection,
  { kind, at, permanent, reason }: Report,
  { address, edition }: { readonly address: string; readonly edition: string },
  { softBounceEditions, now }: ReportRules,
): void {
  const reader = readerAt(db, address)
  if (reader?.renewedAt !== undefined && at <= reader.renewedAt) return
  const put = (why: SuppressionReason): void => suppress(db, address, { reason: why, detail: reason, at })
  if (kind === 'suppressed') put('provider')
  else if (kind === 'bounced' && permanent) put('hard-bounce')
  else if (kind === 'complained') {
    put('complaint')
    if (reader) unsubscribe(db, reader.id, 'complained about the mail', now.toISOString())
  } else if (reader && kind === 'delivered') delivered(db, reader, at, softBounceEditions)
  else if (reader && kind === 'bounced') softBounced(db, reader, { edition, at }, softBounceEditions)
}

function readerAt(db: Connection, address: string): Reader | undefined {
  const row = db.get(
    `SELECT id, address, delivered_at AS deliveredAt, renewed_at AS renewedAt
     FROM subscribers WHERE address = :address`,
    { address },
  )
  return row && rowAs(readerRow, row, 'subscribers')
}

/** It ends the row of soft bounces before it, also when it is told late. */
function delivered(db: Connection, { id, address }: Reader, at: string, editions: number): void {
  db.run('UPDATE subscribers SET delivered_at = :at WHERE id = :id AND (delivered_at IS NULL OR delivered_at < :at)', {
    id,
    at,
  })
  const ended = db.run('DELETE FROM soft_bounces WHERE subscriber = :id AND at <= :at', { id, at })
  if (ended === 0) return
  unsuppress(db, address, ['soft-bounces'])
  weighSoftBounces(db, id, address, editions)
}

function softBounced(
  db: Connection,
  { id, address, deliveredAt }: Reader,
  { edition, at }: { readonly edition: string; readonly at: string },
  editions: number,
): void {
  if (deliveredAt !== undefined && at <= deliveredAt) return
  db.run(
    `INSERT INTO soft_bounces (subscriber, edition, at) VALUES (:id, :edition, :at)
     ON CONFLICT (subscriber, edition) DO UPDATE SET at = excluded.at WHERE at < excluded.at`,
    { id, edition, at },
  )
  weighSoftBounces(db, id, address, editions)
}

/** The bounce that fills the measure gives the suppression its instant. */
function weighSoftBounces(db: Connection, id: string, address: string, editions: number): void {
  const row = db.get('SELECT at FROM soft_bounces WHERE subscriber = :id ORDER BY at LIMIT 1 OFFSET :before', {
    id,
    before: Math.max(editions - 1, 0),
  })
  if (!row) return
  const { at } = rowAs(bounceRow, row, 'soft_bounces')
  suppress(db, address, { reason: 'soft-bounces', detail: `${editions} editions in a row bounced`, at })
}
