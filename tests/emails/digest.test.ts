import { expect, it } from 'vitest'
import { contentSchema } from '../../channels/email/content.ts'
import { sampleEdition, sampleItem, samplePublication } from '../fixtures/edition.ts'
import { elementsOf, hasClass, renderEdition, sampleHouse, textOf } from '../channels/email/support.ts'
import type { Item } from '../../src/domain/item.ts'

const image = { url: 'https://morningcheck.example/gauge.jpg', alt: 'A brass gauge beside a "harbour" wall' }

/** The HTML that leaves, parsed strictly. */
async function sent(lead: Partial<Item> = {}) {
  const edition = sampleEdition()
  const { content } = await renderEdition({ ...edition, stories: [sampleItem(lead), ...edition.stories.slice(1)] })
  return elementsOf(contentSchema.parse(JSON.parse(content)).html)
}

it('names its language and direction', async () => {
  const [html] = await sent()
  expect(html?.attributes).toMatchObject({ lang: 'en', dir: 'ltr' })

  const publication = { ...samplePublication, language: 'ar-EG' }
  const rendering = await renderEdition(sampleEdition(), { house: { ...sampleHouse, publication } })
  expect(elementsOf(rendering.page)[0]?.attributes).toMatchObject({ lang: 'ar-EG', dir: 'rtl' })
})

it('has one h1, then a heading for every story, part, brief and lesson, without leaving out a level', async () => {
  const headings = (await sent()).filter(({ name }) => /^h\d$/.test(name))
  expect(headings.map(({ name }) => name)).toEqual(['h1', 'h2', 'h2', 'h2', 'h2', 'h3', 'h3', 'h2', 'h3'])
  expect(headings.map(textOf)).toContain('In brief')
  expect(headings.map(textOf)).toContain('Background')
})

it('marks every table as layout', async () => {
  const tables = (await sent()).filter(({ name }) => name === 'table')
  expect(tables.length).toBeGreaterThan(0)
  expect(tables.map(({ attributes }) => attributes['role'])).toEqual(tables.map(() => 'presentation'))
})

it('shows a source line under every story, brief and lesson', async () => {
  const elements = await sent()
  const titles = elements.filter(({ name, attributes }) => /^h[23]$/.test(name) && !hasClassBar(attributes))
  const lines = elements.filter((element) => element.name === 'p' && hasClass(element, 'accent'))
  expect(titles).toHaveLength(6)
  expect(lines.map(textOf)).toEqual(
    ['arxiv.org', 'nature.com', 'biorxiv.org', 'bast.example.de', 'github.com', 'doi.org'].map(
      (host) => `Source: ${host} ↗\uFE0E`,
    ),
  )
  for (const title of titles) {
    const block = elements.find(({ children }) => children.includes(title))
    expect(hasClass(lastChild(block), 'accent')).toBe(true)
  }
})

it('names three sources, and of more than three two and how many more there are', async () => {
  expect(await sourceLine(['a.example', 'a.example'])).toBe('Source: a.example ↗')
  expect(await sourceLine(['a.example', 'b.example', 'c.example'])).toBe(
    'Source: a.example ↗ · b.example ↗ · c.example ↗',
  )
  expect(await sourceLine(['a.example', 'b.example', 'c.example', 'd.example'])).toBe(
    'Source: a.example ↗ · b.example ↗ and 2 more',
  )
})

it("shows the lead's picture with its alternative text, and in a page that may load nothing the text alone", async () => {
  const pictures = (await sent({ image })).filter(({ name }) => name === 'img')
  expect(pictures.map(({ attributes }) => [attributes['src'], attributes['alt']])).toEqual([[image.url, image.alt]])

  const edition = sampleEdition()
  const { page } = await renderEdition({ ...edition, stories: [sampleItem({ image }), ...edition.stories.slice(1)] })
  expect(elementsOf(page).filter(({ name }) => name === 'img')).toEqual([])
  expect(elementsOf(page).map(textOf)).toContain(`[Picture: ${image.alt}]`)
})

it('shows hostile titles, summaries and names as the text they are', async () => {
  const hostile = `</style><script>alert("1")</script> & <img src=x onerror='a()'> ]]>`
  const publication = { ...samplePublication, name: hostile, description: hostile, address: hostile }
  const edition = sampleEdition({ subject: hostile, preheader: hostile, intro: hostile })
  const stories = [sampleItem({ title: hostile, summary: hostile, image: { url: image.url, alt: hostile } })]
  const house = { ...sampleHouse, publication }
  const { content } = await renderEdition({ ...edition, stories, briefs: stories, background: stories }, { house })
  const elements = elementsOf(contentSchema.parse(JSON.parse(content)).html)
  expect(elements.filter(({ name }) => name === 'script')).toEqual([])
  expect(elements.filter(({ name }) => name === 'img')).toHaveLength(1)
  expect(elements.filter(({ name }) => name === 'h2').map(textOf)).toContain(hostile)
})

it('drops control characters, lone surrogates and bidirectional overrides', async () => {
  const { page, text } = await renderEdition({
    ...sampleEdition(),
    stories: [sampleItem({ title: 'A\u0000 gauge\uD800 \u202Etxt', summary: 'One\u0008\r\ntwo' })],
  })
  const story = elementsOf(page).find(({ name }) => name === 'h2')
  expect(story && textOf(story)).toBe('A gauge txt')
  expect(text).toContain('One two')
})

it('leaves the address line out when there is none, and keeps the links of the foot', async () => {
  const house = { ...sampleHouse, publication: { ...samplePublication, address: ' \n' } }
  const { page } = await renderEdition(sampleEdition(), { house })
  expect(page).not.toContain('Lindenweg')
  const links = elementsOf(page).filter(({ name }) => name === 'a')
  const labels = new Map(links.map((link) => [textOf(link), link.attributes['href']]))
  expect(labels.get('View in browser')).toBe('https://news.morningcheck.example/editions/daily/2026-06-29')
  expect(labels.get('Unsubscribe')).toBe('#preview')
})

it('cuts a long preheader between characters', async () => {
  const { page } = await renderEdition(sampleEdition({ preheader: `${'a'.repeat(148)}👩‍🔬 and more` }))
  expect(page).toContain(`>${'a'.repeat(148)}<`)
})

/** The source line of a lead that was checked against these. */
async function sourceLine(hosts: string[]): Promise<string> {
  const elements = await sent({ sources: hosts.map((host) => ({ url: `https://${host}/paper` })) })
  const line = elements.find((element) => element.name === 'p' && hasClass(element, 'accent'))
  return line ? textOf(line).replaceAll('\uFE0E', '') : ''
}

function hasClassBar(attributes: Readonly<Record<string, string>>): boolean {
  return attributes['class'] === 'bar'
}

function lastChild(element: ReturnType<typeof elementsOf>[number] | undefined) {
  const last = element?.children.at(-1)
  if (last === undefined || typeof last === 'string') throw new Error('no element')
  return last
}
