import { describe, expect, it } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import type { Files } from '../../../src/ports.ts'
import { testClock } from '../../fixtures/clock.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { make, nastyItems, plainItems, recent } from './fixture.ts'
import { itemOf, shelf } from './shelf.ts'

const settings = feedsChannel.settings.parse({})
const never = new AbortController().signal

/** `public/` with these files below it. */
function filesWith(paths: Iterable<string>, list?: Files['list']): Files {
  const all = [...paths].map((path) => `public/${path}`)
  const namesIn = (folder: string): string[] =>
    all.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
  return channelPorts({
    files: {
      write: async () => 'same',
      read: async () => undefined,
      readBytes: async () => undefined,
      list: list ?? (async (folder) => [...new Set(namesIn(folder))].toSorted()),
      stamp: () => undefined,
    },
  }).files
}

async function learned(files: Files): Promise<unknown> {
  const { clock, api, notes } = channelPorts({ clock: testClock('2026-06-29T05:00:00.000Z') })
  return feedsChannel.learn?.(settings, { clock, api, notes, files }, never)
}

describe('the feeds channel', () => {
  it('makes documents named by file and edition, with size, count, media type and what they are made of', async () => {
    const { renderings } = await make(plainItems(2))
    expect(renderings.slice(0, 3).map(({ id, identity, mediaType }) => [id, identity, mediaType])).toEqual([
      ['rss.xml', 'rss.xml@daily/2026-06-29', 'application/rss+xml'],
      ['atom.xml', 'atom.xml@daily/2026-06-29', 'application/atom+xml'],
      ['feed.json', 'feed.json@daily/2026-06-29', 'application/feed+json'],
    ])
    for (const { content, measures, basis, mayLeave } of renderings) {
      expect(measures[0]).toEqual({ name: 'bytes', value: Buffer.byteLength(content) })
      expect(basis).toMatch(/^[0-9a-f]{64}$/)
      expect(mayLeave).toBe(true)
    }
    expect(renderings[0]?.measures[1]).toEqual({ name: 'entries', value: 2 })
    expect(feedsChannel).toMatchObject({ id: 'feeds', audience: 'once', document: true })
  })

  it('shows a page of what a reader lists, with every hostile text as text', async () => {
    const { renderings } = await make(nastyItems())
    for (const { page, id } of renderings.slice(0, 3)) {
      expect(page).toContain('How to use &lt;div&gt; &amp;amp; &quot;quotes&quot;')
      expect(page).toContain('<time datetime="2026-06-29">Monday, 29 June 2026</time>')
      expect(page).toContain('Source: <a href="https://arxiv.org/abs/2606.01846"')
      expect(page).toContain(`<a href="https://feeds.morningcheck.example/${id}">`)
    }
    expect((await make([])).renderings[0]?.page).toContain('Nothing has been published yet.')
  })

  it('shows a page of every other file, without script or network', async () => {
    const { renderings } = await make(nastyItems())
    expect(renderings.every(({ page }) => page.startsWith('<!doctype html>'))).toBe(true)
    for (const { page } of renderings.filter(({ id }) => id !== 'feeds/index.html')) {
      const markup = page.replace(/<pre[^>]*>[^<]*<\/pre>/, '')
      expect(markup).not.toMatch(/<(script|img|iframe|link)|\son\w+=|href="(?!https?:)/i)
    }
    const archive = renderings.find(({ id }) => id === 'feeds/archive/2026-06/rss.xml')?.page
    expect(archive).toContain('The Morning Check, June 2026 (RSS)')
    expect(archive).toContain('6 entries, <a href="https://feeds.morningcheck.example/feeds/archive/2026-06/rss.xml">')
  })

  it('tells each finding once, where its item is read first', async () => {
    const lost: Partial<Item> = { section: 'learn', sources: [] }
    const items = [recent(1), recent(2, { sources: [] }), recent(3, lost)]
    const context = shelf()
    const renderings = await context.publish({ items, backlog: [items[2]?.item.url ?? ''] })
    const told = (id: string): (string | undefined)[] | undefined =>
      renderings.find((one) => one.id === id)?.findings.map(({ item }) => item)
    expect(told('rss.xml')).toEqual([items[1]?.item.url])
    expect(told('feeds/learn/rss.xml')).toEqual([items[2]?.item.url])
    expect(renderings.flatMap(({ findings }: Rendering) => findings)).toHaveLength(2)
  })

  it('carries recordings and videos, with clean titles and addresses of the web alone', async () => {
    const attachments = [
      { url: 'https://morningcheck.example/a b.mp3', mediaType: 'audio/mpeg', title: 'One\u0000 <two>', bytes: 5 },
      { url: 'javascript:alert(1)', mediaType: 'audio/mpeg' },
      { url: 'https://morningcheck.example/a b.mp3', mediaType: 'audio/mpeg' },
    ]
    const { json } = await make([recent(1, { attachments })])
    const feed: { items: readonly { attachments: unknown }[] } = JSON.parse(json)
    expect(feed.items[0]?.attachments).toEqual([
      { url: 'https://morningcheck.example/a%20b.mp3', mime_type: 'audio/mpeg', title: 'One <two>', size_in_bytes: 5 },
    ])
  })

  it('refuses settings that cannot be, by name', () => {
    expect(settings).toEqual({ limit: 50, editions: 14, ttlMinutes: 60, llmsItems: 500, hubs: [] })
    expect(feedsChannel.settings.safeParse({ limit: 0 }).error?.issues[0]?.path).toEqual(['limit'])
  })
})

describe('what the channel learns', () => {
  const items = [itemOf('2026-07-01'), itemOf('2026-06-15', '1', { section: 'learn' })]

  it('is which of its files lie there, so that none is made that is', async () => {
    const made = shelf()
    await made.publish({ items })
    const paths = [...made.files.keys()]
    expect(paths).toContain('feeds/learn/archive/2026-06/rss.xml')
    expect(await made.publish({ items }, await learned(filesWith(paths)))).toEqual([])
  })

  it.each([
    'rss.xml',
    'feeds/news/feed.json',
    'feeds/archive/2026-06/atom.xml',
    'feeds/learn/archive/2026-06/rss.xml',
    'llms.txt',
  ])('is that somebody deleted %s: it alone is made again', async (deleted) => {
    const made = shelf()
    await made.publish({ items })
    const known = await learned(filesWith([...made.files.keys()].filter((path) => path !== deleted)))
    expect((await made.publish({ items }, known)).map(({ id }) => id)).toEqual([deleted])
  })

  it('is everything for a folder that is not there yet', async () => {
    const made = shelf()
    const first = await made.publish({ items })
    expect(await made.publish({ items }, await learned(filesWith([])))).toEqual(first)
  })

  it('is nothing when the folder cannot be read, and then what stands is taken to be there', async () => {
    const made = shelf()
    await made.publish({ items })
    const known = await learned(
      filesWith([], async () => {
        throw new Error('the disk is gone')
      }),
    )
    expect(known).toBeUndefined()
    expect(await made.publish({ items }, known)).toEqual([])
  })
})
