import { parseOpml } from 'feedsmith'
import { describe, expect, it } from 'vitest'
import { feedCss } from '../../../channels/feeds/feed-css.ts'
import { feedsPage } from '../../../channels/feeds/list.ts'
import { opml } from '../../../channels/feeds/opml.ts'
import type { FeedList } from '../../../channels/feeds/document.ts'
import { feedList } from './documents.ts'
import { named, readStrictly } from './strict-xml.ts'

const BASE = 'https://feeds.morningcheck.example'
const HOSTILE = `</title><script>alert(1)</script>"' onload=x & <b>`
const hostile: FeedList = {
  ...feedList,
  publisher: HOSTILE,
  description: HOSTILE,
  home: 'https://x.example/?a=1&b="<c>',
  publicUrl: 'https://x.example/~a&b',
  hubs: ['https://hub.example/?a=1&b=2'],
  hasLlms: true,
  feeds: [{ title: HOSTILE, about: HOSTILE, folder: 'feeds/x', home: 'https://x.example/?a=1&b="<c>' }],
}

function attributes(html: string, element: RegExp, name: string): string[] {
  return [...html.matchAll(element)].flatMap(([tag]) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? [])
}

describe('the list for import (OPML)', () => {
  it('names every feed once, as a program that imports it reads it', () => {
    expect(parseOpml(opml(feedList))).toMatchObject({
      head: { title: 'Feeds of The Morning Check', ownerName: 'The Morning Check' },
      body: {
        outlines: [
          {
            text: 'The Morning Check',
            title: 'The Morning Check',
            type: 'rss',
            version: 'RSS2',
            language: 'en',
            description: 'Everything, the newest first.',
            xmlUrl: `${BASE}/rss.xml`,
            htmlUrl: 'https://morningcheck.example/',
          },
          { title: 'The Morning Check: R&D', xmlUrl: `${BASE}/feeds/r-d/rss.xml` },
          { title: 'The Morning Check: Daily editions', xmlUrl: `${BASE}/feeds/editions/rss.xml` },
        ],
      },
    })
  })

  it('is version 2.0 without dates, and the same bytes for the same feeds', () => {
    const { root, errors } = readStrictly(opml(feedList))
    expect(errors).toEqual([])
    expect(root.attributes).toEqual({ version: '2.0' })
    expect(opml(feedList)).not.toMatch(/date/i)
    expect(opml(feedList)).toBe(opml({ ...feedList }))
  })

  it('keeps every text a text, also for those who take it for HTML', () => {
    const { root, errors } = readStrictly(opml(hostile))
    expect(errors).toEqual([])
    expect(root.children.map(({ name }) => name)).toEqual(['head', 'body'])
    const outline = named(root, 'body').flatMap((body) => named(body, 'outline'))[0]?.attributes
    expect(outline?.['title']).toBe(`&lt;/title>&lt;script>alert(1)&lt;/script>"' onload=x & &lt;b>`)
    expect(outline?.['xmlUrl']).toBe('https://x.example/~a&b/feeds/x/rss.xml')
    expect(outline?.['htmlUrl']).toBe(hostile.home)
  })
})

describe('the page of the feeds', () => {
  const html = feedsPage(feedList)

  it('lists the address of every feed in every format, as a link that says it', () => {
    for (const folder of ['', 'feeds/r-d/', 'feeds/editions/']) {
      for (const file of ['rss.xml', 'atom.xml', 'feed.json']) {
        const address = `${BASE}/${folder}${file}`
        expect(html).toContain(`<a href="${address}"><code>${address}</code></a>`)
      }
    }
    expect(html).toContain('<h2 dir="auto">The Morning Check: R&amp;D</h2>')
    expect(html).toContain('What stands in the section R&amp;D.')
    expect(html).toContain('take Atom')
    expect(html).toContain(`<a href="${BASE}/feeds/feeds.opml">`)
  })

  it('lets browsers and readers find each, the one with everything first, no two with one title', () => {
    const alternates = /<link rel="alternate"[^>]*>/g
    const titles = attributes(html, alternates, 'title')
    expect(titles).toHaveLength(9)
    expect(new Set(titles).size).toBe(9)
    expect(titles.slice(0, 4)).toEqual([
      'The Morning Check (RSS)',
      'The Morning Check (Atom)',
      'The Morning Check (JSON Feed)',
      'The Morning Check: R&amp;D (RSS)',
    ])
    expect(attributes(html, alternates, 'type').slice(0, 3)).toEqual([
      'application/rss+xml',
      'application/atom+xml',
      'application/feed+json',
    ])
    expect(attributes(html, alternates, 'href')[5]).toBe(`${BASE}/feeds/r-d/feed.json`)
  })

  it('leads back to the publication and to the latest edition', () => {
    const links = attributes(html, /<a [^>]*>/g, 'href')
    expect(links).toContain('https://morningcheck.example/')
    expect(links).toContain(`${BASE}/`)
  })

  it('names hubs and Markdown files only where there are any', () => {
    expect(html).not.toContain('WebSub')
    expect(html).not.toContain('llms')
    const more = feedsPage({ ...feedList, hubs: ['https://hub.example/a', 'https://hub.example/b'], hasLlms: true })
    expect(more.match(/hub\.example/g)).toHaveLength(1)
    expect(more).toContain(`<a href="${BASE}/llms.txt">`)
    expect(more).toContain(`<a href="${BASE}/llms-full.txt">`)
  })

  it('explains our own extensions where the JSON feeds and the categories point to', () => {
    for (const id of ['sources', 'section']) expect(html.match(new RegExp(` id="${id}"`, 'g'))).toHaveLength(1)
    expect(html).toContain(`<code>${BASE}/feeds#section</code>`)
  })

  it('keeps every text a text, loads nothing and runs nothing', () => {
    const page = feedsPage(hostile)
    expect(page).not.toMatch(/<script|<b>|<img|<iframe|['"] onload=/)
    expect(page.match(/<\/title>/g)).toHaveLength(1)
    expect(page).toContain('https://x.example/~a&amp;b/feeds/x/rss.xml')
    expect(page).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/)
    for (const address of attributes(page, /<(a|link) [^>]*>/g, 'href'))
      expect(address).toMatch(/^(https:\/\/|data:,$)/)
  })

  it('is a whole page, also of a publication that has no feed yet', () => {
    const page = feedsPage({ ...feedList, feeds: [] })
    for (const one of [page, html]) {
      expect(one).toMatch(/^<!doctype html>\n<html lang="en">/)
      expect(one).toContain('<meta name="viewport"')
      for (const tag of ['section', 'ul', 'li', 'dl', 'p', 'a', 'code', 'div', 'main', 'footer']) {
        const opened = one.match(new RegExp(`<${tag}[ >]`, 'g'))?.length
        expect([tag, one.match(new RegExp(`</${tag}>`, 'g'))?.length]).toEqual([tag, opened])
      }
    }
  })
})

describe('the style sheet of the feeds', () => {
  it('uses only colours and type of the house, in the light and in the dark', () => {
    const defined = new Set(feedCss.match(/--\w+(?=:)/g))
    const used = [...feedCss.matchAll(/var\((--\w+)\)/g)].map(([, name = '']) => name)
    expect(used.filter((name) => !defined.has(name))).toEqual([])
    expect(feedCss).toContain('prefers-color-scheme: dark')
    expect(feedCss).not.toMatch(/url\(|@import/)
  })
})
