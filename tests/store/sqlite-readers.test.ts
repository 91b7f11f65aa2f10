import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Report } from '../../src/domain/report.ts'
import { connect, type Connection } from '../../src/store/sqlite/connection.ts'
import { paceMethods } from '../../src/store/sqlite/pace.ts'
import { reportMethods } from '../../src/store/sqlite/reports.ts'
import { sql as schema1 } from '../../src/store/sqlite/schema-0001.ts'
import { subscriberMethods } from '../../src/store/sqlite/subscribers.ts'
import { suppressionMethods } from '../../src/store/sqlite/suppressions.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { freezeOf, mailingOf, NOON, subscriberNamed } from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

test('readers of a store of the first schema keep address, state and consent, and get the daily edition', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-readers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'store.sqlite')
  const db = await connect(path, 1000)
  db.exec(schema1)
  db.exec('PRAGMA user_version = 1')
  const insert = 'INSERT INTO subscribers (id, address, state, consent) VALUES (:id, :address, :state, :consent)'
  const known = [subscriberNamed('a'), subscriberNamed('b', { state: 'unsubscribed', consent: 'by form' })]
  for (const { id, address, state, consent } of known) db.run(insert, { id, address, state, consent })
  db.close()
  const store = await openSqlite(path)
  onTestFinished(() => store.close())
  await store.migrate()
  expect([await store.subscriber('a'), await store.subscriber('b')]).toEqual(known)
  await store.approve(freezeOf([], { mailings: [mailingOf()] }))
  expect((await store.ledger({})).map(({ target }) => target)).toEqual(['a'])
})

// With a million readers a walk through their table takes most of a second; a seek takes microseconds.

test('nothing but listing and counting walks through the readers, the ledger or what was reported', async () => {
  const told: Report = {
    id: '1',
    kind: 'bounced',
    delivery: 'mail/daily/2026-06-29/a',
    at: NOON.toISOString(),
    remoteId: 'r',
    permanent: false,
    reason: '',
  }
  const plan = await plansOf(async (db) => {
    const readers = subscriberMethods(db)
    await readers.addSubscribers([subscriberNamed('b')])
    await readers.addressStatuses(['b@reader.example'])
    await readers.unsubscribe('b', '', NOON)
    await readers.renewConsent('b', 'asked', NOON)
    await suppressionMethods(db).suppress('b@reader.example', 'editor', '', NOON)
    const rules = { softBounceEditions: 1, now: NOON }
    for (const [id, kind] of (['bounced', 'delivered', 'suppressed', 'complained'] as const).entries())
      expect(await reportMethods(db).report({ ...told, kind, id: String(id) }, rules)).toBe('applied')
    await paceMethods(db).reserve({ name: 'p', perSecond: 1 }, { now: NOON, spanMs: 1, horizonMs: 1 })
  })
  expect(plan).toContain('SEARCH reports USING COVERING INDEX reports_at (at<?)')
  const walks = plan.filter((step) => step.startsWith('SCAN'))
  expect(walks.filter((step) => !/^SCAN (json_each|CONSTANT ROW|asked)/.test(step))).toEqual([])
})

/** The steps by which SQLite carries out each statement that `work` uses on a store that owes reader `a` a mail. */
async function plansOf(work: (db: Connection) => Promise<void>): Promise<string[]> {
  const { path, store, close } = await openNewSqlite()
  await store.addSubscribers([subscriberNamed('a')])
  await store.approve(freezeOf([], { mailings: [mailingOf()] }))
  const db = await connect(path, 1000)
  onTestFinished(async () => {
    db.close()
    await close()
  })
  const used = new Set<string>()
  await work({
    ...db,
    all: (sql, values) => db.all(used.add(sql) && sql, values),
    get: (sql, values) => db.get(used.add(sql) && sql, values),
    run: (sql, values) => db.run(used.add(sql) && sql, values),
  })
  return [...used].flatMap((sql) => db.all(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => String(detail)))
}
