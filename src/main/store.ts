import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import type { Store } from '../ports.ts'
import { openSqlite } from '../store/sqlite.ts'
import { explain } from '../store/sqlite/explain.ts'

const STORE_FILE = 'groundwire.db'

/** The store of a data folder, made when there is none and brought up to date; `applied` names the migrations that took. */
export async function openStore(dataFolder: string): Promise<{ readonly store: Store; readonly applied: string[] }> {
  const path = join(dataFolder, STORE_FILE)
  const isNew = !existsSync(path)
  const store = await openSqlite(path)
  if (isNew) keepPrivate(dataFolder, path)
  return { store, applied: await store.migrate() }
}

/** The store holds addresses and the key of the readers' tokens: for its owner's eyes alone, and for no repository. */
function keepPrivate(dataFolder: string, path: string): void {
  chmodSync(path, 0o600)
  const ignore = join(dataFolder, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
}

/** For looking: undefined, and nothing made, when there is no store yet. */
export async function openExistingStore(dataFolder: string): Promise<Store | undefined> {
  return existsSync(join(dataFolder, STORE_FILE)) ? (await openStore(dataFolder)).store : undefined
}

/**
 * A copy of the store in the system's temporary folder, for finding out what would happen by doing it; closing throws it
 * away. In the data folder nothing is added, removed or written, besides marks in the shared memory of a store in use.
 */
export async function openScratchStore(dataFolder: string): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-'))
  const discard = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, STORE_FILE)
    await copyStore(join(dataFolder, STORE_FILE), copy)
    const store = await openSqlite(copy)
    try {
      await store.migrate()
    } catch (error) {
      await store.close()
      throw error
    }
    return { ...store, close: () => store.close().finally(discard) }
  } catch (error) {
    discard()
    throw error
  }
}

/**
 * Beside a writer, files copied one after the other may belong to different moments, so SQLite makes the copy, of one
 * moment. Without `-shm` nobody has the store open: its files are whole, and SQLite would leave a `-shm` behind.
 */
async function copyStore(path: string, copy: string): Promise<void> {
  if (!['-wal', '-shm'].every((suffix) => existsSync(path + suffix))) {
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
    return
  }
  try {
    const source = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    try {
      // All pages in one step: a backup in several begins again whenever somebody writes between two.
      await backup(source, copy, { rate: 2 ** 31 - 1 })
    } finally {
      source.close()
    }
  } catch (error) {
    throw explain(path, error)
  }
}
