import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../ports.ts'
import { openSqlite } from '../store/sqlite.ts'

const STORE_FILE = 'groundwire.db'

/** The store of a data folder, made when there is none and brought up to date; `applied` names the migrations that took. */
export async function openStore(dataFolder: string): Promise<{ readonly store: Store; readonly applied: string[] }> {
  const store = await openSqlite(join(dataFolder, STORE_FILE))
  return { store, applied: await store.migrate() }
}

/** For looking: undefined, and nothing made, when there is no store yet. */
export async function openExistingStore(dataFolder: string): Promise<Store | undefined> {
  return existsSync(join(dataFolder, STORE_FILE)) ? (await openStore(dataFolder)).store : undefined
}

/**
 * A copy of the store in the system's temporary folder, for finding out what would happen by doing it; closing throws it away. The
 * log that SQLite writes ahead is copied too: its frames carry checksums, so that a torn tail is left out, not misread.
 */
export async function openScratchStore(dataFolder: string): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-'))
  const [path, copy] = [join(dataFolder, STORE_FILE), join(folder, STORE_FILE)]
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  const store = await openSqlite(copy)
  await store.migrate()
  return {
    ...store,
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
