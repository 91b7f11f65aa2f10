import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { Settlement } from '../../src/ports.ts'
import { approvalMethods } from '../../src/store/sqlite/approval.ts'
import { claimMethods } from '../../src/store/sqlite/claims.ts'
import { connect, type Connection } from '../../src/store/sqlite/connection.ts'
import { countMethods } from '../../src/store/sqlite/counts.ts'
import { editionMethods } from '../../src/store/sqlite/editions.ts'
import { settleMethods } from '../../src/store/sqlite/settle.ts'
import { workMethods } from '../../src/store/sqlite/work.ts'
import {
  freezeOf,
  keysOf,
  mailingOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  requestBy,
} from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

// With a million deliveries a walk through the table takes half a second; a seek takes microseconds.

test('claiming and settling never walk the ledger, nor sort it', async () => {
  const plan = await plansOf(async (db) => {
    const claim = await claimMethods(db).claim(requestBy('w', { gone: ['v'] }))
    const later = { kind: 'later', notBefore: minutesAfterNoon(1), reason: 'busy' } as const
    const sent = { kind: 'sent', remoteId: '1' } as const
    expect(keysOf(claim)).toEqual(['posts/a', 'posts/b'])
    await settleMethods(db).settle(
      'w',
      new Map<string, Settlement>([
        ['posts/a', later],
        ['posts/b', sent],
      ]),
      NOON,
    )
    await claimMethods(db).claim(requestBy('v', { now: minutesAfterNoon(1) }))
    await claimMethods(db).claim(requestBy('w', { gone: ['v'] }))
    await workMethods(db).nextDue(['posts'])
    await workMethods(db).holders()
    await countMethods(db).owed()
    await editionMethods(db).settleEdition('daily/2026-06-29')
  })
  expect(plan).toContain('SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)')
  expect(plan).toContain('SEARCH outcomes USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN')
  expect(plan).toContain('SEARCH subscribers USING PRIMARY KEY (id=?)')
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual(plan.filter((step) => isSmall(step)))
  expect(plan.filter((step) => step.includes('FOR ORDER BY'))).toEqual([])
})

test('why things wait, and since when they are owed, is told without a walk through the ledger', async () => {
  const plan = await plansOf(async (db) => {
    await countMethods(db).waits('daily/2026-06-29')
    await countMethods(db).owedBy('daily/2026-06-29')
  })
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([])
  expect(plan.filter((step) => step.startsWith('SEARCH attempt_groups USING INDEX attempt_groups_state'))).toHaveLength(
    2,
  )
  expect(plan).toContain('SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)')
})

test('planning never walks the ledger either', async () => {
  const plan = await plansOf(async (db) => {
    const edition = { ...freezeOf([]).edition, id: 'daily/next' }
    const next = postNamed('c', { edition: edition.id })
    await approvalMethods(db).approve(freezeOf([next], { edition, mailings: [mailingOf()], documents: ['posts'] }))
  })
  expect(plan.some((step) => step.startsWith('SEARCH older'))).toBe(true)
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual(plan.filter((step) => isSmall(step)))
})

/** Parameters given as lists, the workers' own index, and the one walk over the subscribers that a mailing is. */
function isSmall(step: string): boolean {
  return /^SCAN (json_each|attempt_groups USING (COVERING )?INDEX attempt_groups_holder|candidates|chunks|CONSTANT ROW|slots USING|subscribers|\(subquery)/.test(
    step,
  )
}

/** The steps by which SQLite would carry out each statement that `work` uses on a store with one planned delivery. */
async function plansOf(work: (db: Connection) => Promise<void>): Promise<string[]> {
  const { path, store, close } = await openNewSqlite()
  await store.approve(freezeOf(['a', 'b'].map((name) => postNamed(name, { group: 'posts/all' }))))
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
