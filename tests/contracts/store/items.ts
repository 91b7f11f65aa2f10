import { expect, test } from 'vitest'
import type { Item } from '../../../src/domain/item.ts'
import type { ItemQuery, Store } from '../../../src/ports.ts'
import { editionOf, freezeOf, itemNamed, minutesAfterNoon, NOON, readingOf, readItem, undatedItem } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

export function itemContract(open: OpenStore): void {
  test('come back as they were recorded, newest day first, in the order of the source, undated ones last', async () => {
    const { store } = await forThisTest(open)
    const rich = itemNamed('rich', {
      title: `"Quotes", 'more', \\ back, \u{1F4F0} and ]]>`,
      published: '2026-06-29T08:00:00.000Z',
      sources: [{ url: 'https://source.example/a', title: 'A' }, { url: 'https://source.example/b' }],
      links: ['https://elsewhere.example/'],
      image: { url: 'https://paper.example/i.png', alt: 'An image' },
      authors: ['Ada'],
      tags: ['x', 'y'],
    })
    const read = [
      undatedItem(itemNamed('lesson', { section: 'learn' })),
      readItem(itemNamed('older'), { day: '2026-06-28' }),
      readItem(itemNamed('second')),
      readItem(rich, { position: 1 }),
    ]
    const recorded = await store.record(readingOf(read), '2026-06-28')
    expect(recorded).toEqual({ added: read.map(({ item }) => item.url), changed: [] })
    expect(await names(store, {})).toEqual(['rich', 'second', 'older', 'lesson'])
    const stored = (await store.items({ limit: 1 }))[0]
    const at = NOON.toISOString()
    expect(stored).toEqual({ ...readItem(rich, { position: 1 }), source: 'paper', firstSeenAt: at, changedAt: at })
    expect((await store.items({ states: ['undated'] }))[0]).not.toHaveProperty('day')
  })

  test('have a source that says when it was first read to its end, once for ever, wherever it moves', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const items = [undatedItem(itemNamed('lesson'))]
    const whole = async (source: string, minutes: number, complete: boolean): Promise<string | undefined> => {
      const at = minutesAfterNoon(minutes).toISOString()
      await store.record(readingOf(items, { source, at, complete }), '2026-06-28')
      return (await store.source(source))?.readWholeAt
    }
    expect(await whole('paper', 0, false)).toBeUndefined()
    const at = minutesAfterNoon(5).toISOString()
    expect(await whole('paper', 5, true)).toBe(at)
    const before = await fingerprint()
    expect(await whole('paper', 6, true)).toBe(at)
    expect(await fingerprint()).toBe(before)
    // Another address with the same items is the same publication.
    expect(await whole('moved', 7, false)).toBe(at)
    expect(await whole('moved', 8, true)).toBe(at)
  })

  test('are found by state, by days inclusive, by section, by having a source, up to a limit', async () => {
    const { store } = await forThisTest(open)
    await store.record(
      readingOf([
        readItem(itemNamed('a'), { day: '2026-06-30' }),
        readItem(itemNamed('b'), { day: '2026-06-29' }),
        readItem(itemNamed('c', { sources: [] }), { day: '2026-06-28' }),
        readItem(itemNamed('d'), { day: '2026-06-01', state: 'skipped', reason: 'before first run' }),
        undatedItem(itemNamed('e', { section: 'learn' })),
      ]),
      '2026-06-28',
    )
    const found: [ItemQuery, string[]][] = [
      [{ states: ['new'] }, ['a', 'b', 'c']],
      [{ states: ['skipped', 'undated'] }, ['d', 'e']],
      [{ states: [] }, []],
      [{ fromDay: '2026-06-29' }, ['a', 'b']],
      [{ toDay: '2026-06-28' }, ['c', 'd']],
      [{ fromDay: '2026-06-28', toDay: '2026-06-29', sourced: true }, ['b']],
      [{ sourced: false }, ['a', 'b', 'c', 'd', 'e']],
      [{ sections: ['learn'] }, ['e']],
      [{ limit: 2 }, ['a', 'b']],
    ]
    for (const [query, expected] of found) expect([query, await names(store, query)]).toEqual([query, expected])
  })

  test('are found by their addresses, thousands of them, whatever the order of asking', async () => {
    const { store } = await forThisTest(open)
    const all = Array.from({ length: 3000 }, (_, at) => readItem(itemNamed(`n${at}`), { position: at }))
    await store.record(readingOf(all), '2026-06-28')
    const urls = all.slice(1).map(({ item }) => item.url)
    expect(await names(store, { urls, source: 'paper' })).toHaveLength(2999)
    expect(await names(store, { urls: ['https://paper.example/n1', 'https://paper.example/n7', 'no'] })).toEqual([
      'n7',
      'n1',
    ])
    expect(await names(store, { urls: [] })).toEqual([])
  })

  test('as lines are the same in the same order, without their text', async () => {
    const { store } = await forThisTest(open)
    const read = [
      readItem(itemNamed('a'), { position: 1 }),
      readItem(itemNamed('b'), { day: '2026-06-28' }),
      readItem(itemNamed('c'), { day: '2026-06-01', state: 'skipped', reason: 'before first run' }),
      undatedItem(itemNamed('d', { section: 'learn' })),
      readItem(itemNamed('e')),
    ]
    await store.record(readingOf(read), '2026-06-01')
    await store.record(
      readingOf([readItem(itemNamed('e', { title: 'Changed' }))], { at: minutesAfterNoon(9).toISOString() }),
      '2026-06-01',
    )
    await store.approve(freezeOf([], { edition: editionOf('2026-06-29', { stories: [itemNamed('a')] }) }))
    const queries: ItemQuery[] = [
      {},
      { source: 'paper', sourced: true },
      { states: ['undated'] },
      { carried: true, limit: 1 },
    ]
    for (const query of queries) {
      const expected = (await store.items(query)).map(({ item, source: _source, reason: _reason, ...line }) => ({
        ...line,
        url: item.url,
        section: item.section,
      }))
      expect(await store.lines(query)).toEqual(expected)
    }
    expect(await store.lines({ carried: true })).toMatchObject([{ edition: 'daily/2026-06-29' }])
  })

  test('a source keeps its first day, and tells what its last reading said', async () => {
    const { store, reopen } = await forThisTest(open)
    expect(await store.source('paper')).toBeUndefined()
    await store.record(
      readingOf([], { validators: { etag: '"1"', reader: 'r' }, about: { title: 'Paper' } }),
      '2026-06-28',
    )
    const finding = { severity: 'warning', code: 'c', message: 'm' } as const
    await store.record(
      readingOf([], { validators: { lastModified: 'today', reader: 'r' }, findings: [finding] }),
      '2026-07-01',
    )
    const expected = {
      id: 'paper',
      firstDay: '2026-06-28',
      validators: { lastModified: 'today', reader: 'r' },
      about: {},
      findings: [finding],
    }
    expect(await store.source('paper')).toEqual(expected)
    expect(await (await reopen()).source('paper')).toEqual(expected)
  })

  test('a changed item is told once, and says when it changed', async () => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([readItem(itemNamed('a')), readItem(itemNamed('b'), { position: 1 })]), '2026-06-29')
    const changed = readItem(itemNamed('a', { title: 'Corrected' }))
    const later = readingOf([changed, readItem(itemNamed('b'), { position: 1 })], {
      at: minutesAfterNoon(5).toISOString(),
    })
    expect(await store.record(later, '2026-06-29')).toEqual({ added: [], changed: [changed.item.url] })
    expect(await store.record(later, '2026-06-29')).toEqual({ added: [], changed: [] })
    const [b, a] = await store.items({})
    expect(a).toMatchObject({ item: changed.item, hash: changed.hash, firstSeenAt: NOON.toISOString() })
    expect(a?.changedAt).toBe(minutesAfterNoon(5).toISOString())
    expect(b?.changedAt).toBe(NOON.toISOString())
  })

  test('a reading that says nothing new writes nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const read = [readItem(itemNamed('a')), undatedItem(itemNamed('lesson'))]
    const reading = readingOf(read, { validators: { etag: '"1"', reader: 'r' }, about: { title: 'Paper' } })
    await store.record(reading, '2026-06-29')
    const before = await fingerprint()
    await store.record({ ...reading, at: minutesAfterNoon(60).toISOString() }, '2026-07-01')
    expect(await fingerprint()).toBe(before)
    await store.record({ ...reading, validators: { etag: '"2"' } }, '2026-06-29')
    expect(await fingerprint()).not.toBe(before)
  })

  test.each([
    ['another place', readItem(itemNamed('a'), { position: 7 })],
    ['another day', readItem(itemNamed('a'), { day: '2026-06-30' })],
    ['other links', readItem(itemNamed('a', { links: ['https://elsewhere.example/'] }))],
  ])('%s is written, but is no change that readers are told of', async (_, moved) => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([readItem(itemNamed('a'))]), '2026-06-29')
    const recorded = await store.record(readingOf([moved], { at: minutesAfterNoon(5).toISOString() }), '2026-06-29')
    expect(recorded).toEqual({ added: [], changed: [] })
    expect((await store.items({}))[0]).toMatchObject({ ...moved, changedAt: NOON.toISOString() })
  })

  test('what was skipped stays skipped, whatever day it is given later', async () => {
    const { store } = await forThisTest(open)
    const old = readItem(itemNamed('old'), { day: '2026-06-01', state: 'skipped', reason: 'before first run' })
    await store.record(readingOf([old]), '2026-06-29')
    await store.record(readingOf([readItem(itemNamed('old'), { day: '2026-06-30' })]), '2026-06-29')
    expect((await store.items({}))[0]).toMatchObject({
      state: 'skipped',
      reason: 'before first run',
      day: '2026-06-30',
    })
  })

  test('nothing from before the first day becomes new, even when two first runs disagree about that day', async () => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([]), '2026-06-29')
    await store.record(readingOf([readItem(itemNamed('old'), { day: '2026-06-20' })]), '2026-06-20')
    expect((await store.items({}))[0]).toMatchObject({ state: 'skipped', reason: 'before first run' })
  })

  test('an undated item that is given a day becomes news from the first day on, else it is skipped', async () => {
    const { store } = await forThisTest(open)
    await store.record(readingOf([undatedItem(itemNamed('a')), undatedItem(itemNamed('b'))]), '2026-06-29')
    const dated = [readItem(itemNamed('a'), { day: '2026-06-29' }), readItem(itemNamed('b'), { day: '2026-06-28' })]
    await store.record(readingOf(dated), '2026-06-29')
    const states = (await store.items({})).map(({ item, state }) => [item.title, state])
    expect(states).toEqual([
      ['About a', 'new'],
      ['About b', 'skipped'],
    ])
  })

  test('an item that an edition carries keeps its state when its day changes, and names that edition', async () => {
    const { store } = await forThisTest(open)
    const carried = itemNamed('carried')
    await store.record(readingOf([readItem(carried), readItem(itemNamed('free'), { position: 1 })]), '2026-06-29')
    await store.approve(freezeOf([], { edition: editionOf('2026-06-29', { briefs: [carried] }) }))
    await store.approve(freezeOf([], { edition: editionOf('2026-06-30', { stories: [carried] }), renderings: [] }))
    const moved = ['carried', 'free'].map((name) => readItem(itemNamed(name), { day: '2026-06-01' }))
    await store.record(readingOf(moved), '2026-06-29')
    const stored = await store.items({ sections: ['news'] })
    const told = stored.map(({ item, state, day, edition }) => [item.title, state, day, edition])
    expect(told).toEqual([
      ['About carried', 'new', '2026-06-01', 'daily/2026-06-29'],
      ['About free', 'skipped', '2026-06-01', undefined],
    ])
  })

  test('an item belongs to the source that listed it last, and within a reading the first mention counts', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const twice = [readItem(itemNamed('a')), readItem(itemNamed('a', { title: 'Again' }), { position: 1 })]
    expect(await store.record(readingOf(twice), '2026-06-29')).toEqual({ added: [itemNamed('a').url], changed: [] })
    const moved = readingOf([readItem(itemNamed('a', { title: 'Theirs' }))], { source: 'other' })
    expect(await store.record(moved, '2026-06-29')).toEqual({ added: [], changed: [itemNamed('a').url] })
    const before = await fingerprint()
    await store.record(moved, '2026-06-29')
    expect(await fingerprint()).toBe(before)
    expect((await store.items({})).map(({ item, source }) => [item.title, source])).toEqual([['Theirs', 'other']])
    expect(await names(store, { source: 'other' })).toEqual(['a'])
    expect(await names(store, { source: 'paper' })).toEqual([])
  })

  test('of several recorders at once exactly one adds an item', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another(), await another()]
    const reading = readingOf([readItem(itemNamed('a')), readItem(itemNamed('b'), { position: 1 })])
    const recorded = await Promise.all(handles.map((handle) => handle.record(reading, '2026-06-29')))
    expect(recorded.flatMap(({ added }) => added).sort()).toEqual(reading.items.map(({ item }) => item.url))
  })

  test('a reading that fails half way leaves nothing behind', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const before = await fingerprint()
    const broken = {
      ...readItem(itemNamed('b')),
      get item(): Item {
        throw new Error('broken off')
      },
    }
    const read = [readItem(itemNamed('a')), broken]
    await expect(store.record(readingOf(read), '2026-06-29')).rejects.toThrow('broken off')
    expect(await fingerprint()).toBe(before)
    expect(await store.items({})).toEqual([])
    expect(await store.source('paper')).toBeUndefined()
  })
}

async function names(store: Store, query: ItemQuery): Promise<string[]> {
  return (await store.items(query)).map(({ item }) => item.url.replace('https://paper.example/', ''))
}
