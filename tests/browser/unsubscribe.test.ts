import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readerToken } from '../../src/domain/reader-token.ts'
import { type Subscriber } from '../../src/domain/subscriber.ts'
import { serve, type Served } from '../../src/web/serve.ts'
import { deskOf, readersOf, sampleApp, sampleView } from '../web/fixture.ts'
import { chromiumProblem, launch } from './chromium.ts'
import { LOWEST_CONTRAST } from './contrast.ts'

const CASES = [320, 1000].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))
const SECRET = 'a secret for tests'

const reader = (id: string, address: string): Subscriber => ({ id, address, state: 'active', consent: 'asked' })
const ada = reader('ada', 'ada@reader.example')
const long = reader('long', `l@${'a-rather-long-name-of-a-department.'.repeat(5)}university.example`)
const linkOf = ({ id }: Subscriber): string => `/unsubscribe/${readerToken(SECRET, 'unsubscribe', id)}`

describe.skipIf(await chromiumProblem())('the unsubscribe page in a browser', () => {
  let browser: Browser
  let site: Served
  let preview: Served
  let store: ReturnType<typeof readersOf>
  beforeAll(async () => {
    browser = await launch()
    store = readersOf(ada, long)
    const desk = deskOf(sampleView({ state: 'sent' }))
    site = await serve(sampleApp({ mode: 'start', desk, store }), { port: 0 })
    preview = await serve(sampleApp({ desk, store }), { port: 0 })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    await preview?.close()
  })

  it.each(CASES)(
    'fits $width px in $scheme colours, can be read, and its button is large enough for a thumb',
    async ({ width, scheme }) => {
      const page = await browser.newPage({ viewport: { width, height: 700 }, colorScheme: scheme })
      const readers = [ada, long].map((one) => site.url + linkOf(one))
      for (const url of [`${site.url}/unsubscribe/cut`, preview.url + linkOf(ada), ...readers]) {
        await page.goto(url)
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
        expect((await page.evaluate<{ lowest: number }>(LOWEST_CONTRAST)).lowest).toBeGreaterThanOrEqual(4.5)
      }
      expect((await page.locator('button').boundingBox())?.height).toBeGreaterThanOrEqual(44)
      await page.close()
    },
    30_000,
  )

  it('is left by its one button, with the keyboard and without script, and is true when loaded again', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(site.url + linkOf(ada))
    expect((await store.subscriber(ada.id))?.state).toBe('active')
    await page.locator('button').focus()
    await page.keyboard.press('Enter')
    await page.locator('h1', { hasText: 'You are unsubscribed' }).waitFor()
    expect(page.url()).toBe(site.url + linkOf(ada))
    expect(await store.subscriber(ada.id)).toMatchObject({ state: 'unsubscribed', reason: 'by the link in a mail' })
    await page.reload()
    expect(await page.locator('button').count()).toBe(0)
    expect(complaints).toEqual([])
    expect(await context.cookies()).toEqual([])
    await context.close()
  })
})
