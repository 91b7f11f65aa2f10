import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { run, type RunReport } from '../../src/pipeline/run.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, onePerEdition, type FakeChannel } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, lesson, never, news, runInput } from './fixture.ts'

let folder: string
let channels: readonly FakeChannel[]
const clock = testClock()
const items = [news('tides'), news('clocks'), news('bees'), news('old', '2026-06-20'), lesson('sea')]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-run-'))
  channels = [
    fakeChannel('mail', { audience: 'subscribers', perAttempt: 3, renderings: onePerEdition, replayWindowMs: 0 }),
    fakeChannel('posts', { replayWindowMs: 0 }),
  ]
  await (await testStore({ subscribers: 20, path: join(folder, 'store.db') })).close()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A pass of a process of its own, as far as the store can tell. */
async function pass(worker: string): Promise<RunReport> {
  const store = await openSqlite(join(folder, 'store.db'))
  const input = runInput(fakeSource(...items), channels, { worker: { name: worker, isGone: () => false } })
  try {
    return await run({ clock, store, log: testLog() }, input, () => undefined, never)
  } finally {
    await store.close()
  }
}

const bytes = (): string[] =>
  readdirSync(folder).map((name) => {
    const hash = createHash('sha256').update(readFileSync(join(folder, name)))
    return `${name} ${hash.digest('hex')}`
  })

const copies = (): number[] => channels.flatMap(({ accepted }) => [...accepted.values()])

it('a second run changes no byte of the store', async () => {
  expect((await pass('a')).verdict).toBe('approved')
  const before = bytes()
  clock.advance(3_600_000)
  expect(await pass('b')).toMatchObject({ verdict: 'unchanged', delivered: 0 })
  expect(bytes()).toEqual(before)
})

it('runs of several processes at once deliver everything once', async () => {
  const reports = await Promise.all(['a', 'b', 'c', 'd'].map(pass))
  expect(reports.filter(({ verdict }) => verdict === 'approved')).toHaveLength(1)
  expect(copies()).toEqual(Array.from({ length: 23 }, () => 1))
  expect((await pass('e')).state).toBe('sent')
})
