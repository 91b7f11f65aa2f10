import { expect, test } from 'vitest'
import type { Settlement } from '../../../src/ports.ts'
import { claimAll, editionOf, freezeOf, keysOf, minutesAfterNoon, NOON, postNamed, requestBy } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const ID = 'daily/2026-06-29'
const later: Settlement = { kind: 'later', notBefore: minutesAfterNoon(1), reason: 'busy' }
const unknown: Settlement = { kind: 'unknown', notBefore: minutesAfterNoon(1), reason: 'reset' }

export function controlContract(open: OpenStore): void {
  test('nothing of a held edition is claimed until it is let go, and then all that is left', async () => {
    const { store, another } = await forThisTest(open)
    const editor = await another()
    await store.approve(freezeOf(['a', 'b', 'c'].map((name) => postNamed(name))))
    await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/a', later]]), NOON)
    await store.claim(requestBy('w'))
    expect(await editor.hold(ID, 'a mistake')).toBe('held')
    const request = requestBy('v', { now: minutesAfterNoon(9), gone: ['w'] })
    expect([await store.isDue(request), await store.claim(request), await store.nextDue(['posts'])]).toEqual([
      false,
      undefined,
      undefined,
    ])
    expect([await store.owed(), await store.settleEdition(ID)]).toEqual([0, 'held'])
    expect(await store.edition(ID)).toMatchObject({
      state: 'held',
      reason: 'a mistake',
      approvedAt: NOON.toISOString(),
    })
    // What was in flight is settled all the same.
    await store.settle('w', new Map([['posts/b', { kind: 'sent', remoteId: '1' }]]), NOON)
    expect(await editor.release(ID, minutesAfterNoon(10))).toBe('sending')
    expect(await store.editions(1)).toMatchObject([
      { state: 'sending', reason: '', approvedAt: NOON.toISOString(), letGoAt: minutesAfterNoon(10).toISOString() },
    ])
    expect(await store.owed()).toBe(2)
    expect((await claimAll(store, request)).map(keysOf)).toEqual([['posts/a'], ['posts/c']])
  })

  test('an edition that was held before anything left is approved again when it is let go', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.hold(ID, 'wait')
    expect(await (await reopen()).release(ID, minutesAfterNoon(1))).toBe('approved')
  })

  test('a second hold changes the reason, and the same one writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.keep(editionOf('2026-06-29'), 'draft', [], '')
    expect(await store.hold(ID, 'one')).toBe('held')
    expect(await store.hold(ID, 'two')).toBe('held')
    expect(await store.edition(ID)).toMatchObject({ reason: 'two' })
    const before = await fingerprint()
    await store.hold(ID, 'two')
    expect(await fingerprint()).toBe(before)
  })

  test('only a held edition that was approved can be let go', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.keep(editionOf('2026-06-28'), 'held', [], 'wait')
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    expect(await store.release('daily/2026-06-28', NOON)).toBe('held')
    expect(await store.release(ID, NOON)).toBe('approved')
    expect(await store.release('daily/1999-01-01', NOON)).toBeUndefined()
    expect(await fingerprint()).toBe(before)
  })

  test('cancelling ends what has not left, leaves to a person what may have, and waits for what is in flight', async () => {
    const { store, another } = await forThisTest(open)
    const names = ['sent', 'waiting', 'unknown', 'flying', 'planned']
    await store.approve(freezeOf(names.map((name) => postNamed(name))))
    for (let count = 0; count < 4; count += 1) await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/sent', { kind: 'sent', remoteId: '1' }]]), NOON)
    await store.settle('w', new Map([['posts/waiting', later]]), NOON)
    await store.settle('w', new Map([['posts/unknown', unknown]]), NOON)
    const editor = await another()
    expect(await editor.cancel(ID, 'withdrawn', minutesAfterNoon(1))).toBe('cancelled')
    const settledAt = minutesAfterNoon(1).toISOString()
    expect(await store.ledger({})).toMatchObject([
      { state: 'sent' },
      { state: 'cancelled', reason: 'withdrawn', settledAt },
      { state: 'review', settledAt },
      { state: 'claimed' },
      { state: 'cancelled', reason: 'withdrawn', settledAt },
    ])
    expect((await store.counts()).map(({ state, count }) => [state, count])).toEqual([
      ['cancelled', 2],
      ['claimed', 1],
      ['review', 1],
      ['sent', 1],
    ])
    expect([await store.owed(), await store.nextDue(['posts']), await store.isDue(requestBy('v'))]).toEqual([
      0,
      undefined,
      false,
    ])
    expect(await store.settleEdition(ID)).toBe('cancelled')
  })

  test.each([
    [later, 'cancelled'],
    [unknown, 'review'],
    [{ kind: 'rejected', reason: 'no' }, 'rejected'],
    [{ kind: 'sent', remoteId: '1' }, 'sent'],
  ] satisfies [Settlement, string][])(
    'what was in flight when its edition was cancelled is not tried again: %j',
    async (outcome, state) => {
      const { store } = await forThisTest(open)
      await store.approve(freezeOf([postNamed('a')]))
      await store.claim(requestBy('w'))
      await store.cancel(ID, 'withdrawn', NOON)
      await store.settle('w', new Map([['posts/a', outcome]]), NOON)
      expect(await store.ledger({})).toMatchObject([{ state }])
      expect(await store.claim(requestBy('w', { now: minutesAfterNoon(900) }))).toBeUndefined()
    },
  )

  test('what was in flight when its edition was cancelled and its worker ended is left to a person', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('w'))
    await store.cancel(ID, 'withdrawn', NOON)
    const again = await reopen()
    expect(await again.claim(requestBy('v'))).toBeUndefined()
    expect(await again.ledger({})).toMatchObject([{ state: 'claimed' }])
    const request = requestBy('v', { gone: ['w'] })
    expect(await again.isDue(request)).toBe(true)
    expect(await again.claim(request)).toBeUndefined()
    expect(await again.ledger({})).toMatchObject([{ state: 'review', reason: expect.stringContaining('cancelled') }])
    expect([await again.isDue(request), await again.holders()]).toEqual([false, []])
  })

  test('drafts and held editions are cancelled too; what is sent or cancelled stays, and what is not there is told', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.keep(editionOf('2026-06-27'), 'draft', [], '')
    await store.approve(freezeOf([postNamed('a')]))
    await store.hold(ID, 'wait')
    expect(await store.cancel('daily/2026-06-27', 'no', NOON)).toBe('cancelled')
    expect(await store.cancel(ID, 'no', NOON)).toBe('cancelled')
    await store.approve(freezeOf([], { edition: editionOf('2026-06-30') }))
    await store.settleEdition('daily/2026-06-30')
    const before = await fingerprint()
    expect(await store.cancel(ID, 'another reason', NOON)).toBe('cancelled')
    expect(await store.hold(ID, 'wait')).toBe('cancelled')
    expect(await store.release(ID, NOON)).toBe('cancelled')
    expect(await store.cancel('daily/2026-06-30', 'too late', NOON)).toBe('sent')
    expect(await store.hold('daily/2026-06-30', 'too late')).toBe('sent')
    expect(await store.cancel('daily/1999-01-01', 'no', NOON)).toBeUndefined()
    expect(await store.hold('daily/1999-01-01', 'no')).toBeUndefined()
    expect(await fingerprint()).toBe(before)
  })
}
