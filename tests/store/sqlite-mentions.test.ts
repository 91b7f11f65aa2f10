import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { Edition } from '../../src/domain/edition.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { sql as first } from '../../src/store/sqlite/schema-0001.ts'
import { sql as groups } from '../../src/store/sqlite/schema-0002.ts'
import { sql as readers } from '../../src/store/sqlite/schema-0003.ts'
import { sql as amendments } from '../../src/store/sqlite/schema-0004.ts'
import { editionOf, itemNamed, minutesAfterNoon, NOON } from '../contracts/store/fixtures.ts'
import { sampleAmendment } from '../fixtures/edition.ts'

const basics = itemNamed('basics')
const told = sampleAmendment()

test('a store from before knows what its approved editions told of, and since when its sources were read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-mentions-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'store.sqlite')
  const old = new DatabaseSync(path)
  old.exec(`${first}; ${groups}; ${readers}; ${amendments}; PRAGMA user_version = 4`)
  addOld(old, editionOf('2026-06-28', { background: [basics] }), NOON.toISOString())
  const both = [told, sampleAmendment({ id: 'correction/2026-06-28-x', url: basics.url })]
  addOld(old, editionOf('2026-06-29', { background: [basics], amendments: both }), minutesAfterNoon(9).toISOString())
  addOld(old, editionOf('2026-06-30', { background: [basics] }), null)
  for (const [id, names] of Object.entries({ paper: ['a', 'b'], empty: [] })) addSource(old, id, names)
  old.close()
  const store = await openSqlite(path)
  onTestFinished(() => store.close())
  await store.migrate()
  const [before, after] = [
    { edition: 'daily/2026-06-28', approvedAt: NOON.toISOString() },
    { edition: 'daily/2026-06-29', approvedAt: minutesAfterNoon(9).toISOString() },
  ]
  expect(await store.mentions(basics.url)).toEqual([
    { ...before, isBackground: true },
    { ...after, isBackground: true },
  ])
  expect(await store.mentions(told.url)).toEqual([{ ...after, isBackground: false }])
  expect((await store.source('paper'))?.readWholeAt).toBe(NOON.toISOString())
  expect((await store.source('empty'))?.readWholeAt).toBeUndefined()
})

function addOld(old: DatabaseSync, edition: Edition, approvedAt: string | null): void {
  old
    .prepare(
      `INSERT INTO editions (id, date, state, reason, approved_at, subject, items, edition, findings, planned_at, frozen)
       VALUES (?, ?, ?, '', ?, '', 0, ?, '[]', '', 0)`,
    )
    .run(edition.id, edition.date, approvedAt === null ? 'draft' : 'sent', approvedAt, JSON.stringify(edition))
}

/** Its items were found one after the other. */
function addSource(old: DatabaseSync, id: string, names: readonly string[]): void {
  old.prepare(`INSERT INTO sources VALUES (?, '2026-06-28', '{}', '{}', '[]')`).run(id)
  for (const [minutes, name] of names.entries()) {
    const at = minutesAfterNoon(minutes).toISOString()
    const item = itemNamed(name)
    old
      .prepare(
        `INSERT INTO items (url, source, state, position, section, sourced, hash, first_seen_at, changed_at, item)
         VALUES (?, ?, 'undated', 0, 'learn', 1, 'h', ?, ?, ?)`,
      )
      .run(item.url, id, at, at, JSON.stringify(item))
  }
}
