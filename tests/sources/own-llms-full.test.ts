import { describe, expect, it } from 'vitest'
import { llmsFullTxt } from '../../channels/feeds/llms.ts'
import type { RecentItem } from '../../src/channel/published.ts'
import type { Item } from '../../src/domain/item.ts'
import { MAX_ITEM_LENGTH } from '../../src/domain/llms-full.ts'
import { cleanLine, cleanText } from '../../src/domain/text.ts'
import { readLlmsFull } from '../../src/sources/llms-full.ts'
import { absoluteMarkdown } from '../../src/sources/markdown-links.ts'
import { sampleItem } from '../fixtures/edition.ts'
import { gather, pieces } from './reading.ts'
import type { Outcome } from './reading.ts'

const list = {
  publisher: 'Paper ### A (2026-01-01)',
  description: 'Boats ## News ### and --- ropes.',
  home: 'https://paper.example/',
  language: 'en',
  publicUrl: 'https://paper.example',
  hubs: [],
  feeds: [],
}
const recent = (item: Item): RecentItem => ({
  item,
  published: '2026-06-29T06:00:00.000Z',
  updated: '2026-06-29T06:00:00.000Z',
})
const written = (items: readonly Item[]): string =>
  llmsFullTxt({ list, zone: 'Europe/Berlin', items: items.map(recent), editions: [] })

/** In pieces that end anywhere. */
const read = (text: string): Promise<Outcome> =>
  gather(readLlmsFull(pieces(...(text.match(/[^]{1,4093}/g) ?? [])), { section: 'letters' }))

let count = 0
const item = (over: Partial<Item>): Item => {
  count += 1
  const body = over.body ?? { format: 'markdown', text: 'It sails.' }
  return sampleItem({ url: `https://paper.example/news/${count}.html`, links: [], ...over, body })
}

const FAKE =
  '### Fake (2026-01-01)\n\nSummary: Lies.\nPrimary source (verified): https://evil.example/s\nURL: https://evil.example/\n\nLies.'
const STRUCTURE = [
  `Above.\n\n---\n\n${FAKE}\n\n---\n\nBelow.`,
  `---\n\n## Evil (full)\n\n${FAKE}\n\n---`,
  `---\n${FAKE}`,
  `a --- ### Fake (2026-01-01) URL: https://evil.example/ b --- ## Evil ### Fake`,
  `\\---\n\n### Fake (2026-01-01)\n\\\\---\n\n## Evil\n\n### Fake\nURL: https://evil.example/`,
  `Key papers: [x](https://evil.example/)\nURL: https://evil.example/\nSummary: no\n\nFormat: HTML`,
  'URL: https://evil.example/',
  '--- URL: https://evil.example/ --- Summary: x',
  '---',
  'Text\n---',
  '## Heading\n\n### Lower (2026-01-01)\n\n---\n\nText\n\n***\n\n- a\n- b\n\n```\n---\n\n### Code (2026-01-01)\nURL: x\n```',
  '',
]

describe('llms-full of our own', () => {
  it.each(STRUCTURE)('a body cannot end its item, and comes back as it was: %j', async (text) => {
    const items = [item({ body: { format: 'markdown', text } }), item({ title: 'Next' })]
    const back = await read(written(items))
    expect(back.items.map(({ title, url, body }) => [title, url, body.text])).toEqual(
      items.map(({ title, url, body }) => [title, url, body.text]),
    )
  })

  it.each(STRUCTURE)('nor does it where somebody folded all white space: %j', async (text) => {
    const items = [item({ title: `T ${text}`, body: { format: 'markdown', text } }), item({ title: 'Next' })]
    const back = await read(written(items).split(/\s+/).join(' '))
    expect(back.items.map(({ title, url, published }) => [title, url, published])).toEqual(
      items.map(({ title, url, published }) => [cleanLine(title), url, published]),
    )
  })

  it('every field comes back as it was', async () => {
    const nasty =
      '`ls` **and** [a](b) <div> &amp; \\* _x_ snake_case ; URL: https://evil.example/ --- ### T Format: HTML'
    const one = item({
      title: `${nasty} (2026-01-01)`,
      summary: nasty,
      section: 'Læserne & vi',
      published: '2026-06-29T22:30:00.000Z',
      sources: [
        { url: 'https://a.example/a_(b);c,d.', title: nasty },
        { url: 'https://b.example/(' },
        { url: 'https://c.example/a;b' },
        { url: 'https://d.example/' },
      ],
      authors: ['Ann; Bob', 'C\\', nasty],
      tags: ['a, b', '<&>"\'', ';'],
      image: { url: 'https://paper.example/i.png?a=(1', alt: nasty },
      attachments: [
        { url: 'https://paper.example/a.mp3', mediaType: 'audio/mpeg', title: nasty, bytes: 7, seconds: 12.5 },
        { url: 'https://paper.example/(b.pdf', mediaType: 'application/pdf' },
      ],
      body: { format: 'html', text: '<p>It <em>sails</em>.</p>\n<hr />\n<p>--- ### x</p>' },
    })
    const { published: _, ...undated } = item({ title: 'A lesson (2026-01-01)', section: 'learn' })
    const plain = item({ section: 'optional', authors: [], tags: [] })
    const { items, findings } = await read(written([one, undated, plain]))
    expect(items).toEqual([one, undated, plain])
    expect(findings).toEqual([])
  })

  it.each(['---', 'a ---', '-- --- x', '--', 'a-b', '- - -'])(
    'a section %j stays one, folded or not',
    async (section) => {
      const items = [item({ title: 'Before' }), item({ section }), item({ section, title: 'Second' })]
      const text = written(items)
      expect((await read(text)).items).toEqual(items)
      const { items: back } = await read(text.split(/\s+/).join(' '))
      expect(back.map(({ title, section: one }) => [title, one])).toEqual(
        items.map(({ title, section: one }) => [title, one]),
      )
    },
  )

  it('takes no address from the body of an item that has none of its own', async () => {
    const text =
      '# P\n\n## News\n\n### T (2026-01-01)\nFormat: HTML\n\nWords.\nURL: https://evil.example/\n\nx\n\n---\n'
    const { items, codes } = await read(text)
    expect(items).toEqual([])
    expect(codes).toEqual(['item-without-url'])
  })

  it('puts the day of the publication’s zone beside the title', () => {
    const text = written([item({ title: 'Late', published: '2026-06-29T22:30:00.000Z' })])
    expect(text).toContain('### Late (2026-06-30)\nFormat: Markdown\nPublished: 2026-06-29T22:30:00.000Z\n')
  })

  it('what is said of an item stands above its text', async () => {
    const one = item({ body: { format: 'markdown', text: 'It sails.' } })
    const amendment = {
      id: 'correction/1',
      kind: 'correction' as const,
      url: one.url,
      title: one.title,
      note: 'Three masts,\n---\n\n### not *two*.',
      at: '2026-06-30T08:00:00.000Z',
    }
    const input = { ...recent(one), corrections: [amendment] }
    const text = llmsFullTxt({ list, zone: 'Europe/Berlin', items: [input], editions: [] })
    const { items } = await read(text)
    expect(items.map(({ body }) => body.text)).toEqual([
      '**Correction, 30 June 2026:** Three masts, \\--- \\### not \\*two\\*.\n\nIt sails.',
    ])
  })

  it('an item that is too long has its summary for a text, one whose summary is, too, is left out', async () => {
    const long = 'x'.repeat(MAX_ITEM_LENGTH)
    const items = [
      item({ title: 'Long', summary: 'In *short*.', body: { format: 'html', text: long } }),
      item({ title: 'Longer', summary: long }),
      item({ title: 'Just right', body: { format: 'markdown', text: 'x '.repeat(MAX_ITEM_LENGTH / 2 - 2_000) } }),
    ]
    const back = await read(written(items))
    expect(back.codes).toEqual([])
    expect(back.items.map(({ title, body }) => [title, body.text.length])).toEqual([
      ['Long', 'In \\*short\\*.'.length],
      ['Just right', MAX_ITEM_LENGTH - 4_001],
    ])
  })

  it('keeps below what a source may have: the oldest items are left out', () => {
    const items = Array.from({ length: 40 }, () => item({ body: { format: 'markdown', text: 'é'.repeat(900_000) } }))
    const text = written(items)
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024 * 1024)
    expect(text.match(/^URL: /gm)).toHaveLength(34)
  })

  it('gives every item of a thousand made of all that means something', async () => {
    const random = seeded(7)
    const text = (words: number): string => Array.from({ length: words }, () => PARTS[random(PARTS.length)]).join('')
    const items = Array.from({ length: 1_000 }, () =>
      item({
        title: cleanLine(text(6)) || 'T',
        summary: cleanLine(text(9)),
        section: cleanLine(text(2)) || 'news',
        tags: [...new Set([cleanLine(text(2)), cleanLine(text(2))])].filter((tag) => tag !== ''),
        authors: [cleanLine(text(3))].filter((author) => author !== ''),
        sources: [{ url: 'https://a.example/1', title: cleanLine(text(4)) || 'S' }],
        body: { format: 'markdown', text: cleanText(text(30)).trim() },
      }),
    )
    const { items: back } = await read(written(items))
    const byUrl = new Map(back.map((one) => [one.url, one]))
    expect(back).toHaveLength(items.length)
    for (const one of items) {
      // What any source makes of such a text: links that lead nowhere are undone.
      const { text: body, links } = absoluteMarkdown(one.body.text, one.url)
      expect(byUrl.get(one.url)).toEqual({ ...one, links, body: { format: 'markdown', text: body } })
    }
  })
})

// prettier-ignore
const PARTS = [
  '---', '\n---\n', '\n\n---\n\n', ' --- ', '### ', '\n### ', '\n\n## News\n\n### A (2026-01-01)\n', '## ', '(2026-01-01)',
  'URL: ', '\nURL: https://evil.example/\n', 'Summary:', '\nKey papers: x', 'Format: HTML ', ' Tags: ', ':', ';', '; ',
  '\\', '\\\\', '\\-', '[', ']', '](', '(', ')', '<', '>', '*', '_', '`', '```', '&', '&amp;', '#', '~', '!', '|', '"',
  ' ', '\n', '\n\n', 'a', 'word', 'É', '日', '🗞️', 'https://x.example/a', '-', '1. ', '    ',
]

function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}
