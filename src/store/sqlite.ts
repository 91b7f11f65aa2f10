import type { Store } from '../ports.ts'
import { amendmentMethods } from './sqlite/amendments.ts'
import { approvalMethods } from './sqlite/approval.ts'
import { claimMethods } from './sqlite/claims.ts'
import { connect } from './sqlite/connection.ts'
import { controlMethods } from './sqlite/control.ts'
import { countMethods } from './sqlite/counts.ts'
import { documentMethods } from './sqlite/documents.ts'
import { editionMethods } from './sqlite/editions.ts'
import { itemMethods } from './sqlite/items.ts'
import { ledgerMethods } from './sqlite/ledger.ts'
import { migrate, refuseNewer } from './sqlite/migrations.ts'
import { resolveMethods } from './sqlite/resolve.ts'
import { settleMethods } from './sqlite/settle.ts'
import { paceMethods } from './sqlite/pace.ts'
import { reportMethods } from './sqlite/reports.ts'
import { noteMethods } from './sqlite/notes.ts'
import { slotMethods } from './sqlite/slots.ts'
import { subscriberMethods } from './sqlite/subscribers.ts'
import { suppressionMethods } from './sqlite/suppressions.ts'
import { workMethods } from './sqlite/work.ts'

interface SqliteOptions {
  /** How long one try for a lock that another process holds may block; 5 s unless told. A dozen tries are made. */
  readonly busyTimeoutMs?: number
}

/**
 * The embedded store: one SQLite file. Opening it makes file and folder where they are missing, but no tables: call
 * `migrate` before anything else. Opening, reading and closing a store that is up to date changes no byte of it.
 *
 * @param path `:memory:` for a store that is gone when it is closed.
 * @throws StoreError when the file is not a store, is one of a newer groundwire, or cannot be opened.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Store> {
  const db = await connect(path, options.busyTimeoutMs ?? 5000)
  try {
    refuseNewer(db)
  } catch (error) {
    db.close()
    throw error
  }
  return {
    migrate: () => migrate(db),
    ...noteMethods(db),
    ...slotMethods(db),
    ...amendmentMethods(db),
    ...itemMethods(db),
    ...editionMethods(db),
    ...documentMethods(db),
    ...approvalMethods(db),
    ...controlMethods(db),
    ...claimMethods(db),
    ...settleMethods(db),
    ...resolveMethods(db),
    ...ledgerMethods(db),
    ...countMethods(db),
    ...workMethods(db),
    ...subscriberMethods(db),
    ...suppressionMethods(db),
    ...reportMethods(db),
    ...paceMethods(db),
    close: async () => db.close(),
  }
}
