import { spawn } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/ports.ts'
import { NOON, requestBy, subscriberNamed } from '../contracts/store/fixtures.ts'
import { openNewSqlite } from '../store/open-sqlite.ts'

const ROUNDS = 15
const READERS = 100
/** Within this time after its start the child is killed: time for an approval and some tens of transactions. */
const LONGEST_LIFE_MS = 80

test(
  'kill -9 at any instant loses nothing that was acknowledged and repeats nothing',
  { timeout: 60_000 },
  async () => {
    const { path, store, reopen, close } = await openNewSqlite()
    onTestFinished(close)
    await store.addSubscribers(Array.from({ length: READERS }, (_, at) => subscriberNamed(`reader-${at}`)))
    const random = seeded(20260629)
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const said = await runUntilKilled(path, `worker-${round}`, random() * LONGEST_LIFE_MS)
      acknowledged.push(...said)
      expect(problemsOf(path)).toEqual([])
      await expectNothingLost(await reopen(), acknowledged)
    }
    const settled = acknowledged.filter((line) => line.startsWith('settled'))
    expect(settled.length).toBeGreaterThan(ROUNDS)
    expect(new Set(settled).size).toBe(settled.length)
    await expectAllSentInTheEnd(await reopen())
  },
)

async function expectNothingLost(store: Store, acknowledged: readonly string[]): Promise<void> {
  const entries = new Map((await store.ledger({})).map((entry) => [entry.key, entry]))
  const has = { approved: new Set<string>(), claimed: new Set<string>(), settled: new Set<string>() }
  for (const line of acknowledged) {
    const [verb, what = ''] = line.split(' ')
    if (verb === 'approved' || verb === 'claimed' || verb === 'settled') has[verb].add(what)
  }
  const states = await store.editions(10_000)
  const approved = new Set(states.map(({ id }) => id))
  expect([...has.approved].filter((id) => !approved.has(id))).toEqual([])
  const counts = Map.groupBy(entries.values(), ({ edition }) => edition)
  expect([...approved].filter((id) => counts.get(id)?.length !== READERS)).toEqual([])
  expect([...has.settled].filter((key) => entries.get(key)?.state !== 'sent')).toEqual([])
  expect([...has.claimed].filter((key) => (entries.get(key)?.attempts ?? 0) === 0)).toEqual([])
  // What nobody settled is either still held by one that was killed, or was never touched.
  const open = [...entries.values()].filter(({ state }) => state !== 'sent')
  expect(open.filter(({ state, attempts }) => state !== 'claimed' && attempts > 0)).toEqual([])
}

async function expectAllSentInTheEnd(store: Store): Promise<void> {
  const gone = await store.holders()
  for (;;) {
    const claim = await store.claim(requestBy('last', { gone }))
    if (!claim) break
    const sent = claim.deliveries.map(({ key }) => [key, { kind: 'sent', remoteId: 'last' }] as const)
    await store.settle('last', new Map(sent), NOON)
  }
  expect((await store.counts()).every(({ state, count }) => state === 'sent' && count === READERS)).toBe(true)
}

/** @returns the whole lines that the child wrote before it was killed. */
function runUntilKilled(path: string, worker: string, lifeMs: number): Promise<string[]> {
  const script = fileURLToPath(new URL('store-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, path, worker], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), lifeMs)
    output += String(chunk)
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error(`the child ended by itself with code ${code}`))
    })
  })
}

/** What SQLite itself finds wrong with the file. */
function problemsOf(path: string): unknown[] {
  const database = new DatabaseSync(path)
  const integrity = database.prepare('PRAGMA integrity_check').all()
  const foreign = database.prepare('PRAGMA foreign_key_check').all()
  database.close()
  return [...integrity.filter((row) => row['integrity_check'] !== 'ok'), ...foreign]
}

/** Numbers in [0, 1) that are the same at every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
