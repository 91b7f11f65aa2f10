import { describe, expect, it } from 'vitest'
import { contentHash, itemSchema, type Item } from '../../src/domain/item.ts'
import { sampleItem } from '../fixtures/edition.ts'

describe('contentHash', () => {
  it('is the same for equal items, however their keys are ordered', () => {
    const item = sampleItem()
    const reversed = Object.fromEntries(Object.entries(item).toReversed())
    expect(contentHash(itemSchema.parse(reversed))).toBe(contentHash(item))
  })

  const changes: readonly Partial<Item>[] = [
    { url: 'https://morningcheck.example/news/other.html' },
    { section: 'notes' },
    { title: 'Another title' },
    { summary: '' },
    { body: { format: 'html', text: sampleItem().body.text } },
    { body: { format: 'markdown', text: 'Other words.' } },
    { published: '2026-06-30' },
    { sources: [] },
    { sources: [{ url: 'https://arxiv.org/abs/2606.01846', title: 'Another name of the paper' }] },
    { sources: [{ url: 'https://arxiv.org/abs/2606.01846' }] },
    { image: { url: 'https://morningcheck.example/gauge.jpg', alt: 'A gauge' } },
    { authors: [] },
    { tags: ['oceans', 'tides'] },
  ]
  it.each(changes)('changes with what a reader could see: %j', (change) => {
    expect(contentHash(sampleItem(change))).not.toBe(contentHash(sampleItem()))
  })

  const recording = { url: 'https://morningcheck.example/a.mp3', mediaType: 'audio/mpeg', title: 'One', bytes: 5 }
  it.each([
    { url: 'https://morningcheck.example/b.mp3' },
    { mediaType: 'audio/ogg' },
    { title: 'Two' },
    { bytes: 6 },
    { seconds: 5 },
  ])('changes with every word on a file: %j', (change) => {
    const of = (over: object): string => contentHash(sampleItem({ attachments: [{ ...recording, ...over }] }))
    expect(of(change)).not.toBe(of({}))
  })

  it('tells an author from a tag, and one field’s end from the next one’s beginning', () => {
    const hashes = [
      sampleItem({ authors: ['a', 'b'], tags: [] }),
      sampleItem({ authors: ['a'], tags: ['b'] }),
      sampleItem({ authors: ['a,b'], tags: [] }),
      sampleItem({ authors: [], tags: ['a', 'b'] }),
    ].map(contentHash)
    expect(new Set(hashes).size).toBe(4)
  })
})

describe('itemSchema', () => {
  it.each(['javascript:alert(1)', '/news/a.html', 'ftp://example.org/a', ''])('refuses the address %j', (url) => {
    expect(itemSchema.safeParse(sampleItem({ url })).success).toBe(false)
    expect(itemSchema.safeParse(sampleItem({ sources: [{ url }] })).success).toBe(false)
    expect(itemSchema.safeParse(sampleItem({ links: [url] })).success).toBe(false)
  })

  it.each(['2026-02-30', '29 June 2026', '2026-06-29T08:00:00+02:00', '2026-6-9'])(
    'refuses the date %j',
    (published) => {
      expect(itemSchema.safeParse(sampleItem({ published })).success).toBe(false)
    },
  )

  it.each(['2026-06-29', '2026-06-29T08:00:00.000Z'])('takes %j for a date', (published) => {
    expect(itemSchema.parse(sampleItem({ published })).published).toBe(published)
  })
})
