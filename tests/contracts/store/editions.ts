import { expect, test } from 'vitest'
import type { Settlement } from '../../../src/ports.ts'
import { claimAll, editionOf, freezeOf, itemNamed, minutesAfterNoon, NOON, postNamed, requestBy } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const warning = { severity: 'warning', code: 'shared-source', message: 'two items share a source' } as const

export function editionContract(open: OpenStore): void {
  test('a draft is kept, replaced and held', async () => {
    const { store, reopen } = await forThisTest(open)
    const edition = editionOf('2026-06-29', { stories: [itemNamed('a')] })
    expect(await store.edition(edition.id)).toBeUndefined()
    expect(await store.keep(edition, 'draft', [], '')).toBe(true)
    expect(await store.edition(edition.id)).toEqual({ edition, state: 'draft', findings: [], reason: '' })
    const better = { ...edition, subject: 'A better subject' }
    expect(await store.keep(better, 'held', [warning], 'wait for the author')).toBe(true)
    const expected = { edition: better, state: 'held', findings: [warning], reason: 'wait for the author' }
    expect(await store.edition(edition.id)).toEqual(expected)
    expect(await (await reopen()).edition(edition.id)).toEqual(expected)
  })

  test('keeping the same draft again writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.keep(editionOf('2026-06-29'), 'draft', [warning], '')
    const before = await fingerprint()
    expect(await store.keep(editionOf('2026-06-29'), 'draft', [warning], '')).toBe(true)
    expect(await fingerprint()).toBe(before)
    await store.keep(editionOf('2026-06-29'), 'draft', [], '')
    expect(await fingerprint()).not.toBe(before)
  })

  test('an edition past draft or held is not kept', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    expect(await store.keep(editionOf('2026-06-29', { subject: 'Too late' }), 'held', [], 'wait')).toBe(false)
    expect(await fingerprint()).toBe(before)
    expect(await store.edition('daily/2026-06-29')).toMatchObject({ state: 'approved', reason: '' })
  })

  test('are listed newest date first, up to a limit', async () => {
    const { store } = await forThisTest(open)
    for (const date of ['2026-06-28', '2026-06-30', '2026-06-29']) await store.keep(editionOf(date), 'draft', [], '')
    const listed = await store.editions(2)
    expect(listed.map(({ date }) => date)).toEqual(['2026-06-30', '2026-06-29'])
    const { id, subject, stories, briefs } = editionOf('2026-06-30')
    const items = stories.length + briefs.length
    const plannedAt = '2026-06-30T06:00:00.000Z'
    expect(listed[0]).toEqual({ id, date: '2026-06-30', subject, items, state: 'draft', reason: '', plannedAt })
  })

  test('are listed by state, with the instant at which they were approved', async () => {
    const { store } = await forThisTest(open)
    await store.keep(editionOf('2026-06-30'), 'held', [], 'wait')
    await store.approve(freezeOf([postNamed('a')]))
    expect((await store.editions(9, ['held', 'draft'])).map(({ date }) => date)).toEqual(['2026-06-30'])
    const at = NOON.toISOString()
    expect(await store.editions(9, ['approved'])).toMatchObject([{ date: '2026-06-29', approvedAt: at, letGoAt: at }])
    expect(await store.editions(9, [])).toEqual([])
  })

  test('settling tells the state from the ledger alone', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const id = 'daily/2026-06-29'
    await store.approve(freezeOf([postNamed('a'), postNamed('b')]))
    expect(await store.settleEdition(id)).toBe('approved')
    await store.claim(requestBy('w'))
    expect(await store.settleEdition(id)).toBe('sending')
    await store.settle('w', new Map([['posts/a', { kind: 'sent', remoteId: '1' }]]), NOON)
    await store.claim(requestBy('w'))
    const later: Settlement = { kind: 'later', notBefore: minutesAfterNoon(1), reason: 'busy' }
    await store.settle('w', new Map([['posts/b', later]]), NOON)
    expect(await store.settleEdition(id)).toBe('sending')
    await store.claim(requestBy('w', { now: minutesAfterNoon(1) }))
    await store.settle('w', new Map([['posts/b', { kind: 'review', reason: 'who knows' }]]), NOON)
    expect(await store.settleEdition(id)).toBe('sent')
    const before = await fingerprint()
    expect(await store.settleEdition(id)).toBe('sent')
    expect(await fingerprint()).toBe(before)
  })

  test('an edition whose first attempt only waits is being sent', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/a', { kind: 'later', notBefore: NOON, reason: 'busy' }]]), NOON)
    expect(await store.settleEdition('daily/2026-06-29')).toBe('sending')
  })

  test('an edition that owes nothing is sent; a draft stays a draft; an unknown one is an error', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([]))
    expect(await store.settleEdition('daily/2026-06-29')).toBe('sent')
    await store.keep(editionOf('2026-06-30'), 'draft', [], '')
    expect(await store.settleEdition('daily/2026-06-30')).toBe('draft')
    await expect(store.settleEdition('daily/1999-01-01')).rejects.toThrow('daily/1999-01-01')
  })

  test('deliveries are listed in the order of planning and counted by state', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf(['c', 'a', 'b'].map((name) => postNamed(name))))
    const next = postNamed('d', { edition: 'daily/2026-06-30' })
    await store.approve(freezeOf([next], { edition: editionOf('2026-06-30') }))
    const first = (await store.claim(requestBy('w')))?.deliveries[0]
    await store.settle('w', new Map([[first?.key ?? '', { kind: 'rejected', reason: 'no' }]]), NOON)
    const listed = async (query: Parameters<typeof store.ledger>[0]): Promise<string[]> =>
      (await store.ledger(query)).map(({ target }) => target)
    expect(await listed({})).toEqual(['c', 'a', 'b', 'd'])
    expect(await listed({ limit: 2 })).toEqual(['c', 'a'])
    expect(await listed({ edition: 'daily/2026-06-30' })).toEqual(['d'])
    expect(await listed({ states: ['planned'] })).toEqual(['a', 'b', 'd'])
    expect(await listed({ edition: 'daily/2026-06-29', states: ['rejected', 'sent'] })).toEqual(['c'])
    const channel = 'posts'
    const of29 = [
      { edition: 'daily/2026-06-29', channel, state: 'planned', count: 2 },
      { edition: 'daily/2026-06-29', channel, state: 'rejected', count: 1 },
    ]
    expect(await store.counts('daily/2026-06-29')).toEqual(of29)
    expect(await store.counts()).toEqual([
      ...of29,
      { edition: 'daily/2026-06-30', channel, state: 'planned', count: 1 },
    ])
    expect(await store.counts('daily/1999-01-01')).toEqual([])
  })

  test('what is owed counts what may leave, and nothing else', async () => {
    const { store } = await forThisTest(open)
    expect(await store.owed()).toBe(0)
    await store.approve(freezeOf(['a', 'b', 'c', 'd'].map((name) => postNamed(name))))
    expect(await store.owed()).toBe(4)
    const outcomes = {
      a: { kind: 'sent', remoteId: '1' },
      b: { kind: 'later', notBefore: minutesAfterNoon(1), reason: 'busy' },
      c: { kind: 'unknown', notBefore: minutesAfterNoon(1), reason: 'reset' },
    } satisfies Record<string, Settlement>
    for (const [name, outcome] of Object.entries(outcomes)) {
      await store.claim(requestBy('w'))
      await store.settle('w', new Map([[`posts/${name}`, outcome]]), NOON)
    }
    await store.claim(requestBy('w'))
    expect(await store.owed()).toBe(3)
    await store.cancel('daily/2026-06-29', 'withdrawn', NOON)
    expect(await store.owed()).toBe(0)
  })

  test('the ledger is walked in the order of planning, also where it is long and changes meanwhile', async () => {
    const { store } = await forThisTest(open)
    const names = Array.from({ length: 2100 }, (_, at) => String(at).padStart(4, '0'))
    await store.approve(freezeOf(names.map((name) => postNamed(name, { group: 'posts/all' }))))
    const other = editionOf('2026-06-30')
    await store.approve(freezeOf([postNamed('other', { edition: other.id })], { edition: other }))
    const walked: string[] = []
    for await (const { target } of store.walk({ edition: 'daily/2026-06-29', channel: 'posts' })) {
      if (walked.length === 5) {
        await store.claim(requestBy('w'))
        await store.settle('w', new Map([['posts/2000', { kind: 'rejected', reason: 'no' }]]), NOON)
      }
      walked.push(target)
    }
    expect(walked).toEqual(names)
    const found = async (query: Parameters<typeof store.walk>[0]): Promise<string[]> => {
      const targets: string[] = []
      for await (const { target } of store.walk(query)) targets.push(target)
      return targets
    }
    expect(await found({ states: ['rejected', 'planned'] })).toEqual(['2000', 'other'])
    expect(await found({ channel: 'mail' })).toEqual([])
    expect(await found({ receipts: ['bounced'] })).toEqual([])
    expect(await found({ states: ['rejected'], receipts: ['bounced'] })).toEqual(['2000'])
    expect(await found({ edition: 'daily/1999-01-01' })).toEqual([])
  })

  test('everything that was acknowledged is there after reopening', async () => {
    const { store, reopen } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a'), postNamed('b')]))
    await store.claim(requestBy('w'))
    await store.settle('w', new Map([['posts/a', { kind: 'sent', remoteId: '1' }]]), NOON)
    const again = await reopen()
    const claims = await claimAll(again, requestBy('w2'))
    expect(claims.map(({ group }) => group)).toEqual(['posts/b'])
    expect((await again.ledger({ states: ['sent'] })).map(({ key }) => key)).toEqual(['posts/a'])
  })
}
