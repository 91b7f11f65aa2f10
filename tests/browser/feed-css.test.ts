import { createServer, type Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atomXml } from '../../channels/feeds/atom.ts'
import { feedCss } from '../../channels/feeds/feed-css.ts'
import { rssXml } from '../../channels/feeds/rss.ts'
import { closed, feedDocument, polled, richEntry } from '../channels/feeds/documents.ts'
import { chromiumProblem, launch } from './chromium.ts'

const entries = [richEntry]
const files: Readonly<Record<string, string>> = {
  '/rss.xml': rssXml({ ...polled, entries }),
  '/atom.xml': atomXml({ ...polled, entries }),
  '/closed.xml': rssXml({ ...closed, entries }),
  '/empty.xml': atomXml(feedDocument({ entries: [] })),
}

/** Names of elements that are drawn, in the order in which they stand on the page. */
const DRAWN = `[...document.querySelectorAll('*')]
  .filter((one) => one.getClientRects().length > 0 && (one.childElementCount === 0))
  .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
  .map((one) => one.localName)`

describe.skipIf(await chromiumProblem())('a feed that somebody opens in a browser', () => {
  let browser: Browser
  let server: Server
  let base: string

  beforeAll(async () => {
    server = createServer(({ url = '' }, answer) => {
      const isCss = url === '/feeds/feed.css'
      answer.setHeader('Content-Type', isCss ? 'text/css; charset=utf-8' : 'application/xml; charset=utf-8')
      answer.end(isCss ? feedCss : files[url])
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    base = `http://127.0.0.1:${address.port}`
    browser = await launch()
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    server.close()
  })

  async function look<Seen>(path: string, width: number, script: string, isMobile = false): Promise<Seen> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, isMobile })
    try {
      await page.goto(base + path)
      return await page.evaluate<Seen>(script)
    } finally {
      await page.close()
    }
  }

  it('shows what people read of it, and hides what is for programs', async () => {
    const rss = ['title', 'description', 'title', 'pubDate', 'description', 'link', 'link']
    expect(await look('/rss.xml', 1280, DRAWN)).toEqual(rss)
    expect(await look('/closed.xml', 1280, DRAWN)).toEqual(rss)
    const atom = ['title', 'subtitle', 'title', 'published', 'summary', 'link', 'link']
    expect(await look('/atom.xml', 1280, DRAWN)).toEqual(atom)
    expect(await look('/empty.xml', 1280, DRAWN)).toEqual(['title', 'subtitle'])
  })

  it('says above it what this is, and below each entry what it was checked against', async () => {
    const said = (selector: string): string =>
      `getComputedStyle(document.querySelector(${JSON.stringify(selector)}), '::before').content`
    for (const path of ['/rss.xml', '/atom.xml']) {
      expect(await look(path, 1280, said(':root'))).toMatch(/^"This is a feed\./)
      const source = await look(path, 1280, said('link[rel=via]'))
      expect(source).toContain('https://arxiv.org/abs/1?a=1&b=2')
    }
  })

  it('can be read on a phone, which draws what is not HTML as on a desk and then shrinks it', async () => {
    const readable = `[innerWidth / screen.width, parseFloat(getComputedStyle(document.querySelector('item>description')).fontSize)]`
    const [shrunk, size] = await look<[number, number]>('/rss.xml', 390, readable, true)
    expect(shrunk).toBeGreaterThan(2)
    expect(size / shrunk).toBeGreaterThanOrEqual(15)
    expect(await look('/rss.xml', 390, 'document.documentElement.scrollWidth - innerWidth', true)).toBe(0)
  })

  it('fits a narrow window', async () => {
    for (const path of Object.keys(files)) {
      expect(await look(path, 390, 'document.documentElement.scrollWidth')).toBe(390)
    }
  })
})
