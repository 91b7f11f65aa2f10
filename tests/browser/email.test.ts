import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleAmendment, sampleEdition, sampleItem } from '../fixtures/edition.ts'
import { renderEdition } from '../channels/email/support.ts'
import { chromiumProblem, launch } from './chromium.ts'
import { LOWEST_CONTRAST } from './contrast.ts'

const unbroken = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
const hosts = ['a-rather-long-name-for-a-repository.university.example', 'arxiv.org', 'doi.org', 'nature.com']
const amendments = [sampleAmendment({ note: unbroken }), sampleAmendment({ kind: 'retraction', title: unbroken })]
const edition = sampleEdition({ stories: 4, briefs: 3, background: 2, intro: 'Good morning.', amendments })
const hard = sampleItem({
  title: unbroken,
  summary: `${unbroken} https://example.com/${'x'.repeat(200)}`,
  sources: hosts.map((host) => ({ url: `https://${host}/paper` })),
})

describe.skipIf(await chromiumProblem())('the digest in a browser', () => {
  let browser: Browser
  let html: string
  beforeAll(async () => {
    browser = await launch()
    html = (await renderEdition({ ...edition, stories: [...edition.stories, hard] })).page
  }, 60_000)
  afterAll(() => browser?.close())

  describe.each([320, 1000])('at %i px', (width) => {
    describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
      async function onPage<Result>(look: (page: Page) => Promise<Result>): Promise<Result> {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
        try {
          await page.setContent(html)
          return await look(page)
        } finally {
          await page.close()
        }
      }

      it('needs no horizontal scrolling', async () => {
        expect(await onPage((page) => page.evaluate('document.documentElement.scrollWidth'))).toBeLessThanOrEqual(width)
      })

      it('keeps every text at 4.5:1 or more against what lies behind it', async () => {
        const { texts, lowest } = await onPage((page) =>
          page.evaluate<{ texts: number; lowest: number }>(LOWEST_CONTRAST),
        )
        expect(texts).toBeGreaterThan(20)
        expect(lowest).toBeGreaterThanOrEqual(4.5)
      })

      it('sets paper and ink of its scheme', async () => {
        const brightness = await onPage((page) => page.evaluate<number>(PAPER_BRIGHTNESS))
        expect([brightness < 60, brightness > 230]).toEqual([colorScheme === 'dark', colorScheme === 'light'])
      })
    })
  })

  it('keeps to 600 px, running text to 16 px, and links to 24 px of height', async () => {
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 } })
    await page.setContent(html)
    const box = await page.locator('.sheet').boundingBox()
    expect(box?.width).toBeLessThanOrEqual(600)
    expect(await page.evaluate(FONT_SIZES)).toEqual(['18px', '16px', '16px', '16px', '16px'])
    expect(await page.evaluate<number>(LOWEST_SOURCE_LINE)).toBeGreaterThanOrEqual(24)
    await page.close()
  })
})

const PAPER_BRIGHTNESS = `(() => {
  const cell = getComputedStyle(document.querySelector('.sheet td')).backgroundColor
  const body = getComputedStyle(document.body).backgroundColor
  const channels = (cell === 'rgba(0, 0, 0, 0)' ? body : cell).match(/\\d+/g).slice(0, 3).map(Number)
  return channels.reduce((sum, value) => sum + value, 0) / 3
})()`

const FONT_SIZES = `[...document.querySelectorAll('h2 + p:not(.accent)')].map((one) => getComputedStyle(one).fontSize)`

const LOWEST_SOURCE_LINE = `Math.min(...[...document.querySelectorAll('p.accent')].map((one) => one.getBoundingClientRect().height))`
