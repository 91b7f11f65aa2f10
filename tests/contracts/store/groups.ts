import { expect, test } from 'vitest'
import type { Claim, Settlement, Store } from '../../../src/ports.ts'
import {
  claimAll,
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

const ALL = 'posts/all'

export function groupContract(open: OpenStore): void {
  test('a whole group that did not leave waits under its key', async () => {
    const { store, reopen } = await forThisTest(open)
    await approveGroup(store, ['a', 'b'])
    await store.claim(requestBy('w'))
    await settleAll(store, { a: later(1), b: later(3) })
    const again = await reopen()
    expect(await again.claim(requestBy('w', { now: minutesAfterNoon(2) }))).toBeUndefined()
    const claim = await again.claim(requestBy('w', { now: minutesAfterNoon(3) }))
    expect([claim?.group, claim?.kind, keysOf(claim)]).toEqual([ALL, 'fresh', ['posts/a', 'posts/b']])
    expect(claim?.deliveries[0]).toMatchObject({ attempts: 2, doubts: 0, reason: 'busy' })
  })

  test.each([
    ['has left', { kind: 'sent', remoteId: '1' }],
    ['was refused', { kind: 'rejected', reason: 'no' }],
    ['a person must look at', { kind: 'review', reason: 'look' }],
  ] satisfies [string, Settlement][])(
    'what did not leave goes on under another key where one of its group %s',
    async (_, outcome) => {
      const { store } = await forThisTest(open)
      await approveGroup(store, ['a', 'b', 'c'])
      await store.claim(requestBy('w'))
      await settleAll(store, { a: later(1), b: outcome, c: later(1) })
      const claims = await claimAll(store, requestBy('w', { now: minutesAfterNoon(1) }))
      expect(claims.map((claim) => [claim.kind, keysOf(claim), claim.settled])).toEqual([
        ['fresh', ['posts/a', 'posts/c'], []],
      ])
      expect(claims[0]?.group).not.toBe(ALL)
      expect(claims[0]?.deliveries[0]).toMatchObject({
        attempts: 2,
        doubts: 0,
        firstAttemptAt: minutesAfterNoon(1).toISOString(),
      })
    },
  )

  test('while one of a group may have left, none of it is called but as it was before', async () => {
    const { store } = await forThisTest(open)
    await approveGroup(store, ['a', 'b', 'c'])
    await store.claim(requestBy('w'))
    await settleAll(store, { a: later(3), b: unknown(1), c: { kind: 'sent', remoteId: '1' } })
    expect((await store.ledger({})).map(({ state, reason }) => [state, reason])).toEqual([
      ['unknown', 'reset'],
      ['unknown', 'reset'],
      ['sent', undefined],
    ])
    expect(await store.claim(requestBy('w', { now: minutesAfterNoon(2) }))).toBeUndefined()
    const again = await store.claim(requestBy('w', { now: minutesAfterNoon(3) }))
    expect([again?.kind, again?.group, keysOf(again), settledOf(again)]).toEqual([
      'doubtful',
      ALL,
      ['posts/a', 'posts/b'],
      ['posts/c'],
    ])
    await settleAll(store, { a: later(4), b: { kind: 'review', reason: 'look' } })
    const fresh = await store.claim(requestBy('w', { now: minutesAfterNoon(4) }))
    expect([fresh?.kind, keysOf(fresh), settledOf(fresh)]).toEqual(['fresh', ['posts/a'], []])
    expect(fresh?.group).not.toBe(ALL)
  })

  test('a key is never used again, however often a group falls apart, and does not grow', async () => {
    const { store } = await forThisTest(open)
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const long = 'k'.repeat(250)
    await store.approve(freezeOf(names.map((name) => postNamed(name, { group: `${long} é` }))))
    const keys: string[] = []
    for (const [round] of names.entries()) {
      const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(round) }))
      keys.push(claim?.group ?? '')
      const outcomes = new Map(keysOf(claim).map((key) => [key, later(round + 1)]))
      outcomes.set(keysOf(claim)[0] ?? '', { kind: 'sent', remoteId: '1' })
      await store.settle('w', outcomes, NOON)
    }
    expect(new Set(keys).size).toBe(names.length)
    expect(keys.slice(1).filter((key) => !/^[!-~]{1,200}$/.test(key))).toEqual([])
    expect(await store.counts()).toMatchObject([{ state: 'sent', count: 6 }])
  })

  test('doubts count the further attempts while it is in doubt, and no others', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const doubts: (number | undefined)[] = []
    const outcomes = [later(1), unknown(2), unknown(3), later(4), unknown(5), unknown(6)]
    for (const [minute, outcome] of outcomes.entries()) {
      const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(minute) }))
      doubts.push(claim?.deliveries[0]?.doubts)
      await settleAll(store, { a: outcome })
    }
    expect(doubts).toEqual([0, 0, 1, 2, 0, 1])
  })

  test('a doubtful claim carries the same deliveries as every call before, until nothing of it is in doubt', async () => {
    const { store, reopen } = await forThisTest(open)
    await approveGroup(store, ['a', 'b', 'c'])
    await store.claim(requestBy('w'))
    await settleAll(store, { a: { kind: 'sent', remoteId: '1' }, b: unknown(1), c: unknown(1) })
    const again = await reopen()
    const second = await again.claim(requestBy('w', { now: minutesAfterNoon(1) }))
    expect([keysOf(second), settledOf(second)]).toEqual([['posts/b', 'posts/c'], ['posts/a']])
    expect(second?.settled[0]).toMatchObject({ state: 'sent', remoteId: '1' })
    await settleAll(again, { b: { kind: 'rejected', reason: 'no' }, c: unknown(2) })
    const third = await again.claim(requestBy('w', { now: minutesAfterNoon(2) }))
    expect([third?.group, keysOf(third), settledOf(third)]).toEqual([ALL, ['posts/c'], ['posts/a', 'posts/b']])
    // A look found that it never arrived.
    await settleAll(again, { c: later(3) })
    const fresh = await again.claim(requestBy('w', { now: minutesAfterNoon(3) }))
    expect([fresh?.kind, keysOf(fresh), settledOf(fresh)]).toEqual(['fresh', ['posts/c'], []])
    expect(fresh?.group).not.toBe(ALL)
  })

  test('readers who left since the freeze are taken out of a fresh claim', async () => {
    const { store } = await forThisTest(open)
    await approveMail(store, ['a', 'b', 'c', 'd'], 4)
    await store.unsubscribe('b', 'by link', NOON)
    await store.suppress('d@reader.example', 'hard-bounce', '', NOON)
    const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(1) }))
    expect(claim?.deliveries.map(({ target }) => target)).toEqual(['a', 'c'])
    expect(claim?.group).toBe('mail/daily/2026-06-29/chunk/0')
    const settledAt = minutesAfterNoon(1).toISOString()
    expect(await store.ledger({ states: ['cancelled'] })).toMatchObject([
      { target: 'b', group: '', reason: 'the reader unsubscribed before it left', settledAt, attempts: 0 },
      { target: 'd', group: '', reason: 'the address was suppressed before it left', settledAt, attempts: 0 },
    ])
    expect((await store.counts()).map(({ state, count }) => [state, count])).toEqual([
      ['cancelled', 2],
      ['claimed', 2],
    ])
  })

  test('where a call was made with those who left, the others go on under another key', async () => {
    const { store } = await forThisTest(open)
    await approveMail(store, ['a', 'b', 'c'], 3)
    const first = await store.claim(requestBy('w'))
    await store.settle('w', new Map(keysOf(first).map((key) => [key, later(1)])), NOON)
    await store.unsubscribe('a', 'by link', NOON)
    await store.suppress('b@reader.example', 'editor', '', NOON)
    const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(1) }))
    expect(claim?.deliveries.map(({ target }) => target)).toEqual(['c'])
    expect(claim?.group).not.toBe(first?.group)
  })

  test('what may have left is called again as it was, also for readers who left meanwhile', async () => {
    const { store } = await forThisTest(open)
    await approveMail(store, ['a', 'b'], 2)
    await store.claim(requestBy('w'))
    await store.unsubscribe('a', 'by link', NOON)
    const claim = await store.claim(requestBy('v', { gone: ['w'] }))
    expect([claim?.kind, claim?.deliveries.map(({ target }) => target)]).toEqual(['doubtful', ['a', 'b']])
  })

  test('a group that everybody left is passed over, and the edition comes to its end', async () => {
    const { store } = await forThisTest(open)
    await approveMail(store, ['a', 'b', 'c'], 2)
    for (const id of ['a', 'b']) await store.unsubscribe(id, 'by link', NOON)
    expect((await store.claim(requestBy('w')))?.deliveries.map(({ target }) => target)).toEqual(['c'])
    await store.unsubscribe('c', 'by link', NOON)
    await store.settle('w', new Map([['mail/daily/2026-06-29/c', later(1)]]), NOON)
    expect(await store.claim(requestBy('w', { now: minutesAfterNoon(1) }))).toBeUndefined()
    expect(await store.settleEdition('daily/2026-06-29')).toBe('sent')
    expect((await store.ledger({})).map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  test('a subscriber with the name of a post does not stop it', async () => {
    const { store } = await forThisTest(open)
    await store.addSubscribers([subscriberNamed('a', { state: 'unsubscribed' })])
    await store.approve(freezeOf([postNamed('a')]))
    expect(keysOf(await store.claim(requestBy('w')))).toEqual(['posts/a'])
  })
}

function later(minutes: number): Settlement {
  return { kind: 'later', reason: 'busy', notBefore: minutesAfterNoon(minutes) }
}

function unknown(minutes: number): Settlement {
  return { kind: 'unknown', reason: 'reset', notBefore: minutesAfterNoon(minutes) }
}

async function approveGroup(store: Store, names: readonly string[]): Promise<void> {
  await store.approve(freezeOf(names.map((name) => postNamed(name, { group: ALL }))))
}

async function approveMail(store: Store, ids: readonly string[], perAttempt: number): Promise<void> {
  await store.addSubscribers(ids.map((id) => subscriberNamed(id)))
  await store.approve(freezeOf([], { mailings: [mailingOf({ perAttempt })] }))
}

/** By the names of posts, as the worker `w`. */
async function settleAll(store: Store, outcomes: Readonly<Record<string, Settlement>>): Promise<void> {
  const byKey = Object.entries(outcomes).map(([name, outcome]) => [`posts/${name}`, outcome] as const)
  await store.settle('w', new Map(byKey), NOON)
}

function settledOf(claim: Claim | undefined): string[] {
  return (claim?.settled ?? []).map(({ key }) => key)
}
