import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/ports.ts'
import { sql as first } from '../../src/store/sqlite/schema-0001.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { claimAll, editionOf, keysOf, minutesAfterNoon, NOON, requestBy } from '../contracts/store/fixtures.ts'

const ID = 'daily/2026-06-29'
const noon = NOON.toISOString()
const soon = minutesAfterNoon(1).toISOString()
const late = minutesAfterNoon(5).toISOString()

/** A row of `deliveries` as the first schema had it. */
interface OldRow {
  readonly key: string
  readonly group: string
  readonly state: string
  readonly attempts?: number
  readonly claimedBy?: string
  readonly notBefore?: string
  readonly reason?: string
  readonly remoteId?: string
}

test('deliveries in every state keep what is known of them', async () => {
  const store = await migrated([
    { key: 'planned', group: 'g/planned', state: 'planned' },
    { key: 'claimed', group: 'g/claimed', state: 'claimed', attempts: 1, claimedBy: 'old' },
    { key: 'sent', group: 'g/sent', state: 'sent', attempts: 1, remoteId: 'r1' },
    { key: 'rejected', group: 'g/rejected', state: 'rejected', attempts: 2, reason: 'no' },
    { key: 'waiting', group: 'g/waiting', state: 'waiting', attempts: 1, notBefore: soon, reason: 'busy' },
    { key: 'unknown', group: 'g/unknown', state: 'unknown', attempts: 3, notBefore: late, reason: 'reset' },
    { key: 'review', group: 'g/review', state: 'review', attempts: 4, reason: 'look' },
    { key: 'superseded', group: 'g/superseded', state: 'superseded', reason: 'overtaken' },
  ])
  const entries = await store.ledger({})
  const open = { firstAttemptAt: noon }
  const ended = { ...open, settledAt: soon }
  const shared = { edition: ID, channel: 'posts', rendering: 'post', target: 't' }
  const expected = [
    { group: 'g/planned', state: 'planned', attempts: 0, doubts: 0 },
    { group: 'g/claimed', state: 'claimed', attempts: 1, doubts: 0, ...open },
    { group: 'g/sent', state: 'sent', attempts: 1, doubts: 0, remoteId: 'r1', ...ended },
    { group: 'g/rejected', state: 'rejected', attempts: 2, doubts: 0, reason: 'no', ...ended },
    { group: 'g/waiting', state: 'waiting', attempts: 1, doubts: 0, reason: 'busy', notBefore: soon, ...open },
    { group: 'g/unknown', state: 'unknown', attempts: 3, doubts: 2, reason: 'reset', notBefore: late, ...open },
    { group: 'g/review', state: 'review', attempts: 4, doubts: 0, reason: 'look', ...ended },
    { group: '', state: 'superseded', attempts: 0, doubts: 0, reason: 'overtaken', settledAt: soon },
  ]
  expect(entries).toEqual(expected.map((known) => ({ key: known.state, ...shared, ...known })))
  expect((await store.counts(ID)).map(({ count }) => count)).toEqual(Array.from({ length: 8 }, () => 1))
  expect([await store.owed(), await store.holders(), await store.nextDue(['posts'])]).toEqual([
    4,
    ['old'],
    minutesAfterNoon(1),
  ])
  const plannedAt = '2026-06-29T06:00:00.000Z'
  expect(await store.editions(1)).toMatchObject([{ id: ID, plannedAt, approvedAt: noon, letGoAt: noon }])
})

test('of a group in several states, what was called stays under its key and what was not gets another', async () => {
  const store = await migrated([
    { key: 'a', group: 'g', state: 'waiting', attempts: 1, notBefore: soon, reason: 'busy' },
    { key: 'b', group: 'g', state: 'sent', attempts: 1, remoteId: 'r' },
    { key: 'c', group: 'g', state: 'unknown', attempts: 2, notBefore: soon, reason: 'reset' },
    { key: 'd', group: 'g', state: 'waiting', attempts: 1, notBefore: late, reason: 'busy' },
    { key: 'e', group: 'h', state: 'waiting', attempts: 1, notBefore: soon, reason: 'busy' },
    { key: 'f', group: 'h', state: 'waiting', attempts: 1, notBefore: late, reason: 'busy' },
    { key: 'g', group: 'i', state: 'claimed', attempts: 1, claimedBy: 'old' },
    { key: 'h', group: 'i', state: 'unknown', attempts: 1, notBefore: soon, reason: 'reset' },
  ])
  const request = requestBy('new', { now: minutesAfterNoon(9), gone: ['old'] })
  const claims = await claimAll(store, request)
  const told = claims.map((claim) => [claim.kind, claim.group, keysOf(claim), claim.settled.map(({ key }) => key)])
  expect(told).toEqual([
    ['doubtful', 'g', ['c'], ['b']],
    ['fresh', expect.stringMatching(/^g\+\d+$/), ['a', 'd'], []],
    ['fresh', 'h', ['e', 'f'], []],
    ['doubtful', 'i', ['g', 'h'], []],
  ])
})

test('an edition that was approved before comes to its end after it', async () => {
  const store = await migrated([
    { key: 'a', group: 'a', state: 'sent', attempts: 1 },
    { key: 'b', group: 'b', state: 'planned' },
  ])
  expect(await store.settleEdition(ID)).toBe('sending')
  await store.claim(requestBy('w'))
  await store.settle('w', new Map([['b', { kind: 'sent', remoteId: '1' }]]), NOON)
  expect(await store.settleEdition(ID)).toBe('sent')
})

/** A store of the first schema with these deliveries of one edition, brought up to date. */
async function migrated(rows: readonly OldRow[]): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-migration-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'store.sqlite')
  const old = new DatabaseSync(path)
  old.exec(`${first}; PRAGMA user_version = 1`)
  old
    .prepare(`INSERT INTO editions VALUES (?, '2026-06-29', 'sending', '', ?, 'News', 0, ?, '[]')`)
    .run(ID, noon, JSON.stringify(editionOf('2026-06-29')))
  old
    .prepare(
      `INSERT INTO renderings VALUES (?, 'posts', 'post', 0, '', '', '', NULL, 'text/plain', '', '', NULL, '[]', '[]', 1)`,
    )
    .run(ID)
  for (const row of rows) addOld(old, row)
  old.close()
  const store = await openSqlite(path)
  onTestFinished(() => store.close())
  expect(await store.migrate()).toContain('0002-attempt-groups')
  return store
}

function addOld(old: DatabaseSync, row: OldRow): void {
  const isOpen = ['planned', 'claimed', 'waiting', 'unknown'].includes(row.state)
  old
    .prepare(
      `INSERT INTO deliveries (key, attempt_group, edition, channel, rendering, target, state, attempts, first_attempt_at,
         claimed_by, claimed_at, not_before, reason, remote_id, settled_at)
       VALUES (?, ?, ?, 'posts', 'post', 't', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.key,
      row.group,
      ID,
      row.state,
      row.attempts ?? 0,
      row.attempts === undefined ? null : noon,
      row.claimedBy ?? null,
      row.claimedBy === undefined ? null : noon,
      row.notBefore ?? null,
      row.reason ?? null,
      row.remoteId ?? null,
      isOpen ? null : soon,
    )
}
