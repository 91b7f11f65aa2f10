import { expect, test } from 'vitest'
import type { Delivery } from '../../../src/domain/delivery.ts'
import type { Settlement } from '../../../src/ports.ts'
import {
  claimAll,
  editionOf,
  freezeOf,
  keysOf,
  mailingOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  requestBy,
  subscriberNamed,
} from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const ID = 'daily/2026-06-29'
const iso = (minutes: number): string => minutesAfterNoon(minutes).toISOString()
const by = (worker: string, minutes: number) => requestBy(worker, { now: minutesAfterNoon(minutes) })
const spaced = (minutes: number): Settlement => ({
  kind: 'later',
  byPlan: true,
  notBefore: minutesAfterNoon(minutes),
  reason: 'spaced',
})
const busy = (minutes: number): Settlement => ({ kind: 'later', notBefore: minutesAfterNoon(minutes), reason: 'busy' })
const sent: Settlement = { kind: 'sent', remoteId: '1' }

/** A post that leaves so many minutes after noon. */
function postAt(name: string, minutes: number, more: Partial<Delivery> = {}): Delivery {
  return postNamed(name, { notBefore: iso(minutes), ...more })
}

/** `[['posts', 'waiting', 2]]`. */
const inWords = (counts: readonly { channel: string; state: string; count: number }[]) =>
  counts.map(({ channel, state, count }) => [channel, state, count])

export function plannedTimesContract(open: OpenStore): void {
  test('what has a time waits for it from the outset, and is claimed then, in order', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 0), postAt('b', 10), postAt('c', 20), postNamed('now')]))
    const again = await reopen()
    expect(await again.ledger({})).toMatchObject([
      { state: 'waiting', byPlan: true, attempts: 0, doubts: 0, notBefore: iso(0), reason: 'it leaves at its time' },
      { state: 'waiting', byPlan: true, notBefore: iso(10) },
      { state: 'waiting', byPlan: true, notBefore: iso(20) },
      { state: 'planned' },
    ])
    expect(inWords(await again.counts())).toEqual([
      ['posts', 'planned', 1],
      ['posts', 'waiting', 3],
    ])
    expect(await again.owed()).toBe(4)
    expect((await claimAll(again, by('w', 0))).map(keysOf)).toEqual([['posts/a'], ['posts/now']])
    expect(await again.isDue(by('w', 9.999))).toBe(false)
    expect((await claimAll(again, by('w', 25))).map(keysOf)).toEqual([['posts/b'], ['posts/c']])
    expect(await again.ledger({ states: ['claimed'] })).toMatchObject(
      ['a', 'b', 'c', 'now'].map((target) => ({ target, attempts: 1, firstAttemptAt: expect.any(String) })),
    )
    expect(await again.claim(by('w', 900))).toBeUndefined()
  })

  test('an edition of which nothing was tried yet is approved, and is sending from the first call on', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 0), postAt('b', 10)]))
    expect(await store.settleEdition(ID)).toBe('approved')
    await store.hold(ID, 'wait')
    expect(await store.release(ID, NOON)).toBe('approved')
    await store.claim(by('w', 0))
    expect(await store.settleEdition(ID)).toBe('sending')
    await store.settle('w', new Map([['posts/a', sent]]), NOON)
    expect(await store.settleEdition(ID)).toBe('sending')
    await store.claim(by('w', 10))
    await store.settle('w', new Map([['posts/b', sent]]), NOON)
    expect(await store.settleEdition(ID)).toBe('sent')
  })

  test('deliveries of one group leave together, at the latest of their times', async () => {
    const { store } = await forThisTest(open)
    const together = (name: string, minutes?: number): Delivery =>
      postNamed(name, { group: 'posts/g', ...(minutes !== undefined && { notBefore: iso(minutes) }) })
    await store.approve(freezeOf([together('a'), together('b', 10), together('c', 5)]))
    expect(inWords(await store.counts())).toEqual([['posts', 'waiting', 3]])
    expect(await store.claim(by('w', 9))).toBeUndefined()
    expect(keysOf(await store.claim(by('w', 10)))).toEqual(['posts/a', 'posts/b', 'posts/c'])
    expect(inWords(await store.counts())).toEqual([['posts', 'claimed', 3]])
  })

  test('a time is compared as an instant, however it is written', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a', { notBefore: '2026-06-29T14:10:00+02:00' })]))
    expect(await store.ledger({})).toMatchObject([{ notBefore: iso(10) }])
    expect([await store.isDue(by('w', 9)), await store.isDue(by('w', 10))]).toEqual([false, true])
  })

  test('a key that was planned before keeps its time', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 10)]))
    const next = editionOf('2026-06-30')
    await store.approve(freezeOf([postAt('a', 90, { edition: next.id })], { edition: next }))
    expect(await store.ledger({})).toMatchObject([{ edition: ID, notBefore: iso(10) }])
    expect(await store.settleEdition(next.id)).toBe('sent')
  })

  test('whoever knows better sends it now', async () => {
    const { store } = await forThisTest(open)
    await store.approve(
      freezeOf([postAt('a', 10), postAt('b', 20), postAt('c', 30, { channel: 'files', rendering: 'feed' })]),
    )
    await store.hurry(['posts'], NOON)
    expect((await claimAll(store, by('w', 0))).map(keysOf)).toEqual([['posts/a'], ['posts/b']])
    expect(await store.ledger({ channel: 'files' })).toMatchObject([{ byPlan: true, notBefore: iso(30) }])
  })

  test('is held, let go and cancelled like anything else', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 0), postAt('b', 10)]))
    await store.hold(ID, 'wait')
    expect(await store.isDue(by('w', 60))).toBe(false)
    await store.release(ID, minutesAfterNoon(5))
    expect(keysOf(await store.claim(by('w', 5)))).toEqual(['posts/a'])
    await store.settle('w', new Map([['posts/a', sent]]), NOON)
    await store.cancel(ID, 'withdrawn', minutesAfterNoon(6))
    expect(inWords(await store.counts())).toEqual([
      ['posts', 'cancelled', 1],
      ['posts', 'sent', 1],
    ])
    expect(await store.claim(by('w', 60))).toBeUndefined()
  })

  test('a person’s word ends it before its time', async () => {
    const { store } = await forThisTest(open)
    await store.approve(
      freezeOf([postAt('a', 10), postAt('b', 10, { group: 'posts/g' }), postAt('c', 10, { group: 'posts/g' })]),
    )
    for (const delivery of ['posts/a', 'posts/b']) expect(await store.resolve({ delivery }, 'drop', 'no', NOON)).toBe(1)
    expect(inWords(await store.counts())).toEqual([
      ['posts', 'rejected', 2],
      ['posts', 'waiting', 1],
    ])
    expect(await store.ledger({ states: ['waiting'] })).toMatchObject([
      { key: 'posts/c', byPlan: true, notBefore: iso(10) },
    ])
    expect(keysOf(await store.claim(by('w', 10)))).toEqual(['posts/c'])
  })

  test('a newer document overtakes an older one that waits for its time', async () => {
    const { store } = await forThisTest(open)
    const file = { channel: 'files', rendering: 'feed', target: 'rss.xml' }
    await store.approve(freezeOf([postAt('a', 10, file)]))
    const next = editionOf('2026-06-30')
    await store.approve(
      freezeOf([postNamed('b', { ...file, edition: next.id })], { edition: next, documents: ['files'] }),
    )
    expect((await store.ledger({})).map(({ state }) => state)).toEqual(['superseded', 'planned'])
  })

  test('what comes before its turn was no attempt, and still waits by plan', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a'), postNamed('b')]))
    for (const minutes of [0, 10, 20, 30]) {
      expect(keysOf(await store.claim(by('w', minutes)))).toEqual(['posts/a'])
      await store.settle('w', new Map([['posts/a', spaced(minutes + 10)]]), minutesAfterNoon(minutes))
      expect(await store.ledger({ limit: 1 })).toMatchObject([
        { state: 'waiting', byPlan: true, attempts: 0, doubts: 0, reason: 'spaced', notBefore: iso(minutes + 10) },
      ])
    }
    await store.claim(by('w', 40))
    await store.settle('w', new Map([['posts/a', busy(50)]]), minutesAfterNoon(40))
    const [first] = await store.ledger({ limit: 1 })
    expect(first).toMatchObject({ state: 'waiting', attempts: 1, reason: 'busy' })
    expect(first).not.toHaveProperty('byPlan')
  })

  test('a call in doubt never waits by plan', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 0)]))
    await store.claim(by('w', 0))
    await store.settle(
      'w',
      new Map([['posts/a', { kind: 'unknown', notBefore: minutesAfterNoon(2), reason: 'reset' }]]),
      NOON,
    )
    expect(await store.waits(ID)).toMatchObject([{ byPlan: false, reason: 'reset' }])
    expect(await store.claim(by('w', 2))).toMatchObject({ kind: 'doubtful', deliveries: [{ doubts: 1 }] })
  })

  test('only what waits for something else is worth waiting for', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 10), postNamed('b'), postNamed('c')]))
    expect(await store.nextDue(['posts'])).toBeUndefined()
    await store.claim(by('w', 0))
    await store.settle('w', new Map([['posts/b', spaced(5)]]), NOON)
    expect(await store.nextDue(['posts'])).toBeUndefined()
    await store.claim(by('w', 0))
    await store.settle('w', new Map([['posts/c', busy(30)]]), NOON)
    expect(await store.nextDue(['posts'])).toEqual(minutesAfterNoon(30))
  })

  test('tells why things wait, those for one reason together, and by plan last', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers(['x', 'y', 'z'].map((id) => subscriberNamed(id)))
    const posts = [postAt('a', 10), postAt('b', 20), postNamed('c'), postNamed('d')]
    await store.approve(freezeOf(posts, { mailings: [mailingOf()] }))
    await store.claim(by('w', 0))
    await store.settle('w', new Map([['posts/c', busy(8)]]), NOON)
    await store.claim(by('w', 0))
    await store.settle('w', new Map([['posts/d', spaced(5)]]), NOON)
    const mail = await store.claim(by('w', 0))
    await store.settle('w', new Map(keysOf(mail).map((key) => [key, busy(3)])), NOON)
    expect(await store.waits(ID)).toEqual([
      { channel: 'mail', reason: 'busy', byPlan: false, count: 2, notBefore: iso(3) },
      { channel: 'posts', reason: 'busy', byPlan: false, count: 1, notBefore: iso(8) },
      { channel: 'posts', reason: 'spaced', byPlan: true, count: 1, notBefore: iso(5) },
      { channel: 'posts', reason: 'it leaves at its time', byPlan: true, count: 2, notBefore: iso(10) },
    ])
    expect(await store.waits('daily/1999-01-01')).toEqual([])
  })

  test('tells for what time the earliest of each channel was planned, whatever was tried since', async () => {
    const { store } = await forThisTest(open)
    const file = { channel: 'files', rendering: 'feed' }
    await store.addSubscribers([subscriberNamed('x')])
    const posts = [postAt('a', 10), postAt('b', 20), postAt('c', 5, file), postNamed('d', file)]
    await store.approve(freezeOf(posts, { mailings: [mailingOf()] }))
    expect(await store.owedBy(ID)).toEqual([
      { channel: 'files' },
      { channel: 'mail' },
      { channel: 'posts', plannedFor: iso(10) },
    ])
    const request = requestBy('w', { now: minutesAfterNoon(10), channels: ['posts'] })
    await store.claim(request)
    await store.settle('w', new Map([['posts/a', busy(99)]]), NOON)
    expect((await store.owedBy(ID)).at(-1)).toEqual({ channel: 'posts', plannedFor: iso(10) })
    // Its turn is planned anew.
    await store.claim({ ...request, now: minutesAfterNoon(99) })
    await store.settle('w', new Map([['posts/b', spaced(200)]]), NOON)
    await store.claim({ ...request, now: minutesAfterNoon(99) })
    await store.settle('w', new Map([['posts/a', sent]]), NOON)
    expect((await store.owedBy(ID)).at(-1)).toEqual({ channel: 'posts', plannedFor: iso(200) })
  })

  test('keeps its time when the clock is set back a little, and is due when it was planned by a clock far ahead', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postAt('a', 10)]))
    const before = await fingerprint()
    await store.giveUp('w', ['posts'], minutesAfterNoon(-4))
    expect(await fingerprint()).toBe(before)
    await store.giveUp('w', ['posts'], minutesAfterNoon(-60 * 24 * 365))
    expect(keysOf(await store.claim(by('w', -60 * 24 * 365)))).toEqual(['posts/a'])
  })
}
