import type { Browser, ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import { blueskySettings } from '../../channels/bluesky/settings.ts'
import type { Picture } from '../../src/domain/picture.ts'
import type { EditionView } from '../../src/pipeline/view.ts'
import { serve, type Served } from '../../src/web/serve.ts'
import { deskOf, EDITION, sampleApp, sampleView } from '../web/fixture.ts'
import { chromiumProblem, launch } from './chromium.ts'
import { LOWEST_CONTRAST } from './contrast.ts'
import { nothingPublished } from '../../src/channel/published.ts'

const WIDTHS = [320, 375, 1280]
const SCHEMES = ['light', 'dark'] as const
const CASES = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ width, scheme })))

const PICTURE: Picture = {
  path: 'pictures/aa.png',
  sha256: 'aa',
  mediaType: 'image/png',
  bytes: 9,
  width: 1200,
  height: 630,
  alt: 'A drawn card',
  origin: 'drawn',
  preview:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACgAAAAVAQMAAAAO1D5dAAAAA1BMVEX7+PKRPVluAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQImWNgGEgAAAB+AAF5iwW7AAAAAElFTkSuQmCC',
}

/** Posts as long as Bluesky takes them, each with a picture in the measure of a link card. */
async function fullPosts(): Promise<EditionView> {
  const view = sampleView({ state: 'sent' })
  const items = [...view.edition.stories, ...view.edition.briefs].map((item) => ({
    ...item,
    title: `${item.title}, and what else was found on that day`.slice(0, 90),
    summary: 'Whoever looks at the gauge twice a day for a year knows what it says. '.repeat(5),
  }))
  const edition = { ...view.edition, stories: items, briefs: [] }
  const pictures = new Map(items.map(({ url }) => [url, PICTURE]))
  const context = {
    house: { publication: edition.publication, publicUrl: 'https://wire.example' },
    published: nothingPublished,
    pictures,
  }
  const drawn = await blueskyChannel.render(edition, context, blueskySettings.parse({}))
  const renderings = drawn.map((rendering) => ({ ...rendering, channel: 'bluesky', hash: '' }))
  const counts = [{ state: 'sent' as const, count: 7 }]
  return {
    ...view,
    edition,
    channels: view.channels.map((channel) =>
      channel.id === 'bluesky' ? { ...channel, renderings, counts } : { ...channel, counts },
    ),
  }
}

describe.skipIf(await chromiumProblem())('the desk in a browser', () => {
  let browser: Browser
  let desk: Served
  let site: Served
  let full: Served
  beforeAll(async () => {
    browser = await launch()
    desk = await serve(sampleApp(), { port: 0 })
    const sent = sampleView({ state: 'sent' })
    site = await serve(sampleApp({ mode: 'start', desk: deskOf(sent) }), { port: 0 })
    full = await serve(sampleApp({ desk: deskOf(await fullPosts()) }), { port: 0 })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await desk?.close()
    await site?.close()
    await full?.close()
  })

  async function open(
    url: string,
    { width, scheme }: (typeof CASES)[number],
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
    const complaints: string[] = []
    page.on('console', (message: ConsoleMessage) => complaints.push(message.text()))
    page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`))
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`)
    })
    await page.goto(url)
    await page.evaluate('document.querySelectorAll("iframe").forEach((frame) => { frame.loading = "eager" })')
    await page.waitForLoadState('networkidle')
    return { page, complaints }
  }

  it.each(CASES)(
    'fits $width px in $scheme colours, can be read, and nothing is refused by its own rules',
    async (look) => {
      const { page, complaints } = await open(`${desk.url}/desk/${EDITION}`, look)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.width)
      const { texts, lowest } = await page.evaluate<{ texts: number; lowest: number }>(LOWEST_CONTRAST)
      expect(texts).toBeGreaterThan(50)
      expect(lowest).toBeGreaterThanOrEqual(4.5)
      expect(page.frames()).toHaveLength(1 + 4 + 3 + 7 + 7)
      expect(complaints).toEqual([])
      await page.close()
    },
    30_000,
  )

  it.each([CASES[0], CASES.at(-1)].filter((look) => look !== undefined))(
    'the list and the readers’ pages fit $width px in $scheme colours',
    async (look) => {
      for (const address of [`${desk.url}/desk`, ...['/', '/editions', '/nowhere'].map((path) => site.url + path)]) {
        const { page, complaints } = await open(address, look)
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.width)
        expect((await page.evaluate<{ lowest: number }>(LOWEST_CONTRAST)).lowest).toBeGreaterThanOrEqual(4.5)
        expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
        await page.close()
      }
    },
    30_000,
  )

  it('draws the mail in the colours asked for, at the width it says, whatever the machine prefers', async () => {
    const { page } = await open(`${desk.url}/desk/${EDITION}`, { width: 1280, scheme: 'light' })
    await page.locator('label', { hasText: 'Dark' }).click()
    const frame = page.frameLocator('iframe[title="The mail on a phone, dark"]')
    await frame.locator('h1').waitFor()
    const drawn = await frame.locator('body').evaluate('[getComputedStyle(document.body).backgroundColor, innerWidth]')
    expect(drawn).toEqual(['rgb(26, 24, 21)', 375])
    await page.close()
  })

  it('works without script and with the keyboard alone', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    await page.goto(`${desk.url}/desk/${EDITION}`)
    await page.keyboard.press('Tab')
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: 0, y: 0 })
    await page.locator('#mail-0-light').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('pre').isVisible()).toBe(true)
    expect(await page.locator('.panel.light').isVisible()).toBe(false)
    await context.close()
  })

  it.each([{ width: 1200 }, { width: 900 }, { width: 360 }, { width: 320 }])(
    'shows posts with their picture and their length whole at $width px, and breaks no name of a channel',
    async ({ width }) => {
      const { page } = await open(`${full.url}/desk/${EDITION}`, { width, scheme: 'light' })
      const frames = page.frames().filter((frame) => frame.url().includes('/bluesky/'))
      expect(frames).toHaveLength(7)
      for (const frame of frames) {
        const [content, room] = await frame.evaluate<[number, number]>(
          '[document.querySelector("main").offsetHeight, innerHeight]',
        )
        expect(content).toBeLessThanOrEqual(room)
      }
      const lines = await page.evaluate<number[]>(
        '[...document.querySelectorAll("#deliveries th")].map((cell) => { const words = document.createRange(); words.selectNodeContents(cell); return words.getClientRects().length })',
      )
      expect(lines.length).toBeGreaterThan(2)
      expect(Math.max(...lines)).toBe(1)
      await page.close()
    },
    30_000,
  )

  it('shuts its frames off from itself', async () => {
    const { page } = await open(`${desk.url}/desk/${EDITION}`, { width: 1280, scheme: 'light' })
    const reached = await page.evaluate('document.querySelector("iframe").contentDocument')
    expect(reached).toBeNull()
    await page.close()
  })

  it('opens a link of a frame in a new tab that is not shut off', async () => {
    const { page } = await open(`${desk.url}/desk/${EDITION}`, { width: 1280, scheme: 'light' })
    const popup = page.context().waitForEvent('page')
    await page.frameLocator('iframe[title="The mail on a phone, light"]').locator('a').first().click()
    expect(await (await popup).evaluate('window.opener')).toBeNull()
    expect(page.url()).toBe(`${desk.url}/desk/${EDITION}`)
    await page.context().close()
  })
})
