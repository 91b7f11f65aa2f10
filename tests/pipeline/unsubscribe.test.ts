import { expect, it } from 'vitest'
import { unsubscribe, viewReader } from '../../src/pipeline/unsubscribe.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'

const NOW = '2026-06-29T05:00:00.000Z'

it('a reader who leaves is active no more, and how and when is on record', async () => {
  const [store, log] = [await testStore({ subscribers: 2 }), testLog()]
  await unsubscribe({ clock: testClock(NOW), log, store }, 'reader-01', 'one-click')
  expect(await store.subscriber('reader-01')).toMatchObject({
    state: 'unsubscribed',
    reason: 'by one click (RFC 8058)',
    changedAt: NOW,
    consent: 'asked in a test',
  })
  expect((await store.subscriber('reader-02'))?.state).toBe('active')
  expect(log.lines).toEqual(['info: Reader reader-01 unsubscribed by one click (RFC 8058).'])
})

it('leaving again, or leaving a list one is not on, changes nothing and is no error', async () => {
  const [clock, store, log] = [testClock(NOW), await testStore({ subscribers: 1 }), testLog()]
  await unsubscribe({ clock, log, store }, 'reader-01', 'link')
  clock.advance(60_000)
  for (const id of ['reader-01', 'nobody', "x' OR 1=1 --"]) await unsubscribe({ clock, log, store }, id, 'one-click')
  expect(await store.subscriber('reader-01')).toMatchObject({ reason: 'by the link in a mail', changedAt: NOW })
  expect(log.lines).toHaveLength(1)
})

it('a page sees of a reader no more than tells them apart', async () => {
  const store = await testStore({ subscribers: 1 })
  expect(await viewReader({ store }, 'reader-01')).toEqual({ maskedAddress: 'r…@reader.example', state: 'active' })
  expect(await viewReader({ store }, 'nobody')).toBeUndefined()
})
