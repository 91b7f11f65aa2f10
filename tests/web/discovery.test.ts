import { describe, expect, it } from 'vitest'
import { readerToken } from '../../src/domain/reader-token.ts'
import type { FeedLink } from '../../src/pipeline/view.ts'
import { deskOf, EDITION, readersOf, sampleApp, sampleView } from './fixture.ts'

const FEEDS: readonly FeedLink[] = [
  { title: 'Wire (RSS)', mediaType: 'application/rss+xml', path: 'rss.xml' },
  { title: 'Wire: "News" & <more> (Atom)', mediaType: 'application/atom+xml', path: 'feeds/news/atom.xml' },
]
const LINKS = [
  '<link rel="alternate" type="application/rss+xml" title="Wire (RSS)" href="https://wire.morningcheck.example/rss.xml" />',
  '<link rel="alternate" type="application/atom+xml" title="Wire: &quot;News&quot; &amp; &lt;more&gt; (Atom)" href="https://wire.morningcheck.example/feeds/news/atom.xml" />',
]
const ada = { id: 'ada', address: 'ada@reader.example', state: 'active', consent: 'asked' } as const
const gone = { ...ada, id: 'gone', state: 'unsubscribed' } as const
const linkOf = (id: string): string => `/unsubscribe/${readerToken('a secret for tests', 'unsubscribe', id)}`

const site = (feeds: readonly FeedLink[], state: 'sent' | 'draft' = 'sent') =>
  sampleApp({
    mode: 'start',
    store: readersOf(ada, gone),
    desk: { ...deskOf(sampleView({ state })), feeds: async () => feeds },
  })

describe('every page for readers', () => {
  it.each([
    '/',
    '/editions',
    `/editions/${EDITION}`,
    '/nowhere',
    '/feeds',
    '/unsubscribe/broken',
    linkOf('ada'),
    linkOf('gone'),
  ])('%s leads feed readers to the feeds that there are, in their order and escaped', async (path) => {
    const text = await (await site(FEEDS).request(path)).text()
    const head = text.slice(text.indexOf('<head'), text.indexOf('</head>'))
    expect(head.match(/<link rel="alternate"[^\n]*?\/>/g)).toEqual(LINKS)
  })

  it('leads to none where there is none', async () => {
    for (const path of ['/', '/editions', '/feeds'])
      expect(await (await site([], 'draft').request(path)).text()).not.toContain('rel="alternate"')
  })

  it('has a link to the list of feeds at its foot', async () => {
    for (const path of ['/', '/editions'])
      expect(await (await site(FEEDS).request(path)).text()).toContain('<a href="/feeds">Feeds</a>')
  })
})
