import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumProblem, launch } from './chromium.ts'

describe.skipIf(await chromiumProblem())('the test browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  }, 60_000)
  afterAll(() => browser?.close())

  it('opens a page, lays out its text and follows the colour scheme', async () => {
    const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 320, height: 400 } })
    const html = '<style>@media (prefers-color-scheme: dark){p{color:rgb(1,2,3)}}</style><p><span>Checked</span></p>'
    await page.goto(`data:text/html,${encodeURIComponent(html)}`)
    expect(await page.evaluate('getComputedStyle(document.querySelector("p")).color')).toBe('rgb(1, 2, 3)')
    const box = await page.locator('span').boundingBox()
    // Without any font the text would have no width.
    expect(box?.width).toBeGreaterThan(20)
    await page.close()
  })

  it('cannot reach the network', async () => {
    const page = await browser.newPage()
    await expect(page.goto('http://example.com/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
    await page.close()
  })
})
