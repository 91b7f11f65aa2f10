import { describe, expect, it } from 'vitest'
import { itemSchema } from '../../src/domain/item.ts'
import type { Item } from '../../src/domain/item.ts'
import { readFeed } from '../../src/sources/feed.ts'
import { gather, pieces } from './reading.ts'
import type { Outcome } from './reading.ts'

const read = (text: string): Promise<Outcome> =>
  gather(readFeed(pieces(text), { base: 'https://paper.example/feed', section: 'news' }))

const rss = (parts: string, channel = ''): string => `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Paper</title><link>https://paper.example/</link>
<description>Boats.</description>${channel}<item><title>Boat</title><link>https://paper.example/boat</link>
<pubDate>Mon, 29 Jun 2026 08:00:00 GMT</pubDate>${parts}</item></channel></rss>`

const atom = (parts: string, generator = ''): string => `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"
 xmlns:media="http://search.yahoo.com/mrss/"><title>Paper</title><id>tag:paper</id>${generator}<updated>2026-06-29T08:00:00Z</updated>
<link href="https://paper.example/"/><entry><title>Boat</title><id>tag:boat</id><updated>2026-06-29T08:00:00Z</updated>
<link href="https://paper.example/boat"/>${parts}</entry></feed>`

const json = (parts: object, more: object = {}): string =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Paper',
    ...more,
    items: [
      { id: '1', url: 'https://paper.example/boat', title: 'Boat', date_published: '2026-06-29T08:00:00Z', ...parts },
    ],
  })

async function only(text: string): Promise<Item> {
  const { items } = await read(text)
  expect(items).toHaveLength(1)
  return itemSchema.parse(items[0])
}

const feeds = 'https://mail.paper.example/feeds'

describe('the section of an item', () => {
  const named = {
    rss: `<category>boats</category><category domain="${feeds}#section">learn</category>`,
    atom: `<category term="boats"/><category scheme="${feeds}#section" term="learn" label="Learn"/>`,
    json: { tags: ['boats'], _groundwire: { section: 'learn' } },
  }

  it.each([
    ['rss', rss(named.rss, '<generator>groundwire</generator>')],
    ['atom', atom(named.atom, '<generator>groundwire</generator>')],
    ['json', json(named.json, { _groundwire: { about: feeds } })],
  ])('is read from %s of ours, and is no tag', async (_, text) => {
    expect(await only(text)).toMatchObject({ section: 'learn', tags: ['boats'] })
  })

  it.each([
    ['rss', rss(named.rss), ['boats', 'learn']],
    ['atom', atom(named.atom), ['boats', 'Learn']],
    ['json', json(named.json), ['boats']],
  ])('is nothing that somebody else’s %s may say: there it is a tag or nothing', async (_, text, tags) => {
    expect(await only(text)).toMatchObject({ section: 'news', tags })
  })

  it.each([
    ['rss', rss('<category domain="https://paper.example/topics">boats</category>')],
    ['atom', atom('<category scheme="https://paper.example/topics" term="boats"/>')],
    ['json', json({ tags: ['boats'], _groundwire: { section: ' ' } })],
    ['json', json({ tags: ['boats'], _groundwire: { section: 7 } })],
    ['json', json({ tags: ['boats'], _groundwire: 'x' })],
  ])('is the configured one where %s names none', async (_, text) => {
    expect(await only(text)).toMatchObject({ section: 'news', tags: ['boats'] })
  })
})

describe('sources in JSON', () => {
  const links = [{ url: 'https://a.example/1', title: 'A' }, { url: 'https://b.example/2' }]

  it.each([
    ['_sources as an object', { _sources: { about: feeds, links } }],
    ['_sources as a list', { _sources: links }],
    ['_groundwire', { _groundwire: { sources: links } }],
    ['_sources beside a _groundwire that is something else', { _groundwire: { sources: 'x' }, _sources: { links } }],
  ])('are read from %s', async (_, parts) => {
    const { sources } = await only(json({ external_url: 'https://a.example/1', ...parts }))
    expect(sources).toEqual(links)
  })
})

describe('attachments', () => {
  const mp3 = { url: 'https://paper.example/a.mp3', mediaType: 'audio/mpeg', bytes: 1234 }

  it('are read from RSS, where several mentions of a file are one', async () => {
    const item = await only(
      rss(`<enclosure url="/a.mp3" length="1234" type="audio/mpeg"/>
<media:content url="https://paper.example/i.png" medium="image" type="image/png" expression="full"/>
<media:content url="/a.mp3" type="audio/mpeg; charset=x" medium="audio" duration="61"><media:title>Read aloud</media:title></media:content>
<media:content url="https://paper.example/v.mp4" type="video/mp4" fileSize="99"/>
<media:content url="https://paper.example/player"/>`),
    )
    expect(item.image?.url).toBe('https://paper.example/i.png')
    expect(item.attachments).toEqual([
      { ...mp3, title: 'Read aloud', seconds: 61 },
      { url: 'https://paper.example/v.mp4', mediaType: 'video/mp4', bytes: 99 },
    ])
  })

  it('are no images that the item has already', async () => {
    const item = await only(rss('<enclosure url="https://paper.example/i.png" length="9" type="image/png"/>'))
    expect(item.image?.url).toBe('https://paper.example/i.png')
    expect(item).not.toHaveProperty('attachments')
  })

  it('are read from Atom', async () => {
    const item = await only(
      atom('<link rel="enclosure" type="audio/mpeg" length="1234" title="Read &amp;amp; heard" href="/a.mp3"/>'),
    )
    expect(item.attachments).toEqual([{ ...mp3, title: 'Read &amp; heard' }])
  })

  it('are read from JSON', async () => {
    const file = {
      url: '/a.mp3#t=1',
      mime_type: 'audio/mpeg',
      title: 'A\nB',
      size_in_bytes: 1234,
      duration_in_seconds: 2.5,
    }
    const item = await only(json({ attachments: [file, file] }))
    expect(item.attachments).toEqual([{ ...mp3, title: 'A B', seconds: 2.5 }])
  })

  it('are read from Atom with all that Media RSS says of them', async () => {
    const item = await only(
      atom(`<link rel="enclosure" type="audio/mpeg" length="1234" href="https://paper.example/a.mp3"/>
<media:content url="https://paper.example/a.mp3" type="audio/mpeg" duration="61.5"/>`),
    )
    expect(item.attachments).toEqual([{ ...mp3, seconds: 61.5 }])
  })

  it.each([
    ['no type', { url: 'https://paper.example/a.mp3' }],
    ['a type that is none', { url: 'https://paper.example/a.mp3', mime_type: 'audio' }],
    ['no web address', { url: 'javascript:alert(1)', mime_type: 'audio/mpeg' }],
    ['no address', { mime_type: 'audio/mpeg' }],
  ])('with %s are dropped with a note, and the item stays', async (_, file) => {
    const { items, findings } = await read(json({ content_text: 'x', attachments: [file] }))
    expect(items).toHaveLength(1)
    expect(items[0]).not.toHaveProperty('attachments')
    expect(findings).toMatchObject([{ severity: 'note', code: 'attachment-dropped', field: 'attachments' }])
  })

  it.each([-1, 0, 1.5, Number.MAX_VALUE, 'x', null])('have no size where it says %j', async (size) => {
    const file = { url: '/a.mp3', mime_type: 'audio/mpeg', size_in_bytes: size, duration_in_seconds: 0 }
    const item = await only(json({ attachments: [file] }))
    expect(item.attachments).toEqual([{ url: mp3.url, mediaType: 'audio/mpeg' }])
  })

  it('leave no trace in an item that has none', async () => {
    for (const text of [rss(''), atom(''), json({}), json({ attachments: [] })]) {
      expect(await only(text)).not.toHaveProperty('attachments')
    }
  })
})

describe('what a feed shows beside the text', () => {
  const via = '<atom:link rel="via" href="https://a.example/1?a=1&amp;b=2"/>'
  const source = '<p>Source: <a href="https://a.example/1?a=1&amp;b=2">a.example</a></p>'
  const image = '<p><img src="https://paper.example/i.png" alt="A &quot;boat&quot;" /></p>'
  const media = '<media:content url="https://paper.example/i.png" medium="image"/>'
  const correction = '<p><strong>Correction, 30 June 2026:</strong> Three masts.</p>'
  const ours = '<generator>groundwire</generator>'
  const bodyOf = async (html: string, channel = ours): Promise<string> =>
    (await only(rss(`${via}${media}<content:encoded><![CDATA[${html}]]></content:encoded>`, channel))).body.text

  it('is taken off in a feed of ours, a correction stays', async () => {
    expect(await bodyOf(`${correction}\n${image}\n\n<p>It sails.</p>\n${source}`)).toBe(
      `${correction}\n<p>It sails.</p>`,
    )
  })

  it('stays in any other', async () => {
    const html = `${image}\n\n<p>It sails.</p>\n${source}`
    expect(await bodyOf(html, '<generator>else</generator>')).toBe(html)
  })

  it.each([
    ['is not the last', `<p>It sails.</p>\n${source}\n<p>And sinks.</p>`],
    ['links to something else', '<p>It sails.</p>\n<p>Source: <a href="https://b.example/">b.example</a></p>'],
    ['says more', `<p>It sails.</p>\n${source.replace('</p>', '<em>!</em></p>')}`],
    ['links to nothing', '<p>It sails.</p>\n<p>Source: the captain</p>'],
    ['shows another image', '<p><img src="https://paper.example/j.png" alt="" /></p>\n\n<p>It sails.</p>'],
    ['shows the image itself', `${image}\n<p>It sails.</p>`],
  ])('stays where it %s', async (_, html) => {
    expect(await bodyOf(html)).toBe(html)
  })

  it('gives an image its words where the format has no place for them', async () => {
    const text = json(
      { image: 'https://paper.example/i.png', content_html: `${image}\n\n<p>It sails.</p>` },
      { _groundwire: { about: feeds } },
    )
    expect((await only(text)).image).toEqual({ url: 'https://paper.example/i.png', alt: 'A "boat"' })
  })

  it('reads the plain summary that a feed of ours wrote as HTML', async () => {
    const item = await only(rss('<description>How &amp;lt;p&amp;gt; &amp;amp;amp; x</description>', ours))
    expect(item.summary).toBe('How <p> &amp; x')
  })
})
