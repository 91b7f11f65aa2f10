import { Marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { llmsFullTxt, llmsTxt } from '../../../channels/feeds/llms.ts'
import type { LlmsInput } from '../../../channels/feeds/llms.ts'
import type { RecentItem } from '../../../src/channel/published.ts'
import { sampleItem } from '../../fixtures/edition.ts'
import { NASTY, nastyItems, recent } from './fixture.ts'

const input = (items: readonly RecentItem[], over: Partial<LlmsInput> = {}): LlmsInput => ({
  list: {
    publisher: 'The Morning Check',
    description: 'Checked news.',
    home: 'https://morningcheck.example/',
    language: 'en',
    publicUrl: 'https://feeds.morningcheck.example',
    hubs: [],
    feeds: [
      { title: 'The Morning Check', about: 'Everything.', folder: '', home: 'https://morningcheck.example/' },
      {
        title: 'The Morning Check: Learn',
        about: 'Lessons.',
        folder: 'feeds/learn',
        home: 'https://morningcheck.example/',
      },
    ],
  },
  zone: 'Europe/Berlin',
  items,
  editions: [{ url: 'https://feeds.morningcheck.example/editions/daily/2026-06-29', title: 'Monday' }],
  ...over,
})

const marked = new Marked({ async: false, gfm: true })
const html = (markdown: string): string => marked.parse(markdown, { async: false })

/** As the reference implementation of llms.txt reads a link: title, address, notes. */
const REFERENCE = /^- \[(?<title>[^\]]+)\]\((?<url>[^)]+)\)(?:: (?<notes>.*))?$/

describe('llms.txt', () => {
  it('lists what was published, section by section, with its day and its source', () => {
    const { published: _, ...lesson } = sampleItem({
      url: 'https://morningcheck.example/learn/tides.html',
      section: 'learn',
      title: 'Tides',
      summary: '',
      sources: [{ url: 'https://www.paper.example/tides' }, { url: 'https://b.example/' }],
    })
    const items = [
      recent(1, { title: 'First', summary: 'One thing.' }),
      { ...recent(2), item: lesson },
      recent(3, { title: 'Third', summary: 'Another', published: '2026-06-28T22:30:00.000Z' }),
    ]
    expect(llmsTxt(input(items))).toBe(`# The Morning Check

> Checked news.

What was published here, the newest first. Each item names the primary source that it was checked against: the page, paper or post where the news comes from. Dates are days in the zone of the publication.

## News

- [First](https://morningcheck.example/news/1.html): 2026-06-29. One thing. Source: [A long record from a small harbour](https://arxiv.org/abs/2606.01846)
- [Third](https://morningcheck.example/news/3.html): 2026-06-29. Another. Source: [A long record from a small harbour](https://arxiv.org/abs/2606.01846)

## Learn

- [Tides](https://morningcheck.example/learn/tides.html): Source: [paper.example](https://www.paper.example/tides)

## Editions

- [Monday](https://feeds.morningcheck.example/editions/daily/2026-06-29)

## Feeds

- [The Morning Check (RSS)](https://feeds.morningcheck.example/rss.xml): Everything.
- [The Morning Check (Atom)](https://feeds.morningcheck.example/atom.xml): Everything.
- [The Morning Check (JSON Feed)](https://feeds.morningcheck.example/feed.json): Everything.
- [The Morning Check: Learn (RSS)](https://feeds.morningcheck.example/feeds/learn/rss.xml): Lessons.
- [The Morning Check: Learn (Atom)](https://feeds.morningcheck.example/feeds/learn/atom.xml): Lessons.
- [The Morning Check: Learn (JSON Feed)](https://feeds.morningcheck.example/feeds/learn/feed.json): Lessons.

## Optional

- [llms-full.txt](https://feeds.morningcheck.example/llms-full.txt): All items with their full text in one file.
- [OPML](https://feeds.morningcheck.example/feeds/feeds.opml): All feeds, for import into a feed reader.
`)
  })

  it('is whole with nothing to list', () => {
    const text = llmsTxt(input([], { editions: [] }))
    expect(text.match(/^## .*/gm)).toEqual(['## Feeds', '## Optional'])
  })

  it('keeps hostile text in its line and its link', () => {
    const hostile = `${NASTY} [a](https://evil.example/) ![b](https://evil.example/i.png) \`x\`\n## Evil\n\n- [c](https://evil.example/)`
    const items = [
      ...nastyItems(),
      recent(20, {
        title: hostile,
        summary: hostile,
        section: hostile,
        url: 'https://morningcheck.example/a_(b)?c=[d]&e=<f>',
        sources: [{ url: 'https://source.example/(', title: hostile }],
      }),
    ]
    const { list } = input([])
    const evil = { ...list, publisher: hostile, description: hostile, feeds: [{ ...list.feeds[0], title: hostile }] }
    const feed = { title: hostile, about: hostile, folder: '', home: list.home }
    const text = llmsTxt(
      input(items, { list: { ...evil, feeds: [feed] }, editions: [{ url: 'https://e.example/(1)', title: hostile }] }),
    )
    expect(text).not.toMatch(/[\p{Cc}--[\n]]|[\uFFFD\uFFFF\u202E]/v)
    const lines = text.split('\n').filter((line) => line.startsWith('-'))
    for (const line of lines) expect(REFERENCE.test(line), line).toBe(true)
    // Eight of the items can be shown; beside them an edition, a feed in three formats and two files.
    expect(lines).toHaveLength(8 + 1 + 3 + 2)
    expect(text.match(/^# /gm)).toHaveLength(1)
    expect(text.match(/^## /gm)).toHaveLength(5)
    const drawn = html(text)
    // A bare address in a text may become a link to itself in some programs; no other words ever link to it.
    const links = Array.from(drawn.matchAll(/<a href="([^"]*)"[^>]*>([^<]*)</g))
    const wrong = links.filter(([, href = '', words = '']) => /evil/.test(href) && !words.startsWith('https://evil.'))
    expect(wrong).toEqual([])
    expect(drawn).not.toMatch(/<(?:script|img|div|title|code)\b/)
  })

  it.each(['Optional', 'feeds', 'EDITIONS'])(
    'a section that is called %s stays apart from the part of that name',
    (section) => {
      const text = llmsTxt(input([recent(1, { section })]))
      const headings = text.match(/^## .*/gm) ?? []
      expect(new Set(headings.map((heading) => heading.toLowerCase()))).toHaveProperty('size', headings.length)
      expect(headings[0]).toMatch(/ \(section\)$/)
    },
  )
})

describe('llms-full.txt', () => {
  it('holds what llms.txt lists, in the same order, and nothing of what has no source', () => {
    const items = nastyItems()
    const listed = Array.from(llmsTxt(input(items)).matchAll(/^- \[[^\]]*\]\(([^)]+)\): 20/gm), ([, url]) => url)
    const full = Array.from(llmsFullTxt(input(items)).matchAll(/^URL: (.*)$/gm), ([, url = '']) =>
      url.replace('|', '%7C'),
    )
    expect(full).toEqual(listed)
    expect(full).toHaveLength(7)
  })

  it('is the same for the same items', () => {
    expect(llmsFullTxt(input(nastyItems()))).toBe(llmsFullTxt(input(nastyItems())))
  })
})
