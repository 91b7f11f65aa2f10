import * as z from 'zod'
import { folded, suppressionReasons, type SuppressionReason } from '../../domain/subscriber.ts'
import type { Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

const suppressionRow = z.object({ reason: z.enum(suppressionReasons), detail: z.string(), at: z.string() })

/** Why an address is not written to, what is known of it in words, and since when (RFC 3339 UTC). */
export type Suppression = z.output<typeof suppressionRow>

/** In rising order of weight. */
const BY_WEIGHT: readonly SuppressionReason[] = ['soft-bounces', 'provider', 'hard-bounce', 'editor', 'complaint']

/** Addresses that are not written to, whatever their readers' state. */
export function suppressionMethods(db: Connection): Pick<Store, 'suppress'> {
  return {
    suppress: (address, reason, detail, at) =>
      db.write(() => suppress(db, address, { reason, detail, at: at.toISOString() })),
  }
}

/** Within a transaction. Of two entries for one address the heavier stays, in whatever order they come. */
export function suppress(db: Connection, address: string, entry: Suppression): void {
  const values = { address: folded(address), ...entry }
  const row = db.get('SELECT reason, detail, at FROM suppressions WHERE address = :address', {
    address: values.address,
  })
  if (row && !outweighs(entry, rowAs(suppressionRow, row, 'suppressions'))) return
  db.run(
    `INSERT INTO suppressions (address, reason, detail, at) VALUES (:address, :reason, :detail, :at)
     ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, at = excluded.at`,
    values,
  )
  mirror(db, values.address)
}

/** By its reason; of two for the same reason by being the earlier one. */
function outweighs(entry: Suppression, listed: Suppression): boolean {
  if (entry.reason !== listed.reason) return BY_WEIGHT.indexOf(entry.reason) > BY_WEIGHT.indexOf(listed.reason)
  return entry.at < listed.at || (entry.at === listed.at && entry.detail < listed.detail)
}

/** Within a transaction. Takes an address off the list if it stands there for one of these reasons. */
export function unsuppress(
  db: Connection,
  address: string,
  reasons: readonly SuppressionReason[] = suppressionReasons,
): void {
  const values = { address: folded(address), reasons: JSON.stringify(reasons) }
  const removed = db.run(
    'DELETE FROM suppressions WHERE address = :address AND reason IN (SELECT value FROM json_each(:reasons))',
    values,
  )
  if (removed > 0) mirror(db, values.address)
}

function mirror(db: Connection, address: string): void {
  db.run(
    `UPDATE subscribers SET suppressed = (SELECT reason FROM suppressions WHERE address = :address)
     WHERE address = :address`,
    { address },
  )
}
