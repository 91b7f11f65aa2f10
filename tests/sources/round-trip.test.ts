import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { webAddress } from '../../channels/feeds/address.ts'
import { feedsChannel } from '../../channels/feeds/index.ts'
import type { RecentItem } from '../../src/channel/published.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Publication } from '../../src/domain/publication.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { canonicalUrl } from '../../src/domain/url.ts'
import { readFeed } from '../../src/sources/feed.ts'
import { openSource } from '../../src/sources/index.ts'
import { readLlmsFull } from '../../src/sources/llms-full.ts'
import { nastyItems, recent } from '../channels/feeds/fixture.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { publishedOf } from '../fixtures/published.ts'
import { gather, noHttp, pieces, shown, wordsOf } from './reading.ts'
import type { Outcome } from './reading.ts'

const publication: Publication = {
  name: 'Tidewatch',
  description: 'The harbour.',
  url: 'https://tidewatch.example/',
  language: 'en',
  zone: 'Europe/London',
  address: 'Pier 2',
}
const FEEDS = ['rss.xml', 'atom.xml', 'feed.json']
const FILES = [...FEEDS, 'llms-full.txt']
const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const REAL = path('../shared/data/ground-truth-llms-full.txt')

async function renderedFrom(items: readonly RecentItem[]): Promise<readonly Rendering[]> {
  const context = {
    house: { publication, publicUrl: 'https://mail.tidewatch.example' },
    published: publishedOf({ items }),
  }
  const settings = feedsChannel.settings.parse({ limit: 1000, llmsItems: 5000 })
  return feedsChannel.render(sampleEdition({ publication }), context, settings)
}

/** Each of our files as a source, of which nothing but its content is known. */
async function readBack(renderings: readonly Rendering[]): Promise<ReadonlyMap<string, Outcome>> {
  const read = FILES.map(async (id) => {
    const { content = '' } = renderings.find((rendering) => rendering.id === id) ?? {}
    const reader = id === 'llms-full.txt' ? readLlmsFull : readFeed
    return [id, await gather(reader(pieces(content), { section: 'unknown' }))] as const
  })
  return new Map(await Promise.all(read))
}

/** With the instants that a channel is given, one second apart. */
function dated(items: readonly Item[]): RecentItem[] {
  return items.map((item, index) => {
    const start = Date.parse(item.published ?? '2026-06-01')
    const instant = item.published?.includes('T') ? item.published : new Date(start - index * 1000).toISOString()
    return { item, published: instant, updated: instant }
  })
}

const address = (url: string): string => webAddress(canonicalUrl(url) ?? '') ?? ''
const lines = (texts: readonly string[]): string[] => [...new Set(texts.map(cleanLine))].filter(Boolean)

/** What no format may lose, of an item as it was or as it came back. */
function essence({ item, published }: Pick<RecentItem, 'item' | 'published'>): unknown {
  const { url, title, summary, section, authors, tags, image, attachments = [] } = item
  const sources = item.sources
    .map((source) => ({ url: address(source.url), title: cleanLine(source.title ?? '') }))
    .filter((source) => source.url !== '')
  return {
    url: address(url),
    title: cleanLine(title) || address(url),
    summary: cleanLine(summary),
    section: cleanLine(section),
    authors: lines(authors),
    tags: lines(tags),
    sources,
    image: image && { url: address(image.url), alt: cleanLine(image.alt) },
    attachments,
    published,
  }
}

/** A feed says an instant for every item, our text only what the item says. */
function expected(id: string, items: readonly RecentItem[]): unknown[] {
  const all = items.map(({ item, published }) =>
    essence({ item, published: FEEDS.includes(id) ? published : (item.published ?? 'none') }),
  )
  return all.toSorted(byAddress)
}

function actual({ items }: Outcome): unknown[] {
  return items.map((item) => essence({ item, published: item.published ?? 'none' })).toSorted(byAddress)
}

function byAddress(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
}

function words({ body }: Item): string[] {
  if (body.format === 'markdown') return wordsOf(shown(body.text))
  return wordsOf(shown(body.text.replace(/^ +/gm, '')))
}

const photo = { url: 'https://tidewatch.example/p.png', mediaType: 'image/png', title: 'A photo', bytes: 99 }
const attachments: NonNullable<Item['attachments']> = [
  photo,
  {
    url: 'https://tidewatch.example/a.mp3?a=1&b=2',
    mediaType: 'audio/mpeg',
    title: 'Read & heard',
    bytes: 1234,
    seconds: 61.5,
  },
  { url: 'https://tidewatch.example/b.pdf', mediaType: 'application/pdf' },
  { url: 'https://tidewatch.example/v.mp4', mediaType: 'video/mp4', seconds: 0.30000000000000004 },
]
const image = { url: 'https://tidewatch.example/i.png', alt: 'A "boat"' }
/** A body that begins with the very image of its item. */
const opening = `![A "boat"](${image.url})`
const rich: Partial<Item> = {
  section: 'Læserne & vi',
  tags: ['boats; ropes', 'news'],
  authors: ['Ann & Bob', 'Ça'],
  sources: [{ url: 'https://a.example/1', title: 'The <first>' }, { url: 'https://b.example/2' }],
}
const imageBodies = [
  'It sails.',
  opening,
  `${opening}\n\nIt sails.\n\n${opening}`,
  `**Correction:** none.\n\n${opening}\n\nIt sails.`,
  `See [the boat](${image.url}).`,
]
const richItems = (): RecentItem[] => [
  recent(1, { ...rich, attachments, image }),
  recent(2, { ...rich, attachments: [{ url: 'https://tidewatch.example/c.png', mediaType: 'image/png' }] }),
  recent(3, { ...rich, body: { format: 'html', text: '<p>It <em>sails</em>.</p>\n<p>Source: the captain</p>' } }),
  recent(4, { ...rich, attachments: [photo], image: { ...image, alt: '' } }),
  recent(5, { ...rich, attachments: [{ ...photo, url: image.url }], image }),
  ...imageBodies.map((text, index) => recent(6 + index, { ...rich, body: { format: 'markdown', text }, image })),
]

const publications = [
  ['the sample', (): Promise<RecentItem[]> => newsOf(path('sample/llms-full.txt'))],
  ['the real publication', (): Promise<RecentItem[]> => newsOf(REAL)],
  ['items with all there can be', (): Promise<RecentItem[]> => Promise.resolve(richItems())],
] as const

async function newsOf(location: string): Promise<RecentItem[]> {
  if (!existsSync(location)) return []
  const { items } = await gather(openSource({ location }, noHttp).read({}))
  return dated(items.filter(({ sources }) => sources.length > 0))
}

describe.each(publications)('%s can be carried on from our own', (_, itemsOf) => {
  let items: RecentItem[]
  let renderings: readonly Rendering[]
  let back: ReadonlyMap<string, Outcome>

  beforeAll(async () => {
    items = await itemsOf()
    if (items.length === 0) return
    renderings = await renderedFrom(items)
    back = await readBack(renderings)
  }, 60_000)

  it.for(FILES)('%s: every item with all of its parts', (id, context) => {
    context.skip(items.length === 0)
    const outcome = back.get(id)
    expect(outcome?.about).toMatchObject({ title: 'Tidewatch' })
    expect(outcome && actual(outcome)).toEqual(expected(id, items))
    expect(outcome?.findings).toEqual([])
  })

  it.for(FILES)('%s: every word of every text', (id, context) => {
    context.skip(items.length === 0)
    const byUrl = new Map(back.get(id)?.items.map((item) => [item.url, item]))
    for (const { item } of items) {
      const read = byUrl.get(item.url)
      expect(read && words(read), item.url).toEqual(words(item))
    }
  })

  it('what is published from there says nothing twice, and is the same from then on', async (context) => {
    context.skip(items.length === 0)
    for (const id of FEEDS) {
      const carried = (back.get(id)?.items ?? []).map((item) => {
        const known = items.find((one) => one.item.url === item.url)
        return { item, published: item.published ?? '', updated: known?.updated ?? '' }
      })
      const again = await readBack(await renderedFrom(carried))
      expect(again.get(id)?.items, id).toEqual(back.get(id)?.items)
      const count = (text = ''): number => text.match(/Sources?:/g)?.length ?? 0
      const next = (await renderedFrom(carried)).find((rendering) => rendering.id === id)
      expect(count(next?.content), id).toBe(count(renderings.find((rendering) => rendering.id === id)?.content))
    }
  })
})

it.each(FILES)('%s: a body keeps the images that it has of its own, and gets none', async (id) => {
  const bodies: Item['body'][] = [
    ...imageBodies.map((text) => ({ format: 'markdown' as const, text })),
    { format: 'html', text: `<p><img src="${image.url}"></p>\n\n<p>It sails.</p>` },
    { format: 'html', text: '' },
  ]
  const items = bodies.map((body, index) => recent(index, { body, image }))
  const back = (await readBack(await renderedFrom(items))).get(id)?.items ?? []
  const texts = new Map(back.map(({ url, body }) => [url, body.text]))
  const counts = items.map(({ item }) => texts.get(item.url)?.match(/<img|!\[/g)?.length ?? 0)
  expect(counts).toEqual([0, 1, 2, 1, 0, 1, 0])
})

it.each(FILES)('%s: a size and a length of 0 are none', async (id) => {
  const items = [recent(1, { attachments: [{ ...photo, bytes: 0, seconds: 0 }] })]
  const renderings = await renderedFrom(items)
  const { content } = renderings.find((rendering) => rendering.id === id) ?? {}
  expect(content).not.toMatch(/size_in_bytes|duration|fileSize|length=|\b0 (?:bytes|seconds)/)
  const [item] = (await readBack(renderings)).get(id)?.items ?? []
  expect(item?.attachments).toEqual([{ url: photo.url, mediaType: photo.mediaType, title: photo.title }])
})

describe('hostile items', () => {
  const items = nastyItems()
  // What has no web address or no source, and what repeats an address, is in no file.
  const gone = new Set([3, 4, 5, 8])
  const kept = items.filter((_, index) => !gone.has(index))

  it.each(FILES)('%s: come back as what they say, and no other item does', async (id) => {
    const outcome = (await readBack(await renderedFrom(items))).get(id)
    // A feed cannot carry what has no date; our text takes the item's own.
    const these = kept.filter(({ published }) => published !== 'soon' || !FEEDS.includes(id))
    expect(outcome && actual(outcome)).toEqual(expected(id, these))
    const plain = outcome?.items.find(({ title }) => title === 'Plain')
    expect(wordsOf(shown(plain?.body.text ?? ''))).toEqual(wordsOf(shown(items.at(-1)?.item.body.text ?? '')))
  })
})
