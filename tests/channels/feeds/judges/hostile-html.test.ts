import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convert } from '../../../../channels/feeds/content.ts'
import { ALLOWED_ATTRIBUTES, ALLOWED_TAGS } from '../../../../channels/feeds/tags.ts'
import { chromiumProblem, launch } from '../../../browser/chromium.ts'
import { sampleItem } from '../../../fixtures/edition.ts'
import { seeded } from '../../../fixtures/random.ts'
import { hostileHtml } from './hostile-html.ts'
import { texts } from './texts.ts'

const BODIES = process.env['KILLS'] === undefined ? 1_000 : 50_000
const BATCH = 250

function converted(text: string, format: 'html' | 'markdown'): string {
  const item = sampleItem({ body: { format, text } })
  return convert({ item, id: item.url, summary: '', sources: item.sources }).html
}

/** Every third of Markdown. */
function bodies(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const text = hostileHtml(seeded(first + index))
    return converted(text, index % 3 === 0 ? 'markdown' : 'html')
  })
}

/**
 * In the page: what is wrong with each of these, parsed as a reader would and once more from what the browser makes of
 * it. An element that is not where it was written shows in the order of beginnings and ends; `tbody` is the browser's own.
 */
const OBJECTIONS = `({ all, tags, attributes }) => {
  const written = (html) => [...html.matchAll(/<(\\/?)([a-z0-9]+)/g)].map(([, end, name]) => end + name)
  const walk = (node) => [...node.children].flatMap((one) => {
    const name = one.localName
    return ['br', 'hr', 'img'].includes(name) ? [name] : [name, ...walk(one), '/' + name]
  })
  const told = (names) => names.filter((name) => !name.endsWith('tbody')).join(' ')
  // The first line end in <pre> is none, at every reading.
  const same = (html) => html.replace(/(<pre[^>]*>)\\n+/g, '$1')
  const strange = (root) => [...root.querySelectorAll('*')].flatMap((one) => [
    ...(tags.includes(one.localName) && one.namespaceURI.endsWith('/xhtml') ? [] : ['element ' + one.localName]),
    ...[...one.attributes].flatMap(({ name, value }) => [
      ...([...(attributes['*'] ?? []), ...(attributes[one.localName] ?? [])].includes(name) ? [] : ['attribute ' + name]),
      ...(['href', 'src'].includes(name) && !/^https?:\\/\\/[^/]/.test(value) ? ['address ' + value] : []),
    ]),
    ...('href' in one && one.href && !/^https?:$/.test(one.protocol) ? ['scheme ' + one.protocol] : []),
  ])
  return all.flatMap((html) => {
    document.body.innerHTML = html
    const once = document.body.innerHTML
    const found = strange(document.body)
    if (told(walk(document.body)) !== told(written(html))) found.push('nested as ' + told(walk(document.body)))
    document.body.innerHTML = once
    if (same(document.body.innerHTML) !== same(once)) found.push('changes when it is read again')
    const whole = new DOMParser().parseFromString('<!doctype html><body>' + html, 'text/html')
    found.push(...strange(whole.body))
    if (same(whole.body.innerHTML) !== same(once)) found.push('is another in a page without script')
    if (window.hasRun) found.push('ran')
    return found.length > 0 ? [{ html, found }] : []
  })
}`

describe.skipIf(await chromiumProblem())('hostile markup, as a browser takes what becomes of it', () => {
  let browser: Browser
  let page: Page
  const asked: string[] = []

  beforeAll(async () => {
    browser = await launch()
    page = await browser.newPage()
    await page.addInitScript('window.hasRun = false; window.alert = () => { window.hasRun = true }')
    await page.route('**', async (route) => {
      asked.push(route.request().url())
      await route.abort()
    })
    await page.goto('about:blank')
  }, 60_000)
  afterAll(() => browser?.close())

  const objections = async (all: readonly string[]): Promise<unknown> => {
    const task = JSON.stringify({ all, tags: [...ALLOWED_TAGS], attributes: ALLOWED_ATTRIBUTES })
    return page.evaluate(`(${OBJECTIONS})(${task})`)
  }

  it('has harmless elements, attributes and addresses alone, each where it was written, and stays so', async () => {
    for (let first = 0; first < BODIES; first += BATCH) {
      expect(await objections(bodies(first, BATCH)), `seeds from ${first}`).toEqual([])
    }
  }, 3_600_000)

  it.each(Object.entries(texts))('has nothing else of %s either', async (_kind, text) => {
    expect(await objections([converted(text, 'html'), converted(text, 'markdown')])).toEqual([])
  })

  it('asks for nothing but pictures that are on the web', () => {
    expect(asked.filter((url) => !/^https?:/.test(url))).toEqual([])
  })

  it('is caught where it is not converted', async () => {
    const raw = ['<svg><script>1</script></svg>', '<p>a<div>b</div></p>', '<a href="javascript:x">y</a>', '<b id="x">']
    const found = await objections([...raw, '<p>fine</p>'])
    expect(found).toHaveLength(raw.length)
  })
})
