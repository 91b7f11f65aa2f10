import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { OpenedStore } from '../contracts/store.ts'

/** A store in a folder of its own, as the contract suite wants it, and the path of its file. */
export async function openNewSqlite(): Promise<OpenedStore & { readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-store-'))
  const path = join(folder, 'store.sqlite')
  const open = new Set<Store>()
  const another = async (): Promise<Store> => {
    const store = await openSqlite(path)
    open.add(store)
    return store
  }
  const closeAll = async (): Promise<void> => {
    for (const store of open) await store.close()
    open.clear()
  }
  const store = await another()
  await store.migrate()
  const watcher = new DatabaseSync(path, { readOnly: true })
  return {
    path,
    store,
    another,
    reopen: async () => {
      await closeAll()
      return another()
    },
    // Counts the commits of other connections that changed the file.
    fingerprint: async () => String(watcher.prepare('PRAGMA data_version').get()?.['data_version']),
    close: async () => {
      watcher.close()
      await closeAll()
      rmSync(folder, { recursive: true })
    },
  }
}
