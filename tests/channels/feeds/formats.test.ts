import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
import { describe, expect, it } from 'vitest'
import { cleanLine } from '../../../src/domain/text.ts'
import { make, NASTY, nastyItems, plainItems, recent } from './fixture.ts'
import { entriesOf, named, readStrictly, textOf, type XmlNode } from './strict-xml.ts'

interface JsonItem {
  readonly id: string
  readonly url: string
  readonly title: string
  readonly content_html: string
  readonly summary?: string
  readonly external_url: string
  readonly date_modified: string
  readonly _sources: { readonly links: readonly { readonly url: string; readonly title?: string }[] }
}

function jsonItems(json: string): readonly JsonItem[] {
  const { items }: { items: readonly JsonItem[] } = JSON.parse(json)
  return items
}

/** Without the word joiners that keep texts from being taken for markup. */
function seen(text = ''): string {
  return text.replaceAll('\u2060', '')
}

function links(node: XmlNode | undefined, name: string, rel: string): (string | undefined)[] {
  if (!node) return []
  return named(node, name)
    .filter(({ attributes }) => attributes['rel'] === rel)
    .map(({ attributes }) => attributes['href'])
}

describe('titles', () => {
  const titles = [
    'How to use <div>',
    'A &amp; B & C',
    '🗞️ "It\'s" ]]> twice ]]>',
    'عنوان',
    '<b>not bold</b> &lt;i&gt;',
    '5 < 6 > 4',
  ]
  const items = titles.map((title, index) => recent(index + 1, { title }))

  it('survive exactly in every format', async () => {
    const { rss, atom, json } = await make(items)
    expect(entriesOf(rss).map((entry) => seen(textOf(entry, 'title')))).toEqual(titles)
    expect(entriesOf(atom).map((entry) => seen(textOf(entry, 'title')))).toEqual(titles)
    expect(jsonItems(json).map(({ title }) => title)).toEqual(titles)
  })

  it('that name an end tag are kept from being taken for markup, by what nobody sees', async () => {
    const { rss, atom } = await make([recent(1, { title: 'Why </script> and <b> matter' })])
    for (const [entry] of [entriesOf(rss), entriesOf(atom)]) {
      expect(entry && textOf(entry, 'title')).toBe('Why <\u2060/script> and <b> matter')
    }
  })

  it('are declared as plain text in Atom', async () => {
    const { atom } = await make(items)
    for (const entry of entriesOf(atom)) expect(named(entry, 'title')[0]?.attributes).toEqual({ type: 'text' })
  })

  it('are read by a feed reader from the plain feed as they were written', async () => {
    const { rss, atom, json } = await make(plainItems(3))
    const expected = ['Item 1', 'Item 2', 'Item 3']
    expect(parseRssFeed(rss).items?.map(({ title }) => title)).toEqual(expected)
    expect(parseAtomFeed(atom).entries?.map(({ title }) => title?.value)).toEqual(expected)
    expect(parseJsonFeed(json).items?.map(({ title }) => title)).toEqual(expected)
  })
})

describe('an entry', () => {
  it('has the same id in every format, character by character: the address of its item', async () => {
    const { rss, atom, json } = await make(nastyItems())
    const ids = entriesOf(rss).map((entry) => textOf(entry, 'guid'))
    expect(ids).toContain('https://morningcheck.example/news/8.html?q=a%7Cb&c=%C3%A9')
    expect(ids).toContain('https://morningcheck.example/news/10.html')
    expect(entriesOf(atom).map((entry) => textOf(entry, 'id'))).toEqual(ids)
    expect(jsonItems(json).map(({ id }) => id)).toEqual(ids)
  })

  it('links to its id: where it can be read', async () => {
    const { rss, atom, json } = await make(nastyItems())
    for (const entry of entriesOf(rss)) {
      expect(textOf(entry, 'link')).toBe(textOf(entry, 'guid'))
      expect(named(entry, 'guid')[0]?.attributes).toEqual({ isPermaLink: 'true' })
    }
    for (const entry of entriesOf(atom)) {
      const alternate = { rel: 'alternate', type: 'text/html', href: textOf(entry, 'id') }
      expect(named(entry, 'link')[0]?.attributes).toEqual(alternate)
    }
    for (const { id, url } of jsonItems(json)) expect(url).toBe(id)
  })

  it('names every source: via in RSS, via and related in Atom, the first as external_url and all beside it in JSON', async () => {
    const sources = [{ url: 'https://arxiv.org/abs/1?a=1&b=2', title: 'One & <two>' }, { url: 'https://doi.org/2' }]
    const { rss, atom, json } = await make([recent(1, { sources })])
    const addresses = sources.map(({ url }) => url)
    expect(links(entriesOf(rss)[0], 'atom:link', 'via')).toEqual(addresses)
    expect(links(entriesOf(atom)[0], 'link', 'via')).toEqual(addresses)
    expect(links(entriesOf(atom)[0], 'link', 'related')).toEqual(addresses)
    expect(jsonItems(json)[0]?.external_url).toBe(addresses[0])
    expect(jsonItems(json)[0]?.['_sources'].links).toEqual(sources)
    expect(jsonItems(json)[0]?.content_html).toContain('One &amp; &lt;two&gt;</a> (arxiv.org)')
  })

  it('carries summary, whole text, authors, tags and image in the way of each format', async () => {
    const image = { url: 'https://morningcheck.example/i.png', alt: 'A gauge' }
    const { rss, atom, json } = await make([recent(1, { image, authors: ['Ann & Bob', 'Cé'], tags: ['<&>'] })])
    const [item, entry, object] = [entriesOf(rss)[0], entriesOf(atom)[0], jsonItems(json)[0]]
    if (!item || !entry || !object) throw new Error('an entry is missing')
    const names = item.children.map(({ name }) => name)
    expect(names.indexOf('description')).toBeLessThan(names.indexOf('content:encoded'))
    expect(textOf(item, 'content:encoded')).toBe(object.content_html)
    expect(textOf(entry, 'content')).toBe(object.content_html)
    expect(named(entry, 'content')[0]?.attributes).toEqual({ type: 'html' })
    expect(textOf(item, 'description')).toBe(object.summary)
    expect(textOf(entry, 'summary')).toBe(object.summary)
    expect(named(item, 'dc:creator').map(({ text }) => text)).toEqual(['Ann & Bob', 'Cé'])
    expect(named(entry, 'author').map((author) => textOf(author, 'name'))).toEqual(['Ann & Bob', 'Cé'])
    expect(named(item, 'category')[0]?.text).toBe('<&>')
    expect(named(entry, 'category')[0]?.attributes).toEqual({ term: '<&>' })
    for (const media of [named(item, 'media:content')[0], named(entry, 'media:content')[0]]) {
      expect(media?.attributes).toEqual({ url: image.url, medium: 'image', type: 'image/png' })
      expect(media && named(media, 'media:description').map(({ text }) => text)).toEqual(['A gauge'])
    }
    expect(object).toMatchObject({ image: image.url, authors: [{ name: 'Ann & Bob' }, { name: 'Cé' }], tags: ['<&>'] })
  })

  it('without a summary has none; in RSS an empty one, for which no reader takes something else', async () => {
    const { rss, atom, json } = await make([recent(1, { summary: '' })])
    expect(entriesOf(rss).flatMap((entry) => named(entry, 'description').map(({ text }) => text))).toEqual([''])
    expect(entriesOf(atom).flatMap((entry) => named(entry, 'summary'))).toEqual([])
    expect(jsonItems(json)[0]).not.toHaveProperty('summary')
  })
})

describe('the feed', () => {
  it('names itself, its home, its language and how often to ask', async () => {
    const { rss, atom, json } = await make(plainItems(1), { ttlMinutes: 45 })
    const channel = named(readStrictly(rss).root, 'channel')[0]
    if (!channel) throw new Error('no channel')
    expect(links(channel, 'atom:link', 'self')).toEqual(['https://feeds.morningcheck.example/rss.xml'])
    expect([textOf(channel, 'link'), textOf(channel, 'language'), textOf(channel, 'ttl')]).toEqual([
      'https://morningcheck.example/',
      'en',
      '45',
    ])
    const feed = readStrictly(atom).root
    expect(feed.attributes['xml:lang']).toBe('en')
    expect(links(feed, 'link', 'self')).toEqual(['https://feeds.morningcheck.example/atom.xml'])
    expect(named(feed, 'link')[0]?.attributes).toEqual({
      rel: 'alternate',
      type: 'text/html',
      href: 'https://morningcheck.example/',
    })
    expect(JSON.parse(json)).toMatchObject({ language: 'en', feed_url: 'https://feeds.morningcheck.example/feed.json' })
  })

  it('gives no two entries the same instant of change, and moves none that was there when one is added on top', async () => {
    const updated = '2026-06-29T10:00:00.000Z'
    const items = [recent(1, {}, updated), recent(2, {}, updated), recent(3, {}, updated)]
    const before = entriesOf((await make(items.slice(1))).atom).map((entry) => textOf(entry, 'updated'))
    const after = entriesOf((await make(items)).atom).map((entry) => textOf(entry, 'updated'))
    expect(after).toEqual(['2026-06-29T10:00:00.002Z', '2026-06-29T10:00:00.001Z', '2026-06-29T10:00:00.000Z'])
    expect(after.slice(1)).toEqual(before)
    const { rss, json } = await make(items)
    expect(entriesOf(rss).map((entry) => textOf(entry, 'atom:updated'))).toEqual(after)
    expect(jsonItems(json).map((item) => item.date_modified)).toEqual(after)
  })

  it('is as new as its newest change; without entries, as the edition it was made for', async () => {
    const items = [recent(1), { ...recent(2), updated: '2026-07-01T00:00:00.000Z' }]
    expect(textOf(readStrictly((await make(items)).atom).root, 'updated')).toBe('2026-07-01T00:00:00.000Z')
    expect(textOf(readStrictly((await make([])).atom).root, 'updated')).toBe('2026-06-29T05:00:00.000Z')
  })

  it('takes the first items up to its limit, in their order', async () => {
    const { rss } = await make(plainItems(60))
    expect(entriesOf(rss)).toHaveLength(50)
    const two = await make(plainItems(60), { limit: 2 })
    expect(entriesOf(two.atom).map((entry) => textOf(entry, 'title'))).toEqual(['Item 1', 'Item 2'])
  })
})

describe('hostile items', () => {
  it('that cannot stand in a feed are left out with a finding, and the rest goes on', async () => {
    const { rss, renderings } = await make(nastyItems())
    const titles = entriesOf(rss).map((entry) => seen(textOf(entry, 'title')))
    expect(titles).toEqual([
      cleanLine(NASTY),
      'x'.repeat(10_000),
      'How to use <div> &amp; "quotes" 🗞️',
      'https://morningcheck.example/news/7.html',
      'Odd address',
      'Plain',
    ])
    expect(renderings.every(({ mayLeave }) => mayLeave)).toBe(true)
    const about = renderings
      .flatMap(({ findings }) => findings)
      .filter(({ code }) => code !== 'feed-body-cleaned')
      .map((one) => [one.code, one.field, one.item])
    expect(new Set(about.map((one) => one.join(' ')))).toEqual(
      new Set([
        'feed-entry-left-out published https://morningcheck.example/news/9.html',
        'feed-entry-left-out sources https://morningcheck.example/news/6.html',
        'feed-entry-left-out url javascript:alert(1)',
        'feed-entry-left-out url tag:morningcheck.example,2026:4',
        'feed-entry-repeated url https://morningcheck.example/news/3.html',
        'feed-entry-untitled title https://morningcheck.example/news/7.html',
      ]),
    )
    expect(about).toHaveLength(6)
  })

  it('cannot add or change an element by closing a CDATA section (feed 6 writes the second one raw)', async () => {
    const { rss, atom } = await make(nastyItems())
    for (const xml of [rss, atom]) {
      for (const entry of entriesOf(xml)) {
        expect(named(entry, 'title')).toHaveLength(1)
        expect(
          named(entry, 'link').filter((link) => !['via', 'related'].includes(link.attributes['rel'] ?? '')),
        ).toHaveLength(1)
        expect(
          entry.children.filter(
            ({ text, attributes }) =>
              text === 'https://evil.example/' || attributes['href'] === 'https://evil.example/',
          ),
        ).toEqual([])
      }
    }
    expect(textOf(entriesOf(rss)[0] ?? readStrictly(rss).root, 'link')).toBe('https://morningcheck.example/news/1.html')
  })

  it('cannot bring a script, a handler or a strange scheme into the content', async () => {
    const { json } = await make(nastyItems())
    for (const { content_html } of jsonItems(json)) {
      expect(content_html).not.toMatch(/<(script|iframe|style)/i)
      expect(content_html).not.toMatch(/<[^>]*\son\w+=/i)
      expect(content_html).not.toMatch(/(href|src)="(?!https?:)/i)
    }
  })

  it('keep markup out of summaries, authors and tags by staying plain text', async () => {
    const { rss, json } = await make(nastyItems())
    const first = entriesOf(rss)[0]
    if (!first) throw new Error('no entry')
    expect(named(first, 'dc:creator').map(({ text }) => seen(text))).toEqual([
      cleanLine(NASTY),
      'Ann & Bob <ann@example.org>',
    ])
    expect(named(first, 'category').map(({ text }) => seen(text))).toEqual([cleanLine(NASTY), '<&>"\'', 'news'])
    expect(jsonItems(json)[0]?.summary).toContain('<div> &amp; &#0; <script>alert(1)</script>')
  })

  it('cannot put markup into an RSS description, which readers take for HTML', async () => {
    const { rss } = await make(nastyItems())
    for (const entry of entriesOf(rss)) expect(textOf(entry, 'description')).not.toMatch(/[<>]|&(?!\w+;)/)
    expect(textOf(entriesOf(rss)[0] ?? readStrictly(rss).root, 'description')).toMatch(/&lt;div&gt; &amp;amp;.* "it's"/)
  })
})
