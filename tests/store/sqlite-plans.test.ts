import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { approvalMethods } from '../../src/store/sqlite/approval.ts'
import { claimMethods } from '../../src/store/sqlite/claims.ts'
import { connect, type Connection } from '../../src/store/sqlite/connection.ts'
import { editionMethods } from '../../src/store/sqlite/editions.ts'
import { ledgerMethods } from '../../src/store/sqlite/ledger.ts'
import { freezeOf, mailingOf, minutesAfterNoon, NOON, postNamed, requestBy } from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

// With a million deliveries a walk through the table takes half a second; a seek takes microseconds.

test('claiming and settling never walk the ledger, nor sort it', async () => {
  const plan = await plansOf(async (db) => {
    await claimMethods(db).claim(requestBy('w', { gone: ['v'] }))
    const later = { kind: 'later', notBefore: minutesAfterNoon(1), reason: 'busy' } as const
    await ledgerMethods(db).settle('w', new Map([['posts/a', later]]), NOON)
    await ledgerMethods(db).nextDue(['posts'])
    await ledgerMethods(db).holders()
    await editionMethods(db).settleEdition('daily/2026-06-29')
  })
  expect(plan).toContain('SEARCH deliveries USING INDEX deliveries_group (attempt_group=?)')
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual(plan.filter((step) => isSmall(step)))
  expect(plan.filter((step) => step.includes('FOR ORDER BY'))).toEqual([])
})

test('planning never walks the ledger either', async () => {
  const plan = await plansOf(async (db) => {
    const edition = { ...freezeOf([]).edition, id: 'daily/next' }
    const next = postNamed('b', { edition: edition.id })
    await approvalMethods(db).approve(freezeOf([next], { edition, mailings: [mailingOf()], documents: ['posts'] }))
  })
  expect(plan.some((step) => step.startsWith('SEARCH older'))).toBe(true)
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual(plan.filter((step) => isSmall(step)))
})

/** Parameters given as lists, the workers' own index, and the one walk over the subscribers that a mailing is. */
function isSmall(step: string): boolean {
  return /^SCAN (json_each|deliveries USING COVERING INDEX deliveries_holder|slots USING|subscribers|\(subquery)/.test(
    step,
  )
}

/** The steps by which SQLite would carry out each statement that `work` uses on a store with one planned delivery. */
async function plansOf(work: (db: Connection) => Promise<void>): Promise<string[]> {
  const { path, store, close } = await openNewSqlite()
  await store.approve(freezeOf([postNamed('a')]))
  const db = await connect(path, 1000)
  const database = new DatabaseSync(path)
  onTestFinished(async () => {
    database.close()
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
  return [...used].flatMap((sql) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  )
}
