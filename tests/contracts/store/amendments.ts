import { expect, test } from 'vitest'
import type { Amendment } from '../../../src/domain/amendment.ts'
import type { Edition } from '../../../src/domain/edition.ts'
import type { Freeze, Settlement } from '../../../src/ports.ts'
import {
  editionOf,
  freezeOf,
  itemNamed,
  keysOf,
  minutesAfterNoon,
  NOON,
  postNamed,
  readingOf,
  readItem,
  renderingOf,
  requestBy,
} from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const ITEM = itemNamed('a')
const sent: Settlement = { kind: 'sent', remoteId: '1' }

function amendmentOf(name: string, more: Partial<Amendment> = {}): Amendment {
  const kind = more.kind ?? 'correction'
  return {
    id: `${kind}/2026-06-29-${name}`,
    kind,
    url: ITEM.url,
    title: ITEM.title,
    note: `What ${name} says.`,
    at: NOON.toISOString(),
    source: { url: 'https://source.example/a' },
    ...more,
  }
}

/** The edition that carries an amendment, with one post of its own. */
function amending(amendment: Amendment, more: Partial<Freeze> = {}): Freeze {
  const edition: Edition = editionOf('2026-06-29', {
    id: amendment.id,
    schedule: amendment.kind,
    amends: { amendment, item: ITEM },
  })
  const deliveries = [postNamed(amendment.id, { edition: edition.id })]
  return freezeOf(deliveries, { edition, at: amendment.at, ...more })
}

const digest = (date: string, more: Partial<Edition> = {}, deliveries: Freeze['deliveries'] = []): Freeze =>
  freezeOf(deliveries, { edition: editionOf(date, more), renderings: [renderingOf('posts', 'post')] })

export function amendmentContract(open: OpenStore): void {
  test('are written down with the approval of their edition, once, and found by item and kind, the latest first', async () => {
    const { store, reopen, fingerprint } = await forThisTest(open)
    const first = amendmentOf('one')
    const second = amendmentOf('two', { at: minutesAfterNoon(5).toISOString() })
    const other = amendmentOf('three', { url: 'https://paper.example/b' })
    const gone = amendmentOf('four', { kind: 'retraction', at: minutesAfterNoon(9).toISOString() })
    for (const [amendment, said] of [
      [first, []],
      [second, [first.id]],
      [other, []],
      [gone, [first.id, second.id]],
    ] as const)
      expect(await store.approve(amending(amendment, { said }))).toBe(true)
    const before = await fingerprint()
    expect(await store.approve(amending(first))).toBe(false)
    expect(await fingerprint()).toBe(before)
    const again = await reopen()
    expect(await again.amendments({})).toEqual([gone, second, first, other])
    expect(await again.amendments({ url: ITEM.url, kind: 'correction' })).toEqual([second, first])
    expect(await again.amendments({ kind: 'retraction' })).toEqual([gone])
    expect(await again.amendments({ limit: 2 })).toEqual([gone, second])
    expect((await again.edition(first.id))?.edition.amends).toEqual({ amendment: first, item: ITEM })
  })

  test('that are drafts or held are none yet', async () => {
    const { store } = await forThisTest(open)
    const freeze = amending(amendmentOf('one'))
    await store.keep(freeze.edition, 'held', [], 'a doubt')
    expect(await store.amendments({})).toEqual([])
    await store.approve(freeze)
    expect(await store.amendments({})).toHaveLength(1)
  })

  test('of fifty approvals at once one writes it down', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another()]
    const freeze = amending(amendmentOf('one'))
    const done = await Promise.all(Array.from({ length: 50 }, (_, at) => (handles[at % 3] ?? store).approve(freeze)))
    expect(done.filter(Boolean)).toHaveLength(1)
    expect([await store.amendments({}), await store.ledger({})].map(({ length }) => length)).toEqual([1, 1])
  })

  test('are told of by one edition, and another that would tell of them too is not approved', async () => {
    const { store, another } = await forThisTest(open)
    const one = amendmentOf('one')
    const two = amendmentOf('two', { at: minutesAfterNoon(1).toISOString() })
    await store.approve(amending(one))
    await store.approve(amending(two, { said: [one.id] }))
    expect(await store.amendments({ untold: true })).toEqual([two, one])
    const other = await another()
    const both = await Promise.all([
      store.approve(digest('2026-06-30', { amendments: [one] })),
      other.approve(digest('2026-07-01', { amendments: [one, two] })),
    ])
    expect(both.filter(Boolean)).toHaveLength(1)
    const left = await store.amendments({ untold: true })
    expect(left).toEqual(both[0] ? [two] : [])
    expect(await store.amendments({})).toHaveLength(2)
  })

  test.each([
    ['retraction', 'retraction'],
    ['correction', 'retraction'],
    ['retraction', 'correction'],
    ['correction', 'correction'],
  ] as const)('a %s that was made without knowing of a %s of its item is not approved', async (kind, first) => {
    const { store, another, fingerprint } = await forThisTest(open)
    await store.record(readingOf([readItem(ITEM)]), '2026-06-29')
    const said = amendmentOf('one', { kind: first })
    const made = amendmentOf('two', { kind })
    const done = await Promise.all([store.approve(amending(said)), (await another()).approve(amending(made))])
    expect(done.filter(Boolean)).toHaveLength(1)
    const [taken, refused] = done[0] ? [said, made] : [made, said]
    expect(await store.amendments({})).toEqual([taken])
    const before = await fingerprint()
    expect(await store.approve(amending(refused))).toBe(false)
    expect(await fingerprint()).toBe(before)
    expect(await store.approve(amending(refused, { said: [taken.id] }))).toBe(true)
  })

  test('the same digest, kept as a draft and approved later, tells of what it was made with', async () => {
    const { store } = await forThisTest(open)
    const one = amendmentOf('one')
    await store.approve(amending(one))
    const next = digest('2026-06-30', { amendments: [one] })
    await store.keep(next.edition, 'draft', [], '')
    expect(await store.amendments({ untold: true })).toHaveLength(1)
    expect(await store.approve(next)).toBe(true)
    expect(await store.amendments({ untold: true })).toEqual([])
  })

  test('an item is carried by the editions that were approved with it, in that order', async () => {
    const { store } = await forThisTest(open)
    await store.approve(digest('2026-06-29', { stories: [ITEM] }))
    await store.keep(editionOf('2026-06-30', { stories: [ITEM] }), 'draft', [], '')
    expect(await store.carriers(ITEM.url)).toEqual(['daily/2026-06-29'])
    expect(await store.carriers('https://paper.example/none')).toEqual([])
  })

  test('an item is told of by the editions that were approved with it in their background or among what they tell', async () => {
    const { store, reopen } = await forThisTest(open)
    const basics = itemNamed('basics')
    const one = amendmentOf('one')
    await store.approve(digest('2026-06-29', { stories: [ITEM], background: [basics] }))
    await store.approve(amending(one))
    await store.keep(editionOf('2026-07-01', { background: [basics] }), 'draft', [], '')
    const later = minutesAfterNoon(9).toISOString()
    // Both at once: it is shown whole.
    const next = digest('2026-06-30', {
      background: [basics],
      amendments: [one, amendmentOf('two', { url: basics.url })],
    })
    await store.approve({ ...next, at: later })
    const again = await reopen()
    const first = { edition: 'daily/2026-06-29', approvedAt: NOON.toISOString() }
    const second = { edition: 'daily/2026-06-30', approvedAt: later }
    expect(await again.mentions(basics.url)).toEqual([
      { ...first, isBackground: true },
      { ...second, isBackground: true },
    ])
    expect(await again.mentions(ITEM.url)).toEqual([{ ...second, isBackground: false }])
    expect(await again.mentions('https://paper.example/none')).toEqual([])
  })

  test('an edition that shows in its background what was retracted since is not approved', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.record(readingOf([readItem(ITEM)]), '2026-06-29')
    await store.approve(amending(amendmentOf('one', { kind: 'retraction' })))
    const before = await fingerprint()
    expect(await store.approve(digest('2026-06-30', { background: [ITEM] }))).toBe(false)
    expect(await fingerprint()).toBe(before)
    expect(await store.approve(digest('2026-06-30'))).toBe(true)
  })

  test('a retraction takes its item out of every list for good, whatever its source says', async () => {
    const { store } = await forThisTest(open)
    const reading = readingOf([readItem(ITEM), readItem(itemNamed('b'), { position: 1 })])
    await store.record(reading, '2026-06-29')
    await store.approve(digest('2026-06-29', { stories: [ITEM] }))
    await store.approve(amending(amendmentOf('one', { kind: 'retraction' })))
    const listed = async () => (await store.items({})).map(({ item }) => item.title)
    expect(await listed()).toEqual(['About b'])
    const changed = readItem(itemNamed('a', { title: 'New words' }), { day: '2026-06-30' })
    await store.record({ ...reading, items: [changed], at: minutesAfterNoon(9).toISOString() }, '2026-06-29')
    expect(await listed()).toEqual(['About b'])
    const again = amendmentOf('two', { kind: 'retraction', at: minutesAfterNoon(20).toISOString() })
    expect(await store.approve(amending(again, { said: ['retraction/2026-06-29-one'] }))).toBe(true)
    expect(await store.items({ withdrawn: true, url: ITEM.url })).toMatchObject([
      { item: { title: 'New words' }, withdrawnAt: NOON.toISOString(), edition: 'daily/2026-06-29' },
    ])
  })

  test('a correction leaves its item in every list', async () => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([readItem(ITEM)]), '2026-06-29')
    await store.approve(amending(amendmentOf('one')))
    expect((await store.items({}))[0]).not.toHaveProperty('withdrawnAt')
  })

  test('an edition that was made with an item before it was retracted is not approved any more', async () => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([readItem(ITEM)]), '2026-06-29')
    const next = digest('2026-06-30', { briefs: [ITEM] })
    await store.keep(next.edition, 'draft', [], '')
    await store.approve(amending(amendmentOf('one', { kind: 'retraction' })))
    expect(await store.approve(next)).toBe(false)
    expect(await store.edition('daily/2026-06-30')).toMatchObject({ state: 'draft' })
  })

  test('a retraction ends what has not left, whatever became of it, and nothing brings it back', async () => {
    const { store, another } = await forThisTest(open)
    const names = ['sent', 'waiting', 'unknown', 'rejected', 'review', 'flying', 'planned', 'timed', 'other']
    const posts = names.map((name) =>
      postNamed(name, name === 'timed' ? { notBefore: minutesAfterNoon(10).toISOString() } : {}),
    )
    await store.approve(freezeOf(posts))
    const wait = { notBefore: minutesAfterNoon(1), reason: 'busy' }
    const outcomes: Settlement[] = [
      sent,
      { kind: 'later', ...wait },
      { kind: 'unknown', ...wait },
      { kind: 'rejected', reason: 'no' },
      { kind: 'review', reason: 'who knows' },
    ]
    for (const outcome of outcomes) {
      const [key = ''] = keysOf(await store.claim(requestBy('w')))
      await store.settle('w', new Map([[key, outcome]]), NOON)
    }
    expect(keysOf(await store.claim(requestBy('w')))).toEqual(['posts/flying'])
    const editor = await another()
    const withdrawn = [...names.filter((name) => name !== 'other').map((name) => `posts/${name}`), 'posts/nowhere']
    await editor.approve(amending(amendmentOf('one', { kind: 'retraction' }), { withdrawn, deliveries: [] }))
    const states = async () => (await store.ledger({})).map(({ target, state }) => [target, state])
    const ended = names.map((name) => [name, name === 'sent' ? 'sent' : name === 'other' ? 'planned' : 'cancelled'])
    expect(await states()).toEqual(ended)
    expect((await store.counts()).map(({ state, count }) => [state, count])).toEqual([
      ['cancelled', 7],
      ['planned', 1],
      ['sent', 1],
    ])
    // Whatever the worker comes back with, and whatever a person says later.
    for (const late of [sent, { kind: 'later', ...wait }, { kind: 'unknown', ...wait }] satisfies Settlement[])
      await store.settle('w', new Map([['posts/flying', late]]), NOON)
    for (const name of names.filter((one) => one !== 'other'))
      expect(await store.resolve({ delivery: `posts/${name}` }, 'retry', 'again', NOON)).toBe(0)
    expect(await states()).toEqual(ended)
    const request = requestBy('v', { now: minutesAfterNoon(99), gone: ['w'] })
    expect(keysOf(await store.claim(request))).toEqual(['posts/other'])
    expect([await store.claim(request), await store.holders()]).toEqual([undefined, ['v']])
  })

  test('only a retraction withdraws', async () => {
    const { store } = await forThisTest(open)
    await store.approve(freezeOf([postNamed('a')]))
    await store.approve(amending(amendmentOf('one'), { withdrawn: ['posts/a'], deliveries: [] }))
    expect(await store.ledger({})).toMatchObject([{ state: 'planned' }])
  })

  test('an approval that fails half way withdraws nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.record(readingOf([readItem(ITEM)]), '2026-06-29')
    await store.approve(freezeOf([postNamed('a')]))
    const before = await fingerprint()
    const broken = amending(amendmentOf('one', { kind: 'retraction' }), {
      withdrawn: ['posts/a'],
      deliveries: [postNamed('x', { edition: 'retraction/2026-06-29-one', rendering: 'nowhere' })],
    })
    await expect(store.approve(broken)).rejects.toThrow('nowhere')
    expect(await fingerprint()).toBe(before)
  })
}
