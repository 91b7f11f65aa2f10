import { onTestFinished } from 'vitest'
import type { Store } from '../../../src/ports.ts'

/** A store under test, with what only its database can tell. */
export interface OpenedStore {
  readonly store: Store
  /** One more handle on the same database, as another process would have. */
  readonly another: () => Promise<Store>
  /** Closes every handle and opens the database anew. */
  readonly reopen: () => Promise<Store>
  /** Differs whenever anything was written in between. */
  readonly fingerprint: () => Promise<string>
  /** Closes every handle and removes the database. */
  readonly close: () => Promise<void>
}

export type OpenStore = () => Promise<OpenedStore>

/** Opened for one test and gone after it. */
export async function forThisTest(open: OpenStore): Promise<OpenedStore> {
  const opened = await open()
  onTestFinished(() => opened.close())
  return opened
}
