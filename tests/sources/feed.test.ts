import { describe, expect, it } from 'vitest'
import { itemSchema } from '../../src/domain/item.ts'
import { readFeed } from '../../src/sources/feed.ts'
import type { FeedOptions } from '../../src/sources/feed.ts'
import { gather, pieces } from './reading.ts'
import type { Outcome } from './reading.ts'

const base = 'https://paper.example/feed.xml'
const read = (text: string, options: Partial<FeedOptions> = {}): Promise<Outcome> =>
  gather(readFeed(pieces(text.slice(0, 9), text.slice(9)), { base, section: 'news', ...options }))

const rss = (items: string, channel = ''): string => `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Paper &amp; ink</title><link>https://paper.example/</link><description>About boats.</description><language>en</language>
${channel}${items}</channel></rss>`

const atom = (entries: string): string => `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title type="html">Paper &amp;amp; ink</title><subtitle>About boats.</subtitle><id>tag:paper</id>
<link rel="self" href="https://paper.example/feed.xml"/><link href="https://paper.example/"/>
<updated>2026-06-29T08:00:00Z</updated>${entries}</feed>`

const json = (items: unknown[]): string =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Paper & ink',
    description: 'About boats.',
    home_page_url: 'https://paper.example/',
    language: 'en',
    items,
  })

/** The same item, as each format writes it. */
const boat = {
  rss: `<item><title>How to use &#x3C;div&#x3E; &#x26;amp; more</title><link>https://paper.example/news/boat.html</link>
<guid isPermaLink="false">tag:boat</guid><pubDate>Mon, 29 Jun 2026 08:00:00 GMT</pubDate><dc:creator>Ann</dc:creator>
<category>boats</category><description>It &#x3C;floats&#x3E;.</description>
<content:encoded><![CDATA[<p>See <a href="/learn/x.html#a">x</a> &amp; y ]]]]><![CDATA[>.</p>]]></content:encoded>
<atom:link rel="via" href="https://maker.example/boat" title="The maker"/>
<media:content url="https://paper.example/boat.png" medium="image" type="image/png"><media:description>A boat</media:description></media:content></item>`,
  atom: `<entry><title type="html">How to use &amp;lt;div&amp;gt; &amp;amp;amp; more</title><id>tag:boat</id>
<link rel="alternate" type="text/html" href="https://paper.example/news/boat.html"/>
<link rel="related" href="https://maker.example/boat"/><link rel="via" href="https://maker.example/boat" title="The maker"/>
<published>2026-06-29T10:00:00+02:00</published><updated>2026-06-30T08:00:00Z</updated><author><name>Ann</name></author>
<category term="boats"/><summary>It &lt;floats&gt;.</summary>
<content type="html">&lt;p&gt;See &lt;a href="/learn/x.html#a"&gt;x&lt;/a&gt; &amp;amp; y ]]&amp;gt;.&lt;/p&gt;</content></entry>`,
  json: {
    id: 'tag:boat',
    url: 'https://paper.example/news/boat.html',
    external_url: 'https://maker.example/boat',
    _sources: [{ url: 'https://maker.example/boat', title: 'The maker' }],
    title: 'How to use <div> &amp; more',
    summary: 'It <floats>.',
    content_html: '<p>See <a href="/learn/x.html#a">x</a> &amp; y ]]&gt;.</p>',
    date_published: '2026-06-29T08:00:00.000Z',
    authors: [{ name: 'Ann' }],
    tags: ['boats'],
    image: 'https://paper.example/boat.png',
  },
}

const documents = { rss: rss(boat.rss), atom: atom(boat.atom), json: json([boat.json]) }

describe.each(['rss', 'atom', 'json'] as const)('a feed in %s', (format) => {
  it('gives every part of an item', async () => {
    const { about, items, findings } = await read(documents[format])
    expect(findings).toEqual([])
    expect(about).toEqual({
      title: 'Paper & ink',
      description: 'About boats.',
      url: 'https://paper.example/',
      language: 'en',
    })
    expect(items).toMatchObject([
      {
        url: 'https://paper.example/news/boat.html',
        section: 'news',
        title: 'How to use <div> &amp; more',
        summary: 'It <floats>.',
        body: {
          format: 'html',
          text: '<p>See <a href="https://paper.example/learn/x.html#a">x</a> &amp; y ]]&gt;.</p>',
        },
        links: ['https://paper.example/learn/x.html'],
        published: '2026-06-29T08:00:00.000Z',
        sources: [{ url: 'https://maker.example/boat', title: 'The maker' }],
        authors: ['Ann'],
        tags: ['boats'],
      },
    ])
    expect(items[0]?.image?.url).toBe(format === 'atom' ? undefined : 'https://paper.example/boat.png')
    expect(itemSchema.safeParse(items[0]).success).toBe(true)
  })

  it.each(['bad url', 'no url', 'no title', 'bad date'])('leaves out an item with %s and goes on', async (fault) => {
    const url = { 'bad url': 'javascript:alert(1)', 'no url': '' }[fault] ?? 'https://paper.example/2'
    const title = fault === 'no title' ? '' : 'Bad'
    const day = fault === 'bad date' ? '31' : '28'
    const bad = {
      rss: `<item><title>${title}</title><link>${url}</link><guid isPermaLink="false">2</guid><pubDate>${day} Feb 2026 08:00:00 GMT</pubDate></item>`,
      atom: `<entry><title>${title}</title><link href="${url}"/><published>2026-02-${day}T08:00:00Z</published></entry>`,
      json: { id: '2', url, title, content_text: 'x', date_published: `2026-02-${day}T08:00:00Z` },
    }
    const document = {
      rss: rss(bad.rss + boat.rss),
      atom: atom(bad.atom + boat.atom),
      json: json([bad.json, boat.json, 'nonsense', null]),
    }[format]
    const { items, findings } = await read(document)
    expect(items.map((item) => item.url)).toEqual(['https://paper.example/news/boat.html'])
    const code = { 'bad url': 'url-not-http', 'no url': 'item-without-url', 'no title': 'item-without-title' }[fault]
    expect(findings[0]).toMatchObject({ severity: 'error', code: code ?? 'date-impossible' })
  })

  it.each([1, 0.5, 0.1])('that is cut off is a finding or gives whole items only: %d', async (share) => {
    const text = documents[format]
    const cut = text.slice(0, Math.floor(text.length * share) - 12)
    const outcome = await read(cut).catch((error: unknown) => error)
    expect(outcome).toMatchObject({ finding: { code: 'source-not-a-feed', severity: 'error' } })
  })
})

describe('a feed', () => {
  it.each(['', '  ', '{}', '[1]', '{"items":[]}', '<rss>', 'hello', '<rdf:RDF/>', '{"version":'])(
    'is not %j',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ finding: { severity: 'error' } })
    },
  )

  it('takes what only related says, the guid that is a permalink, and the HTML of a lone description', async () => {
    const item = `<item><title>T</title><guid>https://paper.example/1</guid><description>&lt;p&gt;One &amp;amp; two&lt;/p&gt;</description>
      <atom:link rel="related" href="https://r.example/"/></item>`
    const { items, codes } = await read(rss(item))
    expect(codes).toEqual(['date-missing'])
    expect(items).toMatchObject([
      {
        url: 'https://paper.example/1',
        summary: 'One & two',
        body: { text: '<p>One &amp; two</p>' },
        sources: [{ url: 'https://r.example/' }],
      },
    ])
  })

  it('takes several sources in their order, and titles where there are some', async () => {
    const sources = [
      { url: 'https://b.example/' },
      { url: 'https://maker.example/boat', title: 'M' },
      { url: 'ftp://x' },
      7,
    ]
    const { items, codes } = await read(json([{ ...boat.json, _sources: sources.slice(0, 3) }]))
    expect(items[0]?.sources).toEqual([
      { url: 'https://maker.example/boat', title: 'M' },
      { url: 'https://b.example/' },
    ])
    expect(codes).toEqual(['source-link-not-http'])
    expect((await read(json([{ ...boat.json, _sources: sources }]))).items[0]?.sources).toHaveLength(1)
    const own = { ...boat.json, _sources: undefined, _groundwire: { sources: sources.slice(0, 2) } }
    expect((await read(json([own]))).items[0]?.sources).toHaveLength(2)
  })

  it('finds sources by a pattern only where the item names none', async () => {
    const options = { pattern: /Source: <a href="([^"]+)"/g }
    const html = 'Source: <a href="https://p.example/1">p</a>. Source: <a href="/2">q</a>'
    const bare = { ...boat.json, id: 'bare', _sources: undefined, external_url: undefined, content_html: html }
    const { items } = await read(
      json([bare, { ...boat.json, url: 'https://paper.example/2', content_html: html }]),
      options,
    )
    expect(items.map((item) => item.sources.map((source) => source.url))).toEqual([
      ['https://p.example/1', 'https://paper.example/2'],
      ['https://maker.example/boat'],
    ])
  })

  it('removes what must not run, and undoes links that are not http', async () => {
    const html =
      '<p onclick="x()">a<script>alert(1)</script><style>p{}</style><iframe src="https://x.example"></iframe>' +
      '<a href="javascript:alert(1)">b</a><img src="i.png" onerror="x()"><a href="mailto:x@y.example">c</a></p>'
    const { items, codes } = await read(json([{ ...boat.json, content_html: html }]))
    expect(items[0]?.body.text).toBe('<p>a<a>b</a><img src="https://paper.example/news/i.png" /><a>c</a></p>')
    expect(codes).toEqual(['active-content', 'link-not-http', 'link-not-http'])
  })

  it('cleans control characters, lone surrogates and RTL marks', async () => {
    const text = json([{ ...boat.json, title: 'a\u0000b\u202Ec', summary: 'SURROGATE', content_html: 'x\u0008]]>y' }])
    const { items } = await read(text.replace('SURROGATE', String.raw`d\ud800e`))
    expect(items).toMatchObject([{ title: 'abc', summary: 'de', body: { text: 'x]]&gt;y' } }])
  })

  it('gives plain text its paragraphs', async () => {
    const { items } = await read(json([{ ...boat.json, content_html: undefined, content_text: 'a <b>\nc\n\nd' }]))
    expect(items[0]?.body.text).toBe('<p>a &lt;b&gt;<br />c</p>\n<p>d</p>')
  })

  it('does not expand entities without end', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from(
      { length: 8 },
      (_, index) => `<!ENTITY ${'bcdefghi'[index]} "${`&${'abcdefgh'[index]};`.repeat(10)}">`,
    ).join('')}]>`
    const outcome = await read(bomb + rss(boat.rss.replace('It ', '&i; ')).slice(38)).catch((error: unknown) => error)
    expect(JSON.stringify(outcome).length).toBeLessThan(10_000)
  })
})
