import { expect, it } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { RecentItem } from '../../../src/channel/published.ts'
import { sampleEdition } from '../../fixtures/edition.ts'
import { publishedOf } from '../../fixtures/published.ts'
import { contextOf } from './fixture.ts'
import { folders, itemOf } from './shelf.ts'

const settings = feedsChannel.settings.parse({})

/** Ten a day, two of them lessons, the newest first. */
function manyItems(count: number): RecentItem[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.UTC(2026, 5, 30) - Math.floor(index / 10) * 86_400_000).toISOString().slice(0, 10)
    return itemOf(day, `${index % 10}`, { section: index % 5 === 0 ? 'learn' : 'news' })
  })
}

it('makes of ten thousand items only the documents that one more touches, and reads no others', async () => {
  const all = manyItems(10_001)
  const before = publishedOf({ items: all.slice(1) })
  const nobodyReads = { ...before, itemsOf: async () => [] }
  const first = await feedsChannel.render(sampleEdition(), { ...contextOf([]), published: nobodyReads }, settings)
  const standing = new Map(first.map(({ id, basis = '' }) => [id, basis]))
  expect(standing.size).toBeGreaterThan(300)

  const read = new Set<string>()
  const published = publishedOf({ items: all, standing })
  const context = {
    ...contextOf([]),
    published: {
      ...published,
      itemsOf: async (urls: readonly string[]) => {
        for (const url of urls) read.add(url)
        return published.itemsOf(urls)
      },
    },
  }
  const renderings = await feedsChannel.render(sampleEdition(), context, settings)
  // The item is a lesson: of the news, nothing is touched.
  expect(folders(renderings)).toEqual(['', 'feeds/learn', 'feeds/archive/2026-06', 'feeds/learn/archive/2026-06'])
  expect(read.size).toBeLessThan(1000)
})
