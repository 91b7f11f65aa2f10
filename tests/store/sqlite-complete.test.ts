import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { StoreError } from '../../src/store/error.ts'
import {
  claimAll,
  editionOf,
  freezeOf,
  keysOf,
  mailingOf,
  NOON,
  postNamed,
  requestBy,
  subscriberNamed,
} from '../contracts/store/fixtures.ts'
import { openNewSqlite } from './open-sqlite.ts'

const ID = 'daily/2026-06-29'
const ROW = `group_id, edition, channel, rendering, target`

test.each([
  ['a delivery is missing', `DELETE FROM deliveries WHERE target = 'b'`, '3 deliveries were frozen, 2 are there'],
  [
    'there is one too many',
    `INSERT INTO deliveries (key, ${ROW}) SELECT 'surplus', ${ROW} FROM deliveries WHERE target = 'b'`,
    '3 deliveries were frozen, 4 are there',
  ],
  [
    'one was forgotten by its group',
    `DELETE FROM outcomes WHERE delivery IN (SELECT id FROM deliveries WHERE target = 'b')`,
    '3 are there, 2 have come to an end',
  ],
  [
    'an outcome names a delivery that is not there',
    `UPDATE outcomes SET delivery = 1000 WHERE delivery IN (SELECT id FROM deliveries WHERE target = 'b')`,
    '3 are there, 2 have come to an end',
  ],
])('an edition is never called sent when %s', async (_, sql, told) => {
  const { path, store } = await settledEdition()
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
  const error: unknown = await store.settleEdition(ID).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StoreError)
  expect(String(error)).toContain(told)
  expect(String(error)).toContain('restore a backup')
  expect(await store.edition(ID)).toMatchObject({ state: 'approved' })
})

test('an edition is sent when as many deliveries have come to an end as were frozen, whatever follows in the ledger', async () => {
  const { store } = await settledEdition()
  const next = editionOf('2026-06-30')
  await store.approve(freezeOf([postNamed('z', { edition: next.id })], { edition: next }))
  expect(await store.settleEdition(ID)).toBe('sent')
  expect(await store.settleEdition(next.id)).toBe('approved')
})

test('a delivery that was planned before counts for the edition that planned it', async () => {
  const { store } = await settledEdition()
  const next = editionOf('2026-06-30')
  await store.approve(freezeOf([postNamed('a', { edition: next.id })], { edition: next }))
  expect([await store.settleEdition(ID), await store.settleEdition(next.id)]).toEqual(['sent', 'sent'])
})

test('what was superseded, taken out or left to a person is accounted for', async () => {
  const { path, store, close } = await openNewSqlite()
  onTestFinished(close)
  await store.addSubscribers(['a', 'b', 'c'].map((id) => subscriberNamed(id)))
  await store.approve(freezeOf([postNamed('x')], { mailings: [mailingOf({ perAttempt: 3 })] }))
  await store.unsubscribe('b', 'by link', NOON)
  const next = editionOf('2026-06-30')
  const newer = postNamed('y', { edition: next.id, target: 'x' })
  await store.approve(freezeOf([newer], { edition: next, documents: ['posts'] }))
  const claims = await claimAll(store, requestBy('w', { channels: ['mail'] }))
  const review = keysOf(claims[0]).map((key) => [key, { kind: 'review', reason: 'look' }] as const)
  await store.settle('w', new Map(review), NOON)
  expect(await store.settleEdition(ID)).toBe('sent')
  const database = new DatabaseSync(path)
  const frozen = database.prepare('SELECT frozen FROM editions ORDER BY id').all()
  database.close()
  expect(frozen).toEqual([{ frozen: 4 }, { frozen: 1 }])
})

/** Three posts, all sent, in an edition whose state was not told yet. */
async function settledEdition(): ReturnType<typeof openNewSqlite> {
  const opened = await openNewSqlite()
  onTestFinished(opened.close)
  await opened.store.approve(freezeOf(['a', 'b', 'c'].map((name) => postNamed(name))))
  for (const claim of await claimAll(opened.store, requestBy('w')))
    await opened.store.settle('w', new Map(keysOf(claim).map((key) => [key, { kind: 'sent', remoteId: '1' }])), NOON)
  return opened
}
