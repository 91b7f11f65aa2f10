import {
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { backup, DatabaseSync } from 'node:sqlite'
import type { Store } from '../ports.ts'
import { StoreError } from '../store/error.ts'
import { openSqlite } from '../store/sqlite.ts'
import { explain } from '../store/sqlite/explain.ts'
import { isGone, workerName } from '../world/worker.ts'

const STORE_FILE = 'groundwire.db'

/** The store of a data folder, made when there is none and brought up to date; `applied` names the migrations that took. */
export async function openStore(dataFolder: string): Promise<{ readonly store: Store; readonly applied: string[] }> {
  const path = join(dataFolder, STORE_FILE)
  if (!existsSync(path)) makePrivate(dataFolder, path)
  const store = await openSqlite(path)
  return { store, applied: await store.migrate() }
}

/**
 * The store holds addresses and the key of the readers' tokens: for its owner's eyes alone, and for no repository. An
 * empty file is a new store to SQLite, which gives its mode to `-wal` and `-shm` too. The folder stays open to others:
 * a web server may serve `public/` in it.
 */
function makePrivate(dataFolder: string, path: string): void {
  try {
    mkdirSync(dataFolder, { recursive: true })
    const ignore = join(dataFolder, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `The store ${path} cannot be made: ${reason}. Choose another data folder.`
    throw new StoreError(text, { cause: error })
  }
}

/** For looking: undefined, and nothing made, when there is no store yet. */
export async function openExistingStore(dataFolder: string): Promise<Store | undefined> {
  return existsSync(join(dataFolder, STORE_FILE)) ? (await openStore(dataFolder)).store : undefined
}

/**
 * A copy of the store in the system's temporary folder, for finding out what would happen by doing it; closing throws it
 * away. In the data folder nothing is added, removed or written, besides marks in the shared memory of a store in use.
 * Copies that killed processes left are thrown away too: they hold every address.
 */
export async function openScratchStore(dataFolder: string): Promise<Store> {
  clearScratch()
  const owner = Buffer.from(workerName()).toString('base64url')
  const folder = mkdtempSync(join(tmpdir(), `groundwire-${owner}.`))
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

const SCRATCH = /^groundwire-([\w-]+)\.\w{6}$/

/** What cannot be removed is left: it is another's, or somebody else is at it. */
function clearScratch(): void {
  for (const name of temporaryNames()) {
    const owner = SCRATCH.exec(name)?.[1]
    if (owner === undefined || !isGone(Buffer.from(owner, 'base64url').toString())) continue
    const folder = join(tmpdir(), name)
    try {
      const found = lstatSync(folder)
      // Anybody may put something of that name there, and root could remove it.
      if (found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid))
        rmSync(folder, { recursive: true, force: true })
    } catch {
      continue
    }
  }
}

/** None where the folder may be written to, but not listed. */
function temporaryNames(): string[] {
  try {
    return readdirSync(tmpdir())
  } catch {
    return []
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
