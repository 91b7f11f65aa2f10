import { describe, expect, it } from 'vitest'
import { readFeed } from '../../src/sources/feed.ts'
import { activeContent, removedFrom } from '../../src/sources/flaws.ts'
import { gather, pieces } from './reading.ts'
import type { Outcome } from './reading.ts'

const boat = { id: '1', url: 'https://paper.example/boat', title: 'Boat', date_published: '2026-06-29', summary: 'S.' }
const read = (item: object): Promise<Outcome> => {
  const feed = { version: 'https://jsonfeed.org/version/1.1', title: 'Paper', items: [{ ...boat, ...item }] }
  return gather(readFeed(pieces(JSON.stringify(feed)), { section: 'news' }))
}

describe('text that had to be cleaned', () => {
  it.each([
    ['title', { title: 'Bo\u0007at' }, 'control characters were'],
    ['title', { title: 'Bo\u202Eat' }, 'controls of writing direction were'],
    ['title', { title: 'Boat \uD83D' }, 'halves of surrogate pairs were'],
    ['summary', { summary: 'S\uFFFE.\u001b' }, 'control characters and code points that are no characters were'],
    ['authors', { authors: [{ name: 'An\u0000n' }] }, 'control characters were'],
    ['tags', { tags: ['sea', 'bo\uFFFDat'] }, 'placeholders (U+FFFC, U+FFFD) were'],
  ])('in %s is a note that says what was removed: %j', async (field, item, message) => {
    const { items, findings } = await read({ content_html: '<p>x</p>', ...item })
    expect(items).toHaveLength(1)
    expect(findings).toMatchObject([{ severity: 'note', code: 'text-cleaned', field, item: boat.url }])
    expect(findings[0]?.message).toContain(message)
    expect(findings[0]?.message).not.toMatch(/[\p{Cc}\u202E\uFFFE]/u)
  })

  it('is not what was only folded, composed or joined', () => {
    expect(removedFrom('a\t b\r\n\u00A0c e\u0301 \u{1F9AD} \u200Dz')).toEqual([])
  })
})

describe('lost characters', () => {
  it.each([
    ['title', { title: 'Caf\uFFFD' }],
    ['summary', { summary: 'Caf\uFFFD' }],
    ['url', { url: 'https://paper.example/Caf\uFFFD' }],
  ])('in the %s cost the item: %j', async (field, item) => {
    const { items, findings } = await read({ content_html: '<p>x</p>', ...item })
    expect(items).toEqual([])
    expect(findings).toMatchObject([{ severity: 'error', code: 'text-damaged', field }])
    expect(findings[0]?.item).toMatch(/^https:/)
    expect(findings[0]?.message).toContain('Caf?"')
  })

  it('in the body are a warning, and the item stays', async () => {
    const { items, findings } = await read({ content_html: '<p>Caf\uFFFD</p>' })
    expect(items).toMatchObject([{ body: { text: '<p>Caf</p>' } }])
    expect(findings).toMatchObject([{ severity: 'warning', code: 'text-damaged', field: 'body', item: boat.url }])
  })
})

describe('active content of a body', () => {
  it.each([
    ['<p>a</p><SCRIPT src=x></script>', '<script>'],
    ['<style>p{}</style>', '<style>'],
    ['<iframe src="https://v.example/"></iframe>', '<iframe>'],
    ['<object data=x>', '<object>'],
    ['<embed/>', '<embed>'],
    ['<form action=x>', '<form>'],
    ['<img src=x onerror = "a()">', 'onerror'],
    ['<img/onload=a()>', 'onload'],
    ['<p><a href=" javascript:a()">b</a></p>', 'a javascript: link'],
  ])('is one warning that says readers never get it: %s', async (html, what) => {
    const { items, findings } = await read({ content_html: `${html}<p>Text.</p>${html}` })
    const active = findings.filter(({ code }) => code === 'active-content')
    expect(active).toMatchObject([{ severity: 'warning', field: 'body', item: boat.url }])
    expect(active[0]?.message).toContain(`holds ${what}. Readers never get it`)
    expect(items[0]?.body.text).not.toMatch(/script|<style|<iframe|<object|<embed|<form|onerror|onload/i)
  })

  it.each([
    ['html', '<p>a &lt;script&gt; b, on = c, x < only=1 <formula> <b>online</b></p>'],
    ['markdown', 'Write `<script>` or\n\n```html\n<iframe src=x>\n```\n'],
    ['markdown', 'if a < b and onset=3'],
  ] as const)('is not what only talks about it: %s %s', (format, text) => {
    expect(activeContent({ format, text }, [])).toBeUndefined()
  })

  it('is found in Markdown beside code', () => {
    expect(activeContent({ format: 'markdown', text: '`<script>` <iframe src=x>' }, [])).toBe('<iframe>')
  })

  it('is looked for in proportion to the length', () => {
    const started = performance.now()
    for (const motif of ['<a ', '<a on', ' on', '<a x="onaaa" ', '<script', '`<form>']) {
      activeContent({ format: 'markdown', text: `<p ${motif.repeat(100_000)}` }, [])
    }
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
