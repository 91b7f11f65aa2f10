import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sha256 } from '../../src/domain/hash.ts'
import { openScratchStore, openStore } from '../../src/main/store.ts'

let folder: string
let data: string
let temporary: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-store-test-'))
  data = join(folder, 'data')
  temporary = join(folder, 'temporary')
  for (const path of [data, temporary]) mkdirSync(path)
  vi.stubEnv('TMPDIR', temporary)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** The files of the data folder with their bytes; of the shared memory of a store in use only that it is there. */
function trace(): string[] {
  return storeFiles().map((name) => (name.endsWith('-shm') ? name : `${name} ${hashOf(name)}`))
}

function storeFiles(): string[] {
  return readdirSync(data).filter((name) => name !== '.gitignore')
}

function hashOf(name: string): string {
  return sha256(readFileSync(join(data, name)))
}

/** What the store remembers under this name; `made up` when it does not. */
async function remembered(name: string): Promise<string> {
  const scratch = await openScratchStore(data)
  const value = await scratch.remember(name, () => 'made up')
  await scratch.close()
  return value
}

it('copies a store that nobody has open, and leaves no trace of it anywhere', async () => {
  const { store } = await openStore(data)
  await store.remember('name', () => 'kept')
  await store.close()
  const before = trace()
  expect(await remembered('name')).toBe('kept')
  expect(await remembered('other')).toBe('made up')
  expect(trace()).toEqual(before)
  expect(before).toHaveLength(1)
  expect(readdirSync(temporary)).toEqual([])
})

it('copies a store that is open, with what is in its log only, and leaves no trace of it anywhere', async () => {
  const { store } = await openStore(data)
  await store.remember('name', () => 'kept')
  const before = trace()
  expect(before).toHaveLength(3)
  expect(await remembered('name')).toBe('kept')
  expect(await remembered('other')).toBe('made up')
  expect(trace()).toEqual(before)
  expect(readdirSync(temporary)).toEqual([])
  await store.close()
})

it('copies a store with a log that nobody has open, as a saved folder may have', async () => {
  const { store } = await openStore(data)
  await store.remember('name', () => 'kept')
  const saved = ['groundwire.db', 'groundwire.db-wal'].map((name) => [name, readFileSync(join(data, name))] as const)
  await store.close()
  for (const [name, bytes] of saved) writeFileSync(join(data, name), bytes)
  const before = trace()
  expect(before).toHaveLength(2)
  expect(await remembered('name')).toBe('kept')
  expect(trace()).toEqual(before)
})

it.runIf(process.platform !== 'win32')('keeps a new store and its log from others from the first moment', async () => {
  const before = process.umask(0o022)
  const fresh = join(data, 'fresh')
  const { store } = await openStore(fresh)
  await store.remember('name', () => 'kept')
  process.umask(before)
  const modes = readdirSync(fresh)
    .filter((name) => name.startsWith('groundwire.db'))
    .map((name) => `${name} ${(statSync(join(fresh, name)).mode & 0o777).toString(8)}`)
  await store.close()
  expect(modes).toEqual(['groundwire.db 600', 'groundwire.db-shm 600', 'groundwire.db-wal 600'])
})

it('says where the store cannot be made', async () => {
  writeFileSync(join(folder, 'letter'), '')
  await expect(openStore(join(folder, 'letter', 'data'))).rejects.toThrow(
    /^The store .*letter\/data.* cannot be made: /,
  )
})

it('begins with an empty store where there is none, and makes none', async () => {
  expect(await remembered('name')).toBe('made up')
  expect(readdirSync(data)).toEqual([])
})

it('leaves nothing behind when what is there is no store', async () => {
  writeFileSync(join(data, 'groundwire.db'), 'This is a letter, and not a database at all.'.repeat(100))
  await expect(openScratchStore(data)).rejects.toThrow('is not a groundwire store')
  for (const suffix of ['-wal', '-shm']) writeFileSync(join(data, `groundwire.db${suffix}`), '')
  await expect(openScratchStore(data)).rejects.toThrow(`${data}/groundwire.db is not a groundwire store`)
  expect(readdirSync(temporary)).toEqual([])
})

// Every transaction gives all rows one value, and the log is moved into the file all the time.
const WRITER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const db = new DatabaseSync(workerData, { timeout: 5000 })
  db.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 10')
  const insert = db.prepare('INSERT INTO memory (name, value) VALUES (?, ?)')
  db.exec('BEGIN')
  for (let row = 0; row < 300; row++) insert.run('row ' + String(row).padStart(3, '0'), '0'.repeat(4000))
  db.exec('COMMIT')
  parentPort.postMessage('ready')
  const update = db.prepare("UPDATE memory SET value = ? WHERE name LIKE 'row %'")
  for (let turn = 1; ; turn++) update.run(String(turn).padStart(4000, '0'))
`

it('is of one moment, though somebody writes all the time', async () => {
  await (await openStore(data)).store.close()
  const writer = new Worker(WRITER, { eval: true, workerData: join(data, 'groundwire.db') })
  await new Promise((resolve) => writer.once('message', resolve))
  for (let copy = 0; copy < 15; copy++) {
    const scratch = await openScratchStore(data)
    const rows = Array.from({ length: 300 }, (_, row) => `row ${String(row).padStart(3, '0')}`)
    const values = await Promise.all(rows.map((name) => scratch.remember(name, () => 'lost')))
    await scratch.close()
    expect(new Set(values).size).toBe(1)
  }
  await writer.terminate()
})

it('throws away the copy that a killed process left, and no other', async () => {
  const { store } = await openStore(data)
  await store.close()
  const module = fileURLToPath(new URL('../../src/main/store.ts', import.meta.url))
  const script = `import { openScratchStore } from ${JSON.stringify(module)}
    await openScratchStore(${JSON.stringify(data)})
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  await once(child.stdout, 'data')
  const [left = ''] = readdirSync(temporary)
  expect(readdirSync(join(temporary, left))).toContain('groundwire.db')

  await (await openScratchStore(data)).close()
  expect(readdirSync(temporary)).toEqual([left])

  child.kill('SIGKILL')
  await once(child, 'exit')
  const link = `groundwire-${Buffer.from(`${hostname()}:999999999:1`).toString('base64url')}.abcdef`
  symlinkSync(data, join(temporary, link))
  mkdirSync(join(temporary, 'groundwire-of-another'))
  await (await openScratchStore(data)).close()
  expect(readdirSync(temporary).toSorted()).toEqual([link, 'groundwire-of-another'].toSorted())
  expect(existsSync(join(data, 'groundwire.db'))).toBe(true)
})
