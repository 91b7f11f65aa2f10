import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { describe, expect, it } from 'vitest'
import { atomXml } from '../../../channels/feeds/atom.ts'
import type { FeedDocument } from '../../../channels/feeds/document.ts'
import { jsonFeed } from '../../../channels/feeds/json.ts'
import { rssXml } from '../../../channels/feeds/rss.ts'
import { attachments, closed, editionEntry, feedDocument, growing, itemEntry, polled, richEntry } from './documents.ts'
import { entriesOf, named, readStrictly, textOf, type XmlNode } from './strict-xml.ts'

const BASE = 'https://feeds.morningcheck.example'
const SECTION = `${BASE}/feeds#section`

type Attributes = XmlNode['attributes']

/** The element that holds what is said of the feed as a whole. */
function head(xml: string): XmlNode {
  const { root } = readStrictly(xml)
  return named(root, 'channel')[0] ?? root
}

function attributesOf(node: XmlNode | undefined, name: string): Attributes[] {
  return node ? named(node, name).map(({ attributes }) => attributes) : []
}

function feedLinks(xml: string): (string | undefined)[][] {
  const node = head(xml)
  return [...attributesOf(node, 'atom:link'), ...attributesOf(node, 'link')]
    .filter(({ rel }) => rel !== undefined && rel !== 'alternate')
    .map(({ rel, type, href }) => [rel, type, href])
}

function firstJsonItem(feed: FeedDocument): unknown {
  const { items }: { items: unknown[] } = JSON.parse(jsonFeed(feed))
  return items[0]
}

describe('a feed in a browser', () => {
  it.each([
    ['RSS', rssXml, '<rss'],
    ['Atom', atomXml, '<feed'],
  ])('names its style sheet before the root of %s, by path alone', (_name, write, root) => {
    const lines = write(feedDocument()).split('\n')
    expect(lines.slice(0, 2)).toEqual([
      '<?xml version="1.0" encoding="utf-8"?>',
      '<?xml-stylesheet type="text/css" href="/feeds/feed.css"?>',
    ])
    expect(lines[2]?.startsWith(root)).toBe(true)
    const below = write(feedDocument({ publicUrl: 'https://x.example/a&b/<c>"d"' }))
    expect(below).toContain('href="/a&#x26;b/%3Cc%3E%22d%22/feeds/feed.css"?>')
    expect(readStrictly(below).errors).toEqual([])
  })

  it('shows its root within the 512 bytes from which programs guess what it is', () => {
    const publicUrl = `https://x.example/${'long/'.repeat(50)}end`
    expect(rssXml(feedDocument({ publicUrl })).indexOf('<rss')).toBeLessThan(508)
    expect(atomXml(feedDocument({ publicUrl })).indexOf('<feed')).toBeLessThan(508)
  })
})

describe('what readers poll', () => {
  it('leads to itself, its hubs and the newest month', () => {
    const links = (file: string, type: string): unknown[] => [
      ['self', type, `${BASE}/${file}`],
      ['prev-archive', type, `${BASE}/feeds/archive/2026-06/${file}`],
      ['hub', undefined, 'https://hub.example/?a=1&b=2'],
      ['hub', undefined, 'https://second.example/'],
    ]
    expect(feedLinks(rssXml(polled))).toEqual(links('rss.xml', 'application/rss+xml'))
    expect(feedLinks(atomXml(polled))).toEqual(links('atom.xml', 'application/atom+xml'))
    expect(JSON.parse(jsonFeed(polled))).toMatchObject({
      feed_url: `${BASE}/feed.json`,
      next_url: `${BASE}/feeds/archive/2026-06/feed.json`,
      hubs: [
        { type: 'WebSub', url: 'https://hub.example/?a=1&b=2' },
        { type: 'WebSub', url: 'https://second.example/' },
      ],
    })
  })

  it('without months and hubs leads to itself alone', () => {
    expect(feedLinks(rssXml(feedDocument()))).toEqual([['self', 'application/rss+xml', `${BASE}/rss.xml`]])
    expect(feedLinks(atomXml(feedDocument()))).toEqual([['self', 'application/atom+xml', `${BASE}/atom.xml`]])
    const json: unknown = JSON.parse(jsonFeed(feedDocument()))
    expect(json).not.toHaveProperty('next_url')
    expect(json).not.toHaveProperty('hubs')
  })

  it('says when the newest change was', () => {
    expect(textOf(head(rssXml(polled)), 'lastBuildDate')).toBe('Mon, 29 Jun 2026 10:00:00 GMT')
    expect(textOf(head(atomXml(polled)), 'updated')).toBe('2026-06-29T10:00:00.000Z')
  })

  it('says all of the feed before its first entry', () => {
    for (const [xml, entry] of [
      [rssXml(polled), 'item'],
      [atomXml(polled), 'entry'],
    ] as const) {
      const names = head(xml).children.map(({ name }) => name)
      expect(names.slice(names.indexOf(entry))).toEqual([entry, entry])
    }
  })
})

describe('a month', () => {
  it.each([
    ['RSS', rssXml, 'rss.xml'],
    ['Atom', atomXml, 'atom.xml'],
  ])('that is over stands in a chain and says so, in %s', (_name, write, file) => {
    const xml = write(closed)
    expect(readStrictly(xml).errors).toEqual([])
    expect(feedLinks(xml).map(([rel, , href]) => [rel, href])).toEqual([
      ['self', `${BASE}/feeds/archive/2026-05/${file}`],
      ['current', `${BASE}/${file}`],
      ['prev-archive', `${BASE}/feeds/archive/2026-04/${file}`],
      ['next-archive', `${BASE}/feeds/archive/2026-06/${file}`],
    ])
    expect(named(head(xml), 'fh:archive')).toHaveLength(1)
    expect(xml).toContain('xmlns:fh="http://purl.org/syndication/history/1.0"')
  })

  it.each([
    ['RSS', rssXml, 'rss.xml'],
    ['Atom', atomXml, 'atom.xml'],
  ])('under way does not say that it is an archive, in %s', (_name, write, file) => {
    const xml = write(growing)
    expect(feedLinks(xml).map(([rel, , href]) => [rel, href])).toEqual([
      ['self', `${BASE}/feeds/archive/2026-06/${file}`],
      ['current', `${BASE}/${file}`],
      ['prev-archive', `${BASE}/feeds/archive/2026-05/${file}`],
    ])
    expect(xml).not.toContain('history/1.0')
  })

  it('leads a JSON reader to the month before, the first one nowhere, and never to itself', () => {
    expect(JSON.parse(jsonFeed(growing))).toMatchObject({
      feed_url: `${BASE}/feeds/archive/2026-06/feed.json`,
      next_url: `${BASE}/feeds/archive/2026-05/feed.json`,
    })
    expect(JSON.parse(jsonFeed(closed))).toHaveProperty('next_url', `${BASE}/feeds/archive/2026-04/feed.json`)
    const first = { ...closed, archive: { kind: 'closed', current: '', next: 'feeds/archive/2026-06' } } as const
    expect(JSON.parse(jsonFeed(first))).not.toHaveProperty('next_url')
  })

  it('is of the same feed as what readers poll', () => {
    const id = textOf(head(atomXml(polled)), 'id')
    expect(textOf(head(atomXml(closed)), 'id')).toBe(id)
    expect(textOf(head(atomXml(growing)), 'id')).toBe(id)
  })
})

describe('the section of an entry', () => {
  it('stands after its tags and is told from them, in every format', () => {
    const feed = feedDocument()
    const [item] = entriesOf(rssXml(feed))
    expect(item && named(item, 'category').map(({ text, attributes }) => [text, attributes])).toEqual([
      ['oceans', {}],
      ['News & views', { domain: SECTION }],
    ])
    expect(attributesOf(entriesOf(atomXml(feed))[0], 'category')).toEqual([
      { term: 'oceans' },
      { scheme: SECTION, term: 'News & views', label: 'News & views' },
    ])
    expect(firstJsonItem(feed)).toMatchObject({ tags: ['oceans'], _groundwire: { section: 'News & views' } })
  })
})

describe('the sources of an entry', () => {
  const addresses = ['https://arxiv.org/abs/1?a=1&b=2', 'https://doi.org/10.1/x']
  const hrefs = (xml: string, name: string, rel: string): unknown[] =>
    attributesOf(entriesOf(xml)[0], name).flatMap((link) => (link['rel'] === rel ? [link['href']] : []))

  it('stand in JSON as an extension, which is explained where the feed says', () => {
    expect(firstJsonItem(feedDocument())).toMatchObject({
      external_url: addresses[0],
      _sources: { links: [{ url: addresses[0], title: 'One & <two>' }, { url: addresses[1] }] },
    })
    expect(JSON.parse(jsonFeed(feedDocument()))).toMatchObject({
      _sources: { about: `${BASE}/feeds#sources` },
      _groundwire: { about: SECTION },
    })
  })

  it('do not lead readers away from an edition, which is about many things', () => {
    const feed = feedDocument({ entries: [editionEntry(1)], folder: 'feeds/editions' })
    expect(hrefs(rssXml(feed), 'atom:link', 'via')).toEqual(addresses)
    expect(hrefs(atomXml(feed), 'link', 'via')).toEqual(addresses)
    expect(hrefs(atomXml(feed), 'link', 'related')).toEqual([])
    expect(firstJsonItem(feed)).not.toHaveProperty('external_url')
    expect(firstJsonItem(feed)).not.toHaveProperty('_groundwire')
    expect(firstJsonItem(feed)).toHaveProperty('_sources.links.length', 2)
    for (const xml of [rssXml(feed), atomXml(feed)]) {
      expect(entriesOf(xml).flatMap((one) => attributesOf(one, 'category'))).toHaveLength(1)
    }
  })
})

describe('files of an entry', () => {
  const feed = feedDocument({ entries: [richEntry] })
  const media = (xml: string): XmlNode[] => entriesOf(xml).flatMap((entry) => named(entry, 'media:content'))

  it('stand in RSS as media, and the first that can be played as the enclosure', () => {
    const xml = rssXml(feed)
    expect(readStrictly(xml).errors).toEqual([])
    expect(attributesOf(entriesOf(xml)[0], 'enclosure')).toEqual([
      { url: 'https://media.example/a.mp3?x=1&y', length: '1234', type: 'audio/mpeg' },
    ])
    expect(media(xml).map(({ attributes }) => attributes)).toEqual([
      { url: 'https://media.example/i.JPG', medium: 'image', type: 'image/jpeg' },
      {
        url: 'https://media.example/a.mp3?x=1&y',
        type: 'audio/mpeg',
        medium: 'audio',
        expression: 'full',
        fileSize: '1234',
        duration: '61.5',
      },
      { url: 'https://media.example/b.pdf', type: 'application/pdf', medium: 'document', expression: 'full' },
    ])
    const reversed = feedDocument({ entries: [itemEntry(1, { attachments: attachments.toReversed() })] })
    expect(attributesOf(entriesOf(rssXml(reversed))[0], 'enclosure')).toEqual([
      { url: 'https://media.example/a.mp3?x=1&y', length: '1234', type: 'audio/mpeg' },
    ])
    expect(media(xml).map((one) => textOf(one, 'media:description') ?? textOf(one, 'media:title'))).toEqual([
      'A gauge & sea',
      'Aloud',
      undefined,
    ])
  })

  it.each(['application/pdf', 'image/png'])('are no enclosure in RSS where they are of the kind %s', (mediaType) => {
    const entry = itemEntry(1, { attachments: [{ url: 'https://media.example/x', mediaType }] })
    const [item] = entriesOf(rssXml(feedDocument({ entries: [entry] })))
    expect(attributesOf(item, 'enclosure')).toEqual([])
    expect(attributesOf(item, 'media:content')).toHaveLength(1)
  })

  it('have the length 0 in the enclosure where it is not known, for it must have one', () => {
    const unknown = itemEntry(1, { attachments: [{ url: 'https://media.example/c.mp4', mediaType: 'video/mp4' }] })
    const [item] = entriesOf(rssXml(feedDocument({ entries: [unknown] })))
    expect(attributesOf(item, 'enclosure')[0]?.['length']).toBe('0')
  })

  it('stand in Atom as enclosures and, like the image, as in RSS', () => {
    const xml = atomXml(feed)
    expect(readStrictly(xml).errors).toEqual([])
    const enclosures = attributesOf(entriesOf(xml)[0], 'link').filter(({ rel }) => rel === 'enclosure')
    expect(enclosures).toEqual([
      {
        rel: 'enclosure',
        href: 'https://media.example/a.mp3?x=1&y',
        type: 'audio/mpeg',
        length: '1234',
        title: 'Aloud',
      },
      { rel: 'enclosure', href: 'https://media.example/b.pdf', type: 'application/pdf', length: '0' },
    ])
    expect(media(xml).map(({ attributes }) => attributes)).toEqual(
      media(rssXml(feed)).map(({ attributes }) => attributes),
    )
    expect(media(xml)).toHaveLength(3)
  })

  it('stand in JSON with size and length', () => {
    expect(firstJsonItem(feed)).toMatchObject({
      image: 'https://media.example/i.JPG',
      attachments: [
        {
          url: 'https://media.example/a.mp3?x=1&y',
          mime_type: 'audio/mpeg',
          title: 'Aloud',
          size_in_bytes: 1234,
          duration_in_seconds: 61.5,
        },
        { url: 'https://media.example/b.pdf', mime_type: 'application/pdf', size_in_bytes: 0 },
      ],
    })
    expect(firstJsonItem(feedDocument())).not.toHaveProperty('attachments')
  })

  it.each([
    ['https://media.example/i', undefined],
    ['https://media.example/i.webp?size=.png', 'image/webp'],
    ['https://media.example/i.php', undefined],
    ['https://media.example/i.constructor', undefined],
    ['https://media.example/', undefined],
  ])('say the type of the image %s only where its address tells it', (url, type) => {
    const [item] = entriesOf(rssXml(feedDocument({ entries: [itemEntry(1, { image: { url, alt: '' } })] })))
    expect(attributesOf(item, 'media:content')).toEqual([{ url, medium: 'image', ...(type && { type }) }])
    expect(item && named(item, 'media:content')[0]?.children).toEqual([])
  })

  it('are read by a feed reader', () => {
    const urls = attachments.map(({ url }) => url)
    expect(parseRssFeed(rssXml(feed)).items?.[0]?.enclosures?.[0]?.url).toBe(urls[0])
    const links = parseAtomFeed(atomXml(feed)).entries?.[0]?.links?.filter(({ rel }) => rel === 'enclosure')
    expect(links?.map(({ href }) => href)).toEqual(urls)
    expect(parseJsonFeed(jsonFeed(feed)).items?.[0]?.attachments?.map(({ url }) => url)).toEqual(urls)
  })
})
