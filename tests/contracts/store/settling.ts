import { expect, test } from 'vitest'
import { claimAll, freezeOf, keysOf, minutesAfterNoon, NOON, postNamed, requestBy } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

export function settleContract(open: OpenStore): void {
  test('writes down each outcome with what it tells', async () => {
    const { store } = await forThisTest(open)
    const names = ['sent', 'linked', 'rejected', 'later', 'unknown', 'review']
    const own = { group: 'posts/unknown' }
    const planned = names.map((name) => postNamed(name, name === 'unknown' ? own : { group: 'posts/all' }))
    await store.approve(freezeOf(planned))
    await claimAll(store, requestBy('w'))
    const notBefore = minutesAfterNoon(2)
    const at = minutesAfterNoon(1)
    await store.settle(
      'w',
      new Map([
        ['posts/sent', { kind: 'sent', remoteId: '1' }],
        ['posts/linked', { kind: 'sent', remoteId: '2', url: 'https://social.example/2' }],
        ['posts/rejected', { kind: 'rejected', reason: 'no such account' }],
        ['posts/later', { kind: 'later', notBefore, reason: 'too many' }],
        ['posts/unknown', { kind: 'unknown', notBefore, reason: 'reset' }],
        ['posts/review', { kind: 'review', reason: 'look yourself' }],
      ]),
      at,
    )
    const settledAt = at.toISOString()
    const waits = { notBefore: notBefore.toISOString() }
    const written = [
      { state: 'sent', remoteId: '1', settledAt },
      { state: 'sent', remoteId: '2', url: 'https://social.example/2', settledAt },
      { state: 'rejected', reason: 'no such account', settledAt },
      { state: 'waiting', reason: 'too many', ...waits },
      { state: 'unknown', reason: 'reset', ...waits },
      { state: 'review', reason: 'look yourself', settledAt },
    ]
    const called = { attempts: 1, doubts: 0, firstAttemptAt: NOON.toISOString() }
    const expected = planned.map((delivery, place) => Object.assign(delivery, called, written[place]))
    const entries = await store.ledger({})
    // What did not leave goes on under a key that was never called.
    const group = entries[3]?.group ?? ''
    expect(group).toMatch(/^posts\/all\+/)
    const alone = { ...postNamed('later', { group }), ...written[3], attempts: 1, doubts: 0 }
    expect(entries).toEqual([...expected.slice(0, 3), alone, ...expected.slice(4)])
    expect(await store.holders()).toEqual([])
  })

  test('leaves alone what this worker does not hold, or no longer holds', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a'), postNamed('b')]))
    await store.claim(requestBy('one'))
    await store.claim(requestBy('two', { gone: ['one'] }))
    const before = await fingerprint()
    const sent = { kind: 'sent', remoteId: '1' } as const
    await store.settle('one', new Map(['posts/a', 'posts/b', 'posts/none'].map((key) => [key, sent])), NOON)
    expect(await fingerprint()).toBe(before)
    expect((await store.ledger({})).map(({ state }) => state)).toEqual(['claimed', 'planned'])
  })

  test('a final outcome stays: settling again changes nothing, and nothing is claimed again', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/a', { kind: 'sent', remoteId: '1' }]]), NOON)
    await store.settle('w', new Map([['posts/a', { kind: 'rejected', reason: 'too late' }]]), NOON)
    expect((await store.ledger({}))[0]).toMatchObject({ state: 'sent', remoteId: '1' })
    const request = requestBy('v', { gone: ['w'], now: minutesAfterNoon(900), staleBefore: minutesAfterNoon(900) })
    expect(await store.claim(request)).toBeUndefined()
  })

  test('what waits comes back fresh when its time has come, not before', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('w'))
    const notBefore = minutesAfterNoon(5)
    await store.settle('w', new Map([['posts/a', { kind: 'later', notBefore, reason: 'busy' }]]), NOON)
    const early = new Date(notBefore.getTime() - 1)
    expect(await store.claim(requestBy('w', { now: early }))).toBeUndefined()
    const claim = await store.claim(requestBy('w', { now: notBefore }))
    expect([claim?.kind, claim?.deliveries[0]?.attempts]).toEqual(['fresh', 2])
  })

  test('what is unknown comes back in doubt, with the instant of its first attempt', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    for (const minutes of [0, 5]) {
      await store.claim(requestBy('w', { now: minutesAfterNoon(minutes) }))
      const notBefore = minutesAfterNoon(minutes + 5)
      await store.settle('w', new Map([['posts/a', { kind: 'unknown', notBefore, reason: 'reset' }]]), NOON)
    }
    expect(await store.claim(requestBy('w', { now: minutesAfterNoon(9) }))).toBeUndefined()
    const claim = await store.claim(requestBy('w', { now: minutesAfterNoon(10) }))
    expect(claim?.kind).toBe('doubtful')
    expect(claim?.deliveries[0]).toMatchObject({ attempts: 3, firstAttemptAt: NOON.toISOString(), reason: 'reset' })
  })

  test('what waits does not hold up what is due behind it', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a'), postNamed('b'), postNamed('c')]))
    await store.claim(requestBy('w'))
    await store.settle(
      'w',
      new Map([['posts/a', { kind: 'later', notBefore: minutesAfterNoon(5), reason: 'busy' }]]),
      NOON,
    )
    expect(keysOf(await store.claim(requestBy('w')))).toEqual(['posts/b'])
    expect(keysOf(await store.claim(requestBy('w', { now: minutesAfterNoon(5) })))).toEqual(['posts/a'])
  })

  test('tells the earliest instant for which something waits, among the channels asked for', async () => {
    const { store } = await forThisTest(open)
    expect(await store.nextDue(['posts'])).toBeUndefined()
    await store.approve(freezeOf(['a', 'b', 'c'].map((name) => postNamed(name))))
    expect(await store.nextDue(['posts'])).toBeUndefined()
    await claimAll(store, requestBy('w'))
    await store.settle(
      'w',
      new Map([
        ['posts/a', { kind: 'later', notBefore: minutesAfterNoon(9), reason: 'busy' }],
        ['posts/b', { kind: 'unknown', notBefore: minutesAfterNoon(4), reason: 'reset' }],
        ['posts/c', { kind: 'sent', remoteId: '1' }],
      ]),
      NOON,
    )
    expect(await store.nextDue(['mail', 'posts'])).toEqual(minutesAfterNoon(4))
    expect(await store.nextDue(['mail'])).toBeUndefined()
    await store.claim(requestBy('w', { now: minutesAfterNoon(4) }))
    expect(await store.nextDue(['posts'])).toEqual(minutesAfterNoon(9))
  })
}
