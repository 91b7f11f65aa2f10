import { expect, test } from 'vitest'
import type { Settlement, Store } from '../../../src/ports.ts'
import { claimAll, editionOf, freezeOf, keysOf, minutesAfterNoon, NOON, postNamed, requestBy } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const ID = 'daily/2026-06-29'
const AT = minutesAfterNoon(30)
const review: Settlement = { kind: 'review', reason: 'look' }
const rejected: Settlement = { kind: 'rejected', reason: 'no such address' }
const unknown: Settlement = { kind: 'unknown', reason: 'reset', notBefore: minutesAfterNoon(1) }

export function resolveContract(open: OpenStore): void {
  test.each([
    ['sent', review, 'sent'],
    ['sent', unknown, 'sent'],
    ['drop', review, 'rejected'],
    ['drop', unknown, 'rejected'],
  ] as const)('the word "%s" on %j is final', async (resolution, outcome, state) => {
    const { store, reopen } = await forThisTest(open)
    await approveAndSettle(store, { a: outcome })
    expect(await store.resolve({ delivery: 'posts/a' }, resolution, 'I looked', AT)).toBe(1)
    const again = await reopen()
    const settled = { state, reason: 'I looked', settledAt: AT.toISOString() }
    expect(await again.ledger({})).toMatchObject([settled])
    expect(await again.counts()).toMatchObject([{ state, count: 1 }])
    expect(await again.claim(requestBy('w', { now: minutesAfterNoon(900) }))).toBeUndefined()
    expect(await again.settleEdition(ID)).toBe('sent')
  })

  test.each([review, rejected, unknown])(
    '"retry" of %j owes it anew, under a key that was never called',
    async (outcome) => {
      const { store, reopen } = await forThisTest(open)
      await approveAndSettle(store, { a: outcome })
      await store.settleEdition(ID)
      expect(await store.resolve({ delivery: 'posts/a' }, 'retry', 'try', AT)).toBe(1)
      const again = await reopen()
      expect(await again.edition(ID)).toMatchObject({ state: 'sending' })
      const entries = await again.ledger({})
      expect(entries).toMatchObject([{ state: 'planned', attempts: 1, doubts: 0 }])
      for (const gone of ['reason', 'settledAt', 'remoteId', 'firstAttemptAt', 'notBefore'])
        expect(entries[0]).not.toHaveProperty(gone)
      const claim = await again.claim(requestBy('w'))
      expect([claim?.kind, keysOf(claim)]).toEqual(['fresh', ['posts/a']])
      expect(claim?.group).not.toBe('posts/a')
      await again.settle('w', new Map([['posts/a', { kind: 'sent', remoteId: '2' }]]), NOON)
      expect(await again.settleEdition(ID)).toBe('sent')
    },
  )

  test('what is sent, in flight or unheard of is left as it is, and what waits already is not tried anew', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const waiting: Settlement = { kind: 'later', reason: 'busy', notBefore: minutesAfterNoon(900) }
    await approveAndSettle(store, { a: { kind: 'sent', remoteId: '1' }, b: waiting, c: rejected }, ['d', 'e'])
    expect(keysOf(await store.claim(requestBy('w')))).toEqual(['posts/d'])
    const before = await fingerprint()
    const told: number[] = []
    for (const name of ['a', 'd', 'none'])
      for (const resolution of ['sent', 'retry', 'drop'] as const)
        told.push(await store.resolve({ delivery: `posts/${name}` }, resolution, 'x', AT))
    for (const name of ['b', 'e']) told.push(await store.resolve({ delivery: `posts/${name}` }, 'retry', 'x', AT))
    for (const resolution of ['sent', 'drop'] as const)
      told.push(await store.resolve({ delivery: 'posts/c' }, resolution, 'x', AT))
    expect(new Set(told)).toEqual(new Set([0]))
    expect(await fingerprint()).toBe(before)
  })

  test('what waits, or was not called yet, can be given up, or be known to have left', async () => {
    const { store } = await forThisTest(open)
    const waiting: Settlement = { kind: 'later', reason: 'busy', notBefore: minutesAfterNoon(900) }
    await approveAndSettle(store, { a: waiting }, ['b'])
    expect(await store.resolve({ delivery: 'posts/a' }, 'drop', 'it answers 450 for ever', AT)).toBe(1)
    expect(await store.resolve({ delivery: 'posts/b' }, 'sent', 'by hand', AT)).toBe(1)
    expect((await store.ledger({})).map(({ state }) => state)).toEqual(['rejected', 'sent'])
    expect(await store.settleEdition(ID)).toBe('sent')
  })

  test('what the reader has, as the other side tells, is not tried anew', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: review })
    await store.resolve({ delivery: 'posts/a' }, 'drop', 'given up', AT)
    const told = { id: 'm1', at: NOON.toISOString(), delivery: 'posts/a', remoteId: '1', permanent: false, reason: '' }
    await store.report({ ...told, kind: 'delivered' }, { softBounceEditions: 3, now: NOON })
    expect(await store.resolve({ delivery: 'posts/a' }, 'retry', 'again', AT)).toBe(0)
  })

  test('a word on an edition is about all of it that needs review, and about nothing else', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: review, b: rejected, c: unknown, d: review })
    const other = editionOf('2026-06-30')
    await store.approve(freezeOf([postNamed('z', { edition: other.id })], { edition: other }))
    await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/z', review]]), NOON)
    expect(await store.resolve({ edition: ID }, 'sent', 'all there', AT)).toBe(2)
    const states = (await store.ledger({})).map(({ state }) => state)
    expect(states).toEqual(['sent', 'rejected', 'unknown', 'sent', 'review'])
    expect(await store.resolve({ edition: ID }, 'sent', 'all there', AT)).toBe(0)
    expect(await store.resolve({ edition: 'daily/1999-01-01' }, 'drop', '', AT)).toBe(0)
  })

  test('what is tried anew of one group shares a call again', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: review, b: { kind: 'sent', remoteId: '1' }, c: review }, [], 'posts/all')
    await approveOther(store)
    expect(await store.resolve({ edition: ID }, 'retry', 'try', AT)).toBe(2)
    expect((await claimAll(store, requestBy('w'))).map(keysOf)).toEqual([['posts/a', 'posts/c']])
  })

  test('nothing is tried anew of a cancelled edition, but it can be told what became of it', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: review, b: rejected })
    await store.cancel(ID, 'withdrawn', NOON)
    expect(await store.resolve({ delivery: 'posts/a' }, 'retry', 'try', AT)).toBe(0)
    expect(await store.resolve({ delivery: 'posts/b' }, 'retry', 'try', AT)).toBe(0)
    expect(await store.resolve({ edition: ID }, 'retry', 'try', AT)).toBe(0)
    expect(await store.resolve({ delivery: 'posts/a' }, 'sent', 'I saw it', AT)).toBe(1)
  })

  test('nothing is tried anew while others of its call are in doubt: a replay must carry it', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: rejected, b: unknown, c: unknown }, [], 'posts/all')
    for (const name of ['a', 'b', 'c'])
      expect(await store.resolve({ delivery: `posts/${name}` }, 'retry', 'try', AT)).toBe(0)
    expect(await store.resolve({ delivery: 'posts/c' }, 'sent', 'I saw it', AT)).toBe(1)
    const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(1) }))
    expect([claim?.group, keysOf(claim), claim?.settled.length]).toEqual(['posts/all', ['posts/b'], 2])
    await store.settle('w', new Map([['posts/b', review]]), NOON)
    expect(await store.resolve({ delivery: 'posts/a' }, 'retry', 'try', AT)).toBe(1)
  })

  test('of a held edition something may be tried anew, once it is let go', async () => {
    const { store } = await forThisTest(open)
    await approveAndSettle(store, { a: rejected }, ['b'])
    await store.hold(ID, 'wait')
    expect(await store.resolve({ delivery: 'posts/a' }, 'retry', 'try', AT)).toBe(1)
    expect(await store.claim(requestBy('w'))).toBeUndefined()
    await store.release(ID, AT)
    expect((await claimAll(store, requestBy('w'))).map(keysOf)).toEqual([['posts/a'], ['posts/b']])
  })
}

/** Approves posts, and settles those that have an outcome; each is alone in its group unless told. */
async function approveAndSettle(
  store: Store,
  outcomes: Readonly<Record<string, Settlement>>,
  planned: readonly string[] = [],
  group?: string,
): Promise<void> {
  const names = [...Object.keys(outcomes), ...planned]
  await store.approve(freezeOf(names.map((name) => postNamed(name, group === undefined ? {} : { group }))))
  const byKey = new Map(Object.entries(outcomes).map(([name, outcome]) => [`posts/${name}`, outcome]))
  const claims = group === undefined ? byKey.size : 1
  for (let count = 0; count < claims; count += 1) {
    await store.claim(requestBy('w'))
    await store.settle('w', byKey, NOON)
  }
}

/** So that the ledger goes on behind the edition. */
async function approveOther(store: Store): Promise<void> {
  const other = editionOf('2026-06-30')
  await store.approve(freezeOf([postNamed('z', { edition: other.id })], { edition: other }))
  await store.hold(other.id, 'wait')
}
