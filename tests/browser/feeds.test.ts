import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { contextOf, nastyItems, recent } from '../channels/feeds/fixture.ts'
import { feedSite, type FeedSite } from '../web/feed-site.ts'
import { chromiumProblem, launch } from './chromium.ts'
import { LOWEST_CONTRAST } from './contrast.ts'

const CASES = [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))

/** The feeds of some plain items and of some that try everything, in two sections, as the channel writes them. */
async function published(): Promise<FeedSite> {
  const site = await feedSite()
  const plain = [21, 22, 23].map((number) => recent(number, { title: `Item ${number}` }))
  const lesson = recent(20, { title: 'A lesson', section: 'learn' })
  const context = contextOf([...nastyItems(), lesson, ...plain])
  const house = { ...context.house, publicUrl: site.url }
  const renderings = await feedsChannel.render(
    sampleEdition(),
    { ...context, house },
    feedsChannel.settings.parse({ hubs: [] }),
  )
  for (const { id, content } of renderings) await site.publish(id, content)
  return site
}

/** What is seen of an XML document that is drawn by a style sheet. */
const VISIBLE = `[...document.querySelectorAll('rss *, feed *')].filter((element) => element.checkVisibility())
  .flatMap((element) => [...element.childNodes].filter(({ nodeType }) => nodeType === 3 || nodeType === 4).map(({ data }) => data))
  .join('\\n')`

/** WCAG asks for 4.5 where text is small; the page of a feed is XML, of which the root is looked at. */
const XML_CONTRAST = LOWEST_CONTRAST.replace("'body *'", "'rss *, feed *'")

describe.skipIf(await chromiumProblem())('the feeds in a browser', () => {
  let browser: Browser
  let site: FeedSite
  beforeAll(async () => {
    browser = await launch()
    site = await published()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it.each(CASES)(
    'are listed and explained at /feeds: $width px, $scheme',
    async ({ width, scheme }) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme })
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      await page.goto(`${site.url}/feeds`)
      expect(await page.locator('h1').innerText()).toBe('Feeds')
      expect(await page.locator('h2').allInnerTexts()).toEqual(
        expect.arrayContaining(['The Morning Check', 'The Morning Check: Learn', 'The Morning Check: News']),
      )
      const links = await page
        .locator('main a')
        .evaluateAll((all) => all.map((one) => String(Reflect.get(one, 'href'))))
      const own = links.filter((href) => href.startsWith(site.url))
      expect(own).toContain(`${site.url}/feeds/learn/atom.xml`)
      for (const href of own) expect([href, (await site.ask(new URL(href).pathname)).status]).toEqual([href, 200])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      expect((await page.evaluate<{ lowest: number }>(LOWEST_CONTRAST)).lowest).toBeGreaterThanOrEqual(4.5)
      expect(complaints).toEqual([])
      await page.close()
    },
    30_000,
  )

  it.each(CASES.flatMap((one) => ['rss.xml', 'atom.xml'].map((file) => ({ file, ...one }))))(
    'are a page to who clicks one: $file, $width px, $scheme',
    async ({ file, width, scheme }) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme })
      const trouble: string[] = []
      page.on('console', (message) => trouble.push(message.text()))
      page.on('download', (download) => trouble.push(`download of ${download.url()}`))
      page.on('request', (request) => {
        if (!request.url().startsWith(site.url)) trouble.push(`request to ${request.url()}`)
      })
      await page.goto(`${site.url}/feeds`)
      await page.locator(`a[href="${site.url}/${file}"]`).first().click()
      await page.waitForURL(`${site.url}/${file}`)
      await page.waitForFunction('document.styleSheets.length > 0')
      const shown = await page.evaluate<string>(VISIBLE)
      for (const text of ['The Morning Check', 'Item 21', 'A lesson']) expect(shown).toContain(text)
      for (const source of ['<item>', '<entry>', 'xmlns', '<?xml', '<p>', 'content:encoded'])
        expect(shown).not.toContain(source)
      const styles = await page.evaluate<{ sheets: number; width: number }>(
        '({ sheets: document.styleSheets.length, width: document.documentElement.scrollWidth })',
      )
      expect(styles).toEqual({ sheets: 1, width })
      const { texts, lowest } = await page.evaluate<{ texts: number; lowest: number }>(XML_CONTRAST)
      expect(texts).toBeGreaterThan(10)
      expect(lowest).toBeGreaterThanOrEqual(4.5)
      expect(trouble).toEqual([])
      await page.close()
    },
    30_000,
  )

  it('can be found by a program from /feeds and from every page for readers', async () => {
    const page = await browser.newPage()
    for (const path of ['/feeds', '/', '/editions', '/nowhere']) {
      await page.goto(site.url + path)
      const titles = await page
        .locator('head link[rel="alternate"]')
        .evaluateAll((all) => all.map((one) => String(Reflect.get(one, 'title'))))
      expect(titles.length).toBeGreaterThanOrEqual(3)
      expect(new Set(titles).size).toBe(titles.length)
    }
    await page.close()
  }, 30_000)
})
