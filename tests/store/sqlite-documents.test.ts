import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { approvalMethods } from '../../src/store/sqlite/approval.ts'
import { connect } from '../../src/store/sqlite/connection.ts'
import { documentMethods } from '../../src/store/sqlite/documents.ts'
import { lines } from '../../src/store/sqlite/item-queries.ts'
import { sql as first } from '../../src/store/sqlite/schema-0001.ts'
import { sql as groups } from '../../src/store/sqlite/schema-0002.ts'
import { sql as readers } from '../../src/store/sqlite/schema-0003.ts'
import { sql as amendments } from '../../src/store/sqlite/schema-0004.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { editionOf, freezeOf, NOON, postNamed, renderingOf } from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

test('feeds of earlier versions stand after the migration, made of nobody knows what, and let go of their bytes later', async () => {
  const path = join(newFolder(), 'store.sqlite')
  const old = new DatabaseSync(path)
  old.exec(`${first}; ${groups}; ${readers}; ${amendments}; PRAGMA user_version = 4`)
  for (const [at, date] of ['2026-06-28', '2026-06-29'].entries()) addOld(old, at * 3, date)
  old.close()
  const store = await openSqlite(path)
  onTestFinished(() => store.close())
  expect(await store.migrate()).toEqual(['0005-documents'])
  const { documents } = await store.standing('feeds')
  expect(documents).toEqual(
    ['atom.xml', 'rss.xml'].map((id) => ({
      id,
      title: id,
      mediaType: 'text/xml',
      hash: 'h',
      edition: 'daily/2026-06-29',
      hasLeft: true,
    })),
  )
  expect((await store.standing('posts')).documents).toEqual([])
  expect(await store.renderings('daily/2026-06-28')).toMatchObject([{ content: '<x/>' }, { content: '<x/>' }, {}])
  await store.approve(feedsOf('2026-06-30', ['rss.xml']))
  const left = await store.renderings('daily/2026-06-28')
  expect(left.map(({ id, content }) => `${id} ${content}`)).toEqual(['rss.xml ', 'atom.xml <x/>', 'post <x/>'])
})

test('what stands, and lists of items, are told without reading any text or walking the ledger', async () => {
  const opened = await openNewSqlite()
  onTestFinished(() => opened.close())
  await opened.store.approve(feedsOf('2026-06-29', ['rss.xml']))
  const db = await connect(opened.path, 1000)
  onTestFinished(() => db.close())
  const plan: string[] = []
  const watched: typeof db = {
    ...db,
    all: (sql, values = {}) => {
      plan.push(...db.all(`EXPLAIN QUERY PLAN ${sql}`, values).map(({ detail }) => String(detail)))
      return db.all(sql, values)
    },
  }
  await documentMethods(watched).standing('feeds')
  lines(watched, { source: 'paper', sourced: true })
  expect(plan).toContain('SEARCH documents USING PRIMARY KEY (channel=?)')
  expect(plan).toContain('SEARCH outcomes USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN')
  expect(plan.filter((step) => step.includes('renderings'))).toEqual([])
  expect(plan).toContain('SEARCH items USING COVERING INDEX items_line (source=?)')
  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([])
})

test('bytes of older documents are found by their name, not by walking all that ever left', async () => {
  const opened = await openNewSqlite()
  onTestFinished(() => opened.close())
  const db = await connect(opened.path, 1000)
  onTestFinished(() => db.close())
  const plan: string[] = []
  const watched: typeof db = {
    ...db,
    run: (sql, values = {}) => {
      if (sql.includes('UPDATE renderings'))
        plan.push(
          ...db
            .all(`EXPLAIN QUERY PLAN ${sql}`, 'at' in values ? {} : { ...values })
            .map(({ detail }) => String(detail)),
        )
      return db.run(sql, values)
    },
  }
  await approvalMethods(watched).approve(feedsOf('2026-06-29', ['rss.xml']))
  expect(plan[0]).toBe('SEARCH renderings USING INDEX renderings_kept (channel=? AND id=?)')
})

function feedsOf(date: string, ids: readonly string[]): ReturnType<typeof freezeOf> {
  const edition = editionOf(date)
  const deliveries = ids.map((id) => {
    const key = `feeds/${id}@${edition.id}`
    return postNamed(id, { key, group: key, edition: edition.id, channel: 'feeds', rendering: id })
  })
  return freezeOf(deliveries, { edition, renderings: ids.map((id) => renderingOf('feeds', id)), documents: ['feeds'] })
}

/** An edition whose feeds and post have left. */
function addOld(old: DatabaseSync, ids: number, date: string): void {
  const edition = editionOf(date)
  old
    .prepare(
      `INSERT INTO editions (id, date, state, reason, approved_at, subject, items, edition, findings, planned_at, frozen, first_delivery)
       VALUES (?, ?, 'sent', '', ?, '', 0, ?, '[]', '', 3, ?)`,
    )
    .run(edition.id, date, NOON.toISOString(), JSON.stringify(edition), ids + 1)
  for (const [place, [channel, id]] of [
    ['feeds', 'rss.xml'] as const,
    ['feeds', 'atom.xml'] as const,
    ['posts', 'post'] as const,
  ].entries()) {
    old
      .prepare(
        `INSERT INTO renderings VALUES (?, ?, ?, ?, 'h', ?, ?, NULL, 'text/xml', '<x/>', '<p/>', NULL, '[]', '[]', 1)`,
      )
      .run(edition.id, channel, id, place, id, id)
    old
      .prepare(`INSERT INTO deliveries (id, key, edition, channel, rendering, target) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(ids + place + 1, `${channel}/${id}@${edition.id}`, edition.id, channel, id, id)
    old
      .prepare(`INSERT INTO outcomes (delivery, state, settled_at) VALUES (?, 'sent', ?)`)
      .run(ids + place + 1, NOON.toISOString())
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-documents-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
