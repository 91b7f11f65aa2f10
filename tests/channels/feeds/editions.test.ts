import { describe, expect, it } from 'vitest'
import type { PastEdition } from '../../../src/channel/published.ts'
import type { Amendment } from '../../../src/domain/amendment.ts'
import { editionItems } from '../../../src/domain/edition.ts'
import { sampleAmendment, sampleItem } from '../../fixtures/edition.ts'
import { NASTY } from './fixture.ts'
import { editionOf, feedIn, folders, shelf, type JsonFeedItem } from './shelf.ts'

async function entryOf(past: PastEdition): Promise<JsonFeedItem> {
  const made = shelf()
  await made.publish({ editions: [past] })
  const [entry] = feedIn(made, 'feeds/editions').items
  if (!entry) throw new Error('there is no entry')
  return entry
}

function retraction(past: PastEdition, index: number): Amendment {
  const item = [...past.edition.stories, ...past.edition.briefs][index]
  return sampleAmendment({
    id: `retraction/2026-06-30-${index}`,
    kind: 'retraction',
    url: item?.url ?? '',
    title: item?.title ?? '',
    note: 'The study was withdrawn.',
  })
}

const PLAIN = editionOf('2026-06-29', { intro: 'First.\n\nSecond & last.' })

describe('an edition as an entry', () => {
  it('is the digest: its page, subject, preheader and the instant it was planned for', async () => {
    expect(await entryOf(PLAIN)).toMatchObject({
      id: 'https://feeds.morningcheck.example/editions/daily/2026-06-29',
      url: 'https://feeds.morningcheck.example/editions/daily/2026-06-29',
      title: 'A tide gauge from 1846 still agrees with the satellites',
      summary: 'Also: a slower clock, bees that count, and what a bridge remembers.',
      date_published: '2026-06-29T05:00:00.000Z',
      date_modified: '2026-06-29T05:00:00.000Z',
    })
  })

  it('carries all that the digest carries, every item with its source', async () => {
    const { content_html: html } = await entryOf(PLAIN)
    const { stories, briefs, background } = PLAIN.edition
    expect(html.startsWith('<p>First.</p>\n<p>Second &amp; last.</p>\n<h2><a href="')).toBe(true)
    for (const item of [...stories, ...briefs, ...background]) {
      expect(html).toContain(`<a href="${item.url}">${item.title}</a>`)
      expect(html).toContain(`<a href="${item.sources[0]?.url}">`)
    }
    expect([...html.matchAll(/<h2>([A-Z][a-z ]+)<\/h2>/g)].map(([, title]) => title)).toEqual([
      'In brief',
      'Background',
    ])
    expect(html).toContain(stories[0]?.summary)
    expect(html).not.toContain(briefs[0]?.summary)
  })

  it('names all primary sources and is about none of them alone', async () => {
    const made = shelf()
    const { edition } = editionOf('2026-06-29', { stories: 2, briefs: 0, background: 1 })
    await made.publish({ editions: [{ edition, amendments: [] }] })
    const via = made.files.get('feeds/editions/atom.xml')?.match(/<link rel="via" [^>]*>/g)
    expect(via).toHaveLength(3)
    expect(await entryOf(PLAIN)).not.toHaveProperty('external_url')
  })

  it('tells of corrections and retractions that the digest told of', async () => {
    const amendments = [
      sampleAmendment({ title: 'An <old> item', source: { url: 'https://doi.org/1' } }),
      sampleAmendment({ kind: 'retraction', url: 'https://morningcheck.example/gone', title: 'Gone', note: 'Wrong.' }),
    ]
    const { content_html: html } = await entryOf(editionOf('2026-06-30', { amendments, stories: 0, briefs: 0 }))
    expect(html).toContain('<h2>Corrections</h2>')
    expect(html).toContain('>An &lt;old&gt; item</a></p>\n<p>The gauge has been read for 180 years, not for 108.</p>')
    expect(html).toContain('<p><strong>Withdrawn:</strong> Gone</p>\n<p>Wrong.</p>')
    expect(html).not.toContain('morningcheck.example/gone')
  })

  it('shows hostile words as words and follows no strange address', async () => {
    const bad = sampleItem({
      url: 'javascript:alert(1)',
      title: NASTY,
      summary: NASTY,
      sources: [{ url: 'data:text/html,x' }, { url: 'https://doi.org/1', title: NASTY }],
    })
    const { edition } = editionOf('2026-06-29', { intro: NASTY, subject: NASTY, preheader: NASTY })
    const html = (await entryOf({ edition: { ...edition, stories: [bad] }, amendments: [] })).content_html
    expect(html).not.toMatch(/<(?!\/?(?:p|h2|ul|li|a|strong)\b)|\son\w+=|href="(?!https?:)/i)
  })
})

describe('an edition of which something was put right or taken back', () => {
  it('says so at the item, and is dated by it', async () => {
    const entry = await entryOf({ ...PLAIN, amendments: [sampleAmendment()] })
    const line = '<p><strong>Correction, 30 June 2026:</strong> The gauge has been read for 180 years, not for 108.</p>'
    expect(entry.content_html.split(line)).toHaveLength(2)
    expect(entry.date_modified > sampleAmendment().at).toBe(true)
    expect(entry.date_modified < '2026-06-30T09:00:01.000Z').toBe(true)
  })

  it('shares its instant with no other one that the same correction is of', async () => {
    const made = shelf()
    const amendments = [sampleAmendment()]
    await made.publish({ editions: ['2026-06-29', '2026-06-28'].map((day) => ({ ...editionOf(day), amendments })) })
    const [first, second] = feedIn(made, 'feeds/editions').items.map(({ date_modified }) => date_modified)
    expect(first).not.toBe(second)
    expect(feedIn(made, 'feeds/editions/archive/2026-06').items.map(({ date_modified }) => date_modified)).toEqual([
      first,
      second,
    ])
  })

  it('neither links nor sums up what was taken back, nor names its source', async () => {
    const past = { ...PLAIN, amendments: [retraction(PLAIN, 1)] }
    const { content_html: html } = await entryOf(past)
    const [, gone] = PLAIN.edition.stories
    expect(html).toContain(`<p><strong>Withdrawn:</strong> ${gone?.title}</p>\n<p>The study was withdrawn.</p>`)
    const made = shelf()
    await made.publish({ editions: [past] })
    for (const said of [gone?.url, gone?.summary, gone?.sources[0]?.url]) {
      expect(made.files.get('feeds/editions/feed.json')).not.toContain(said)
    }
  })

  it('names no source of a background item that was taken back', async () => {
    const [gone] = PLAIN.edition.background
    const source = 'https://doi.org/10.1/gone'
    const background = PLAIN.edition.background.map((item) =>
      item === gone ? { ...item, sources: [{ url: source }] } : item,
    )
    const past = { edition: { ...PLAIN.edition, background }, amendments: [] }
    const made = shelf()
    const files = ['rss.xml', 'atom.xml', 'feed.json'].map((file) => `feeds/editions/${file}`)
    await made.publish({ editions: [past] })
    for (const file of files) expect(made.files.get(file)).toContain(source)
    const amendments = [sampleAmendment({ kind: 'retraction', url: gone?.url ?? '', title: gone?.title ?? '' })]
    await made.publish({ editions: [{ ...past, amendments }] })
    for (const file of files) expect(made.files.get(file)).not.toContain(source)
  })

  it('speaks of what was taken back in neither title nor summary', async () => {
    const made = shelf()
    await made.publish({ editions: [{ ...PLAIN, amendments: [retraction(PLAIN, 0)] }] })
    const [entry] = feedIn(made, 'feeds/editions').items
    expect(entry?.title).toBe('Edition of 29 June 2026')
    const titles = editionItems(PLAIN.edition).map(({ title }) => title)
    expect(entry?.summary).toBe(titles.slice(1).join(' · '))
    expect(made.files.get('llms.txt')).toContain('Edition of 29 June 2026')
    expect(made.files.get('llms.txt')).not.toContain(PLAIN.edition.subject)
    const second = await entryOf({ ...PLAIN, amendments: [retraction(PLAIN, 1)] })
    expect(second.title).toBe(PLAIN.edition.subject)
    expect(second.summary).toBe(titles.filter((_, at) => at !== 1).join(' · '))
  })

  it('is left out when nothing is left of it', async () => {
    const past = editionOf('2026-06-29', { stories: 1, briefs: 1, background: 1 })
    const made = shelf()
    await made.publish({ editions: [past, editionOf('2026-06-28')] })
    const amendments = [retraction(past, 0), retraction(past, 1)]
    await made.publish({ editions: [{ ...past, amendments }, editionOf('2026-06-28')] })
    for (const folder of ['feeds/editions', 'feeds/editions/archive/2026-06']) {
      expect(feedIn(made, folder).items.map(({ id }) => id.slice(-10))).toEqual(['2026-06-28'])
    }
  })
})

it('carries the newest editions; the months have all', async () => {
  const days = Array.from({ length: 20 }, (_, index) => `2026-06-${30 - index}`)
  const made = shelf({ editions: 3 })
  await made.publish({ editions: days.map((day) => editionOf(day)) })
  expect(feedIn(made, 'feeds/editions').items).toHaveLength(3)
  expect(feedIn(made, 'feeds/editions').home_page_url).toBe('https://feeds.morningcheck.example/editions')
  expect(feedIn(made, 'feeds/editions/archive/2026-06').items).toHaveLength(20)
  const renderings = await made.publish({ editions: ['2026-07-01', ...days].map((day) => editionOf(day)) })
  expect(folders(renderings)).toEqual([
    'feeds/editions',
    'feeds/editions/archive/2026-07',
    'feeds/editions/archive/2026-06',
  ])
})
