import { beforeEach, describe, expect, it } from 'vitest'
import { collect, type Collected } from '../../src/pipeline/collect.ts'
import type { Store, StoredItem } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { testStore } from '../fixtures/store.ts'
import { brokenOff, end, fakeSource, lesson, never, news, zone, type FakeSource } from './fixture.ts'

const clock = testClock('2026-06-29T05:00:00.000Z')
let store: Store

beforeEach(async () => {
  clock.set('2026-06-29T05:00:00.000Z')
  store = await testStore()
})

const read = (source: FakeSource, day: string | undefined = '2026-06-29'): Promise<Collected> =>
  collect({ clock, store }, source, { day, zone }, never)

const readLatest = (source: FakeSource): Promise<Collected> =>
  collect({ clock, store }, source, { day: undefined, zone }, never)

async function kept(): Promise<Map<string, StoredItem>> {
  const items = await store.items({})
  return new Map(items.map((each) => [/([\w-]+)\.html$/.exec(each.item.url)?.[1] ?? '', each]))
}

const states = async (): Promise<string[]> =>
  [...(await kept())].map(([name, { state, reason }]) => [name, state, ...(reason ? [reason] : [])].join(' '))

describe('the first run', () => {
  it('keeps what is older than the day being made as skipped, and the day itself as new', async () => {
    const source = fakeSource(
      news('tomorrow', '2026-06-30'),
      news('today'),
      news('old', '2026-06-28'),
      lesson('tides'),
      news('ancient', '2020-01-01'),
    )
    expect(await read(source)).toMatchObject({ firstDay: '2026-06-29', day: '2026-06-29', read: 5, skipped: 2 })
    expect(await states()).toEqual([
      'tomorrow new',
      'today new',
      'old skipped before first run',
      'ancient skipped before first run',
      'tides undated',
    ])
  })

  it('guards for ever: a later run for an older day skips that day all the same', async () => {
    const source = fakeSource(news('today'), news('old', '2026-06-27'))
    await read(source)
    source.says(news('today'), news('old', '2026-06-27'), news('older', '2026-06-26'))
    expect(await read(source, '2026-06-26')).toMatchObject({ firstDay: '2026-06-29', day: '2026-06-26' })
    expect(await states()).toEqual(['today new', 'old skipped before first run', 'older skipped before first run'])
  })

  it('never sends a skipped item later, though it is given a new date', async () => {
    const source = fakeSource(news('today'), news('old', '2026-06-01'))
    await read(source)
    source.says(news('today'), news('old', '2026-06-29'))
    await read(source)
    expect(await states()).toContain('old skipped before first run')
  })

  it('makes the latest day when none is given', async () => {
    const collected = await readLatest(
      fakeSource(lesson('a'), news('older', '2026-06-20'), news('newest', '2026-06-21')),
    )
    expect(collected).toMatchObject({ day: '2026-06-21', firstDay: '2026-06-21', skipped: 1 })
  })

  it('makes today when the source has nothing dated', async () => {
    clock.set('2026-06-29T22:30:00.000Z')
    expect(await readLatest(fakeSource(lesson('a')))).toMatchObject({ day: '2026-06-30' })
    expect(await readLatest(fakeSource())).toMatchObject({ day: '2026-06-30' })
  })

  it('counts an instant as a day of the publication’s zone', async () => {
    await read(
      fakeSource(news('late-evening', '2026-06-28T22:30:00.000Z'), news('earlier', '2026-06-28T21:30:00.000Z')),
    )
    expect(await states()).toEqual(['late-evening new', 'earlier skipped before first run'])
  })
})

describe('reading again', () => {
  it('sends back the validators of the last reading, and keeps everything when nothing changed', async () => {
    const source = fakeSource(news('today'))
    const first = await read(source)
    source.tells(end({}, { unchanged: true }))
    const second = await read(source)
    expect(source.asked).toEqual([{}, { etag: '"1"' }])
    expect(second).toMatchObject({ unchanged: true, complete: true, read: 0, added: [], changed: [] })
    expect(second.about).toEqual(first.about)
    expect(await states()).toEqual(['today new'])
    expect((await store.source('memory'))?.validators).toEqual({ etag: '"1"' })
  })

  it('makes the latest day it knows when nothing changed and no day is given', async () => {
    const source = fakeSource(news('today'), news('old', '2026-06-27'))
    await read(source)
    source.tells(end({}, { unchanged: true }))
    expect((await readLatest(source)).day).toBe('2026-06-29')
  })

  it('still tells what was wrong with the last reading when nothing changed', async () => {
    const finding = { severity: 'warning', code: 'x', message: 'An item has no address.' } as const
    const source = fakeSource()
    source.tells({ kind: 'item', item: news('today') }, { kind: 'problem', finding }, end({ etag: 'a' }))
    expect((await read(source)).findings).toEqual([finding])
    source.tells(end({}, { unchanged: true }))
    expect((await read(source)).findings).toEqual([finding])
  })

  it('tells new items from changed ones, and both from the rest', async () => {
    const source = fakeSource(news('a'), news('b'))
    expect(await read(source)).toMatchObject({ added: [news('a').url, news('b').url], changed: [] })
    clock.set('2026-06-29T09:00:00.000Z')
    source.says(news('c'), news('a'), news('b', '2026-06-29', { title: 'Corrected' }))
    expect(await read(source)).toMatchObject({ added: [news('c').url], changed: [news('b').url] })
    const items = await kept()
    expect(items.get('b')).toMatchObject({
      item: { title: 'Corrected' },
      firstSeenAt: '2026-06-29T05:00:00.000Z',
      changedAt: '2026-06-29T09:00:00.000Z',
    })
    expect(items.get('a')?.changedAt).toBe('2026-06-29T05:00:00.000Z')
  })

  it('does not forget an item that the source no longer names', async () => {
    const source = fakeSource(news('a'), news('b'))
    await read(source)
    source.says(news('b'))
    await read(source)
    expect([...(await kept()).keys()].toSorted()).toEqual(['a', 'b'])
  })
})

describe('a reading that breaks off', () => {
  it('keeps the items it brought, but not its validators, so that the next one is whole', async () => {
    const source = fakeSource(news('a'))
    await read(source)
    source.tells({ kind: 'item', item: news('b') }, ...brokenOff)
    const collected = await read(source)
    expect(collected).toMatchObject({ complete: false, added: [news('b').url] })
    expect(collected.findings.map(({ code }) => code)).toEqual(['source-broken'])
    expect([...(await kept()).keys()].toSorted()).toEqual(['a', 'b'])
    source.says(news('a'), news('b'), news('c'))
    await read(source)
    expect(source.asked.at(-1)).toEqual({})
    expect([...(await kept()).keys()].toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('with nothing at all changes nothing, and does not count as the first run', async () => {
    const source = fakeSource()
    source.tells(...brokenOff)
    expect(await read(source, '2026-06-20')).toMatchObject({ complete: false, read: 0, unchanged: false })
    expect(await store.source('memory')).toBeUndefined()
    source.says(news('today'), news('old', '2026-06-28'))
    expect(await read(source)).toMatchObject({ firstDay: '2026-06-29', skipped: 1 })
  })

  it('with nothing at all leaves validators and words about the publication as they were', async () => {
    const source = fakeSource(news('a'))
    const { about } = await read(source)
    source.tells(...brokenOff)
    expect((await read(source)).about).toEqual(about)
    expect((await store.source('memory'))?.validators).toEqual({ etag: '"1"' })
  })
})

describe('positions', () => {
  it('count what stands behind within the item’s own day, and lessons on their own', async () => {
    await read(fakeSource(news('a1'), lesson('l1'), news('a2'), news('b1', '2026-06-28'), lesson('l2'), news('a3')))
    const items = await kept()
    expect(['a1', 'a2', 'a3', 'b1', 'l1', 'l2'].map((name) => items.get(name)?.position)).toEqual([2, 1, 0, 0, 1, 0])
  })

  it('do not move when something comes before them, of another day or of their own', async () => {
    const source = fakeSource(news('a1'), news('a2'))
    await read(source)
    source.says(news('n1', '2026-06-30'), news('a0'), news('a1'), news('a2'))
    expect((await read(source)).changed).toEqual([])
    const items = await kept()
    expect(['n1', 'a0', 'a1', 'a2'].map((name) => items.get(name)?.position)).toEqual([0, 2, 1, 0])
    expect([...items.keys()]).toEqual(['n1', 'a0', 'a1', 'a2'])
  })

  it('of items that change places move, without counting as a change', async () => {
    const source = fakeSource(news('a1'), news('a2'))
    await read(source)
    source.says(news('a2'), news('a1'))
    expect((await read(source)).changed).toEqual([])
    expect([...(await kept()).keys()]).toEqual(['a2', 'a1'])
  })
})

it('counts the items of each section', async () => {
  const { sections } = await read(fakeSource(news('a'), lesson('l'), news('b')))
  expect(Object.fromEntries(sections)).toEqual({ news: 2, learn: 1 })
})

it('an error of the source itself records nothing', async () => {
  const source = fakeSource(news('a'))
  const broken = {
    ...source,
    async *read(): ReturnType<FakeSource['read']> {
      yield { kind: 'item', item: news('a') }
      throw new Error('a bug')
    },
  }
  await expect(collect({ clock, store }, broken, { day: '2026-06-29', zone }, never)).rejects.toThrow('a bug')
  expect(await store.items({})).toEqual([])
})
