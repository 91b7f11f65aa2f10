import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StoreError } from '../../src/store/error.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { connect } from '../../src/store/sqlite/connection.ts'
import { explain } from '../../src/store/sqlite/explain.ts'
import {
  freezeOf,
  itemNamed,
  mailingOf,
  postNamed,
  readingOf,
  readItem,
  requestBy,
  subscriberNamed,
} from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

const MIGRATIONS = ['0001-first', '0002-attempt-groups', '0003-readers', '0004-amendments', '0005-documents']

describe('opening', () => {
  test('makes missing folders, and leaves nothing beside the file when it is closed', async () => {
    const path = join(newFolder(), 'a', 'b', 'store.sqlite')
    const store = await openSqlite(path)
    expect(await store.migrate()).toEqual(MIGRATIONS)
    expect(await store.migrate()).toEqual([])
    await store.close()
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([true, false, false])
  })

  test('a second run that finds nothing new changes no byte and no time', async () => {
    const path = join(newFolder(), 'store.sqlite')
    const reading = readingOf([readItem(itemNamed('a'))], { validators: { etag: '"1"' } })
    const run = async (): Promise<void> => {
      const store = await openSqlite(path)
      await store.migrate()
      await store.remember('secret', () => 'x')
      await store.record(reading, '2026-06-29')
      await store.addSubscribers([subscriberNamed('a')])
      await store.approve(freezeOf([postNamed('a')]))
      if (await store.claim(requestBy('w')))
        await store.settle('w', new Map([['posts/a', { kind: 'sent', remoteId: '1' }]]), new Date(0))
      await store.settleEdition('daily/2026-06-29')
      await store.close()
    }
    const state = (): unknown => [readFileSync(path).toString('base64'), statSync(path, { bigint: true }).mtimeNs]
    await run()
    const before = state()
    await run()
    expect(state()).toEqual(before)
    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false])
  })

  test('a commit is on the disk before it is acknowledged, and no row points nowhere', async () => {
    const { path } = await forThisTestOnFile()
    const db = await connect(path, 1)
    const settings = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => db.get(`PRAGMA ${name}`))
    db.close()
    expect(settings).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }, { foreign_keys: 1 }])
  })

  test('several processes may make and migrate the same new store at once', async () => {
    const path = join(newFolder(), 'store.sqlite')
    const results = await Promise.all(
      Array.from({ length: 4 }, (_, at) => runChild('approving-child.ts', path, `${at}`)),
    )
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(results.map(() => [0, '']))
  })

  test('two that find the same migration missing apply it once', async () => {
    const path = join(newFolder(), 'store.sqlite')
    const stores = [await openSqlite(path, { busyTimeoutMs: 1 }), await openSqlite(path, { busyTimeoutMs: 1 })]
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const migrating = Promise.all(stores.map((store) => store.migrate()))
    other.exec('COMMIT')
    other.close()
    expect((await migrating).flat()).toEqual(MIGRATIONS)
    await Promise.all(stores.map((store) => store.close()))
  })

  test('of approvals in several processes at once exactly one succeeds', async () => {
    const { path, store } = await forThisTestOnFile()
    const results = await Promise.all(
      Array.from({ length: 4 }, (_, at) => runChild('approving-child.ts', path, `${at}`)),
    )
    const approved = results.flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line.startsWith('approved'))
    expect(approved).toHaveLength(1)
    expect((await store.ledger({})).map(({ target }) => `approved ${target}`)).toEqual(approved)
  })

  test('a store in memory works like one on disk, and is gone afterwards', async () => {
    const store = await openSqlite(':memory:')
    await store.migrate()
    await store.addSubscribers([subscriberNamed('a')])
    expect(await store.approve(freezeOf([], { mailings: [mailingOf()] }))).toBe(true)
    expect((await store.claim(requestBy('w')))?.deliveries).toHaveLength(1)
    await store.close()
    expect(existsSync(':memory:')).toBe(false)
  })
})

describe('what cannot be opened is explained', () => {
  test('a file that is no database, which is left as it is', async () => {
    const path = join(newFolder(), 'store.sqlite')
    const content = 'This is just some text that a person wrote down. '.repeat(20)
    writeFileSync(path, content)
    expect(await messageOf(openSqlite(path), path)).toMatch(/not an SQLite database\. Move it away/)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('a damaged store', async () => {
    const { path, store } = await forThisTestOnFile()
    await store.addSubscribers(Array.from({ length: 500 }, (_, at) => subscriberNamed(`${at}`)))
    await store.close()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xff, 4096))
    expect(await messageOf(openSqlite(path), path)).toMatch(/is damaged\. Keep a copy of it, then put a backup/)
  })

  test('a folder where the file should be', async () => {
    const path = newFolder()
    expect(await messageOf(openSqlite(path), path)).toMatch(/must be a file/)
  })

  test('a file where a folder should be', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(await messageOf(openSqlite(join(file, 'store.sqlite')), file)).toMatch(/another data folder/)
  })

  test('a folder that this user may not write to', async () => {
    const folder = newFolder()
    const store = await openSqlite(join(folder, 'old.sqlite'))
    await store.migrate()
    await store.close()
    chmodSync(folder, 0o555)
    const old = join(folder, 'old.sqlite')
    const fresh = join(folder, 'new.sqlite')
    const below = join(folder, 'sub', 'new.sqlite')
    const messages = await asOrdinaryUser(async () => [
      await messageOf(openSqlite(old), old),
      await messageOf(openSqlite(fresh), fresh),
      await messageOf(openSqlite(below), join(folder, 'sub')),
    ])
    chmodSync(folder, 0o755)
    expect(messages).toEqual([
      expect.stringMatching(/folder that this user may read and write|right to write the file and its folder/),
      expect.stringMatching(/folder that this user may read and write/),
      expect.stringMatching(/cannot be made: .*another data folder/),
    ])
  })

  test('a database of another program, which is left as it is', async () => {
    const path = join(newFolder(), 'other.sqlite')
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE theirs (x)')
    other.close()
    const before = readFileSync(path)
    await expect(openSqlite(path)).rejects.toThrow(/of another program/)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('a store of a newer groundwire', async () => {
    const { path, store } = await forThisTestOnFile()
    await store.close()
    change(path, 'PRAGMA user_version = 99')
    await expect(openSqlite(path)).rejects.toThrow(/made by a newer groundwire \(schema 99, .*Update groundwire/)
  })

  test('a store that was not migrated', async () => {
    const path = join(newFolder(), 'store.sqlite')
    const store = await openSqlite(path)
    expect(await messageOf(store.items({}), path)).toMatch(/groundwire migrate/)
    await store.close()
  })

  test('a store that is closed already; closing it twice is fine', async () => {
    const { path, store } = await forThisTestOnFile()
    await store.close()
    await store.close()
    expect(await messageOf(store.items({}), path)).toMatch(/closed/)
  })

  test('a full disk, after which everything is as before', () => {
    const small = new DatabaseSync(':memory:')
    small.exec('PRAGMA max_page_count = 4; CREATE TABLE t (x)')
    const error = caught(() => small.exec(`INSERT INTO t VALUES (zeroblob(100000))`))
    expect(explain('/data/store.sqlite', error)).toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(/^The store \/data\/store.sqlite cannot grow: the disk is full\. Free some space/),
      cause: error,
    })
  })

  test('a store that may only be read', async () => {
    const { path } = await forThisTestOnFile()
    const readOnly = new DatabaseSync(path, { readOnly: true })
    const error = caught(() => readOnly.exec('DELETE FROM items'))
    expect(explain(path, error)).toMatchObject({
      message: expect.stringMatching(/cannot be written to\. Give this user/),
    })
  })

  test('a row that something else has changed, without telling what is in it', async () => {
    const { path, store } = await forThisTestOnFile()
    await store.record(readingOf([readItem(itemNamed('a'))]), '2026-06-29')
    change(path, `UPDATE items SET item = json_set(item, '$.title', 12345)`)
    await expect(store.items({})).rejects.toThrow(/^A row of the table "items" cannot be read \(item\.title: /)
    await expect(store.items({})).rejects.not.toThrow(/12345/)
    change(path, `UPDATE items SET item = 'not json'`)
    await expect(store.items({})).rejects.toThrow(/item: is not JSON/)
  })
})

describe('a store that another process writes to', () => {
  test('is waited for, and then explained', async () => {
    const { path } = await forThisTestOnFile()
    const store = await openSqlite(path, { busyTimeoutMs: 1 })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(await messageOf(store.addSubscribers([subscriberNamed('a')]), path)).toMatch(
      /another process has been writing/,
    )
    const waiting = store.addSubscribers([subscriberNamed('a')])
    other.exec('COMMIT')
    expect(await waiting).toBe(1)
    await store.close()
  })

  test('can be read meanwhile', async () => {
    const { path } = await forThisTestOnFile()
    const store = await openSqlite(path, { busyTimeoutMs: 1 })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(await store.items({})).toEqual([])
    expect(await store.claim(requestBy('w'))).toBeUndefined()
    other.exec('ROLLBACK')
    await store.close()
  })
})

test.each(['held', 'cancelled'])(
  'nothing is claimed from an edition that is %s, and nobody is kept awake by it',
  async (state) => {
    const { path, store } = await forThisTestOnFile()
    await store.approve(freezeOf([postNamed('a'), postNamed('b')]))
    await store.claim(requestBy('w'))
    const later = { kind: 'later', notBefore: new Date('2026-06-29T12:00:00.000Z'), reason: 'busy' } as const
    await store.settle('w', new Map([['posts/a', later]]), new Date(0))
    change(path, `UPDATE editions SET state = '${state}'`)
    expect(await store.claim(requestBy('w'))).toBeUndefined()
    expect(await store.nextDue(['posts'])).toBeUndefined()
    expect(await store.settleEdition('daily/2026-06-29')).toBe(state)
  },
)

test('addresses are kept with subscribers and deliveries alone', async () => {
  const { path, store } = await forThisTestOnFile()
  await store.addSubscribers([subscriberNamed('a', { address: 'private@reader.example' })])
  await store.approve(freezeOf([], { mailings: [mailingOf()] }))
  const claim = await store.claim(requestBy('w'))
  const sent = (claim?.deliveries ?? []).map(({ key }) => [key, { kind: 'sent', remoteId: '1' }] as const)
  await store.settle('w', new Map(sent), new Date(0))
  const database = new DatabaseSync(path)
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  const holding = tables
    .map(({ name }) => String(name))
    .filter((name) => JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all()).includes('private@'))
  expect(holding.sort()).toEqual(['deliveries', 'subscribers'])
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function forThisTestOnFile(): Promise<Awaited<ReturnType<typeof openNewSqlite>>> {
  const opened = await openNewSqlite()
  onTestFinished(() => opened.close())
  return opened
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

function caught(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Of a StoreError that names the path and its cause; anything else is thrown on. */
async function messageOf(promise: Promise<unknown>, path: string): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  )
  if (error instanceof StoreError && error.cause instanceof Error && error.message.includes(path)) return error.message
  throw error
}

/** Root may write anywhere, so it becomes somebody else for a moment. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function runChild(name: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, import.meta.url)), ...args])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })))
}
