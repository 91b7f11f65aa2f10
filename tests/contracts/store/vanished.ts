import { expect, test } from 'vitest'
import type { Reading, Store } from '../../../src/ports.ts'
import { itemNamed, minutesAfterNoon, readingOf, readItem, undatedItem } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const LATER = minutesAfterNoon(30).toISOString()

/** `a29 b29 c28`: what a source lists, the newest in front; each is called after its day in June. */
function listing(names: string, more: Partial<Reading> = {}): Reading {
  const list = names.split(' ').filter((name) => name !== '')
  const items = list.map((name, at) => {
    const day = name.slice(-2)
    const position = list.slice(at + 1).filter((other) => other.endsWith(day)).length
    return readItem(itemNamed(name), { day: `2026-06-${day}`, position })
  })
  return readingOf(items, { complete: true, ...more })
}

async function missing(store: Store): Promise<string> {
  const items = await store.items({ missing: true, withdrawn: true })
  return items.map(({ item }) => item.title.replace('About ', '')).join(' ')
}

export function vanishedContract(open: OpenStore): void {
  test.each([
    ['from the midst of its day', 'a29 b29 c29', 'a29 c29', 'b29'],
    ['from the front', 'a29 b29 c28', 'b29 c28', 'a29'],
    ['several at once', 'a30 b29 c29 d28', 'd28', 'a30 b29 c29'],
    ['while others come', 'b29 c28', 'n30 c28', 'b29'],
  ])('what stood in front of something that is still listed has vanished: %s', async (_, before, after, gone) => {
    const { store, reopen } = await forThisTest(open)
    await store.record(listing(before), '2026-06-01')
    await store.record(listing(after, { at: LATER }), '2026-06-01')
    const again = await reopen()
    expect(await missing(again)).toBe(gone)
    expect((await again.items({ missing: true }))[0]?.missingSince).toBe(LATER)
    expect((await again.items({ missing: false })).map(({ item }) => item.title.replace('About ', '')).join(' ')).toBe(
      after,
    )
  })

  test.each([
    ['from the end of an older day', 'a29 b28 c27', 'n30 a29 b28'],
    ['from the end of a day in part', 'a29 b29 c29', 'n30 a29'],
    ['all of it, by newer ones', 'a29 b29', 'n30 m30'],
  ])('what a source that tells of the latest alone drops has not vanished: %s', async (_, before, after) => {
    const { store } = await forThisTest(open)
    await store.record(listing(before), '2026-06-01')
    await store.record(listing(after, { at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test('a feed that drops one item for each new one never loses any, over a month', async () => {
    const { store } = await forThisTest(open)
    const all = Array.from({ length: 28 }, (_, at) => {
      const day = String(28 - at).padStart(2, '0')
      return ['x', 'y', 'z'].map((name) => `${name}${day}`)
    }).flat()
    for (let from = all.length - 10; from >= 0; from -= 1)
      await store.record(listing(all.slice(from, from + 10).join(' '), { at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test.each([
    ['one that came to be pinned', 'a29 b28 c27 d26 e25 f24 g23 h22 i21 j20 k19 l18', 'a29 b28 c27 d26 e25 l18'],
    ['one that was pinned before', 'a29 b28 c27 old01', 'n30 a29 b28 old01'],
    ['two', 'a29 b28 c27 old09 old01', 'n30 a29 b28 old09 old01'],
    ['one, when all others are new', 'a25 b25 old01', 'n30 m30 old01'],
  ])('an old item at the end of a short list makes nothing vanish: %s', async (_, before, after) => {
    const { store } = await forThisTest(open)
    await store.record(listing(before), '2026-06-01')
    for (const at of [LATER, minutesAfterNoon(60).toISOString()])
      await store.record(listing(after, { at }), '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test('in front of what stands in order something vanishes, though an old item is pinned', async () => {
    const { store } = await forThisTest(open)
    await store.record(listing('a29 b28 c27 old01'), '2026-06-01')
    await store.record(listing('a29 c27 old01', { at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('b28')
  })

  test('an old item that is listed again, or pinned, makes nothing vanish', async () => {
    const { store } = await forThisTest(open)
    const latest = 'a20 b19 c18 d17 e16 f15 g14 h13 i12 j11 k10'
    await store.record(listing(`${latest} l09 m08 old01`), '2026-06-01')
    await store.record(listing(`n21 ${latest} old01`, { at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test('an item that comes back is back, also by a reading that broke off', async () => {
    const { store } = await forThisTest(open)
    await store.record(listing('a29 b29 c28'), '2026-06-01')
    await store.record(listing('a29 c28', { at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('b29')
    await store.record(listing('a29 b29', { at: LATER, complete: false }), '2026-06-01')
    expect(await missing(store)).toBe('')
    const stored = (await store.items({})).find(({ item }) => item.title === 'About b29')
    expect(stored).not.toHaveProperty('missingSince')
  })

  test.each([
    ['that broke off', listing('a29 c28', { complete: false })],
    ['that says nothing of being whole', readingOf(listing('a29 c28').items)],
    ['that lists nothing', listing('')],
    ['that lists lessons alone', readingOf([undatedItem(itemNamed('lesson'))], { complete: true })],
    ['of another source', listing('a29 c28', { source: 'other' })],
  ])('a reading %s makes nothing vanish', async (_, reading) => {
    const { store } = await forThisTest(open)
    await store.record(listing('a29 b29 c28'), '2026-06-01')
    await store.record({ ...reading, at: LATER }, '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test('a source that moved takes its items along, and what vanishes there has vanished', async () => {
    const { store } = await forThisTest(open)
    await store.record(listing('a29 b29 c28 d27'), '2026-06-01')
    await store.record(listing('a29 c28 d27', { at: LATER }), '2026-06-01')
    await store.record(listing('a29 b29 c28', { source: 'moved', at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('')
    await store.record(listing('b29 c28', { source: 'moved', at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('a29')
  })

  test('lessons never vanish', async () => {
    const { store } = await forThisTest(open)
    const { items } = listing('a29 b28')
    await store.record(readingOf([...items, undatedItem(itemNamed('lesson'))], { complete: true }), '2026-06-01')
    await store.record(readingOf(items, { complete: true, at: LATER }), '2026-06-01')
    expect(await missing(store)).toBe('')
  })

  test('the same reading again writes nothing, and since when it is missing stays', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.record(listing('a29 b29 c28'), '2026-06-01')
    await store.record(listing('a29 c28', { at: LATER }), '2026-06-01')
    const before = await fingerprint()
    await store.record(listing('a29 c28', { at: minutesAfterNoon(90).toISOString() }), '2026-06-01')
    expect(await fingerprint()).toBe(before)
    expect((await store.items({ missing: true }))[0]?.missingSince).toBe(LATER)
  })
}
