import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { convert } from '../../../channels/feeds/content.ts'
import type { Item } from '../../../src/domain/item.ts'
import { sampleItem } from '../../fixtures/edition.ts'

const LINK = 'https://morningcheck.example/news/a.html'
const SOURCES = [{ url: 'https://arxiv.org/abs/1' }]

function html(body: Item['body'], sources: Item['sources'] = SOURCES): string {
  return convert({ item: sampleItem({ body }), id: LINK, summary: 'In short.', sources }).html
}

function findings(body: Item['body']): string[] {
  const { findings: found } = convert({ item: sampleItem({ body }), id: LINK, summary: '', sources: SOURCES })
  return found.map(({ code, message }) => `${code}: ${message}`)
}

const markdown = (text: string): Item['body'] => ({ format: 'markdown', text })
const markup = (text: string): Item['body'] => ({ format: 'html', text })

describe('the text of an entry', () => {
  it('becomes HTML with its words, emphasis, lists and code', () => {
    const made = html(markdown('One **two** `<three>`\n\n- four\n\n## Five'))
    expect(made).toContain('<p>One <strong>two</strong> <code>&lt;three&gt;</code></p>')
    expect(made).toContain('<li>four</li>')
    expect(made).toContain('<h2>Five</h2>')
  })

  it('ends with its source, named by title and host', () => {
    expect(html(markdown('x'))).toMatch(/<p>Source: <a href="https:\/\/arxiv.org\/abs\/1">arxiv.org<\/a><\/p>$/)
    expect(html(markdown('x'), [{ url: 'https://www.nature.com/a', title: 'A & <b>' }])).toContain(
      '<p>Source: <a href="https://www.nature.com/a">A &amp; &lt;b&gt;</a> (nature.com)</p>',
    )
  })

  it('lists every source where there are several', () => {
    const made = html(markdown('x'), [...SOURCES, { url: 'https://doi.org/2', title: 'Two' }])
    expect(made).toContain('<p>Sources:</p>')
    expect(made).toContain('<li><a href="https://arxiv.org/abs/1">arxiv.org</a></li>')
    expect(made).toContain('<li><a href="https://doi.org/2">Two</a> (doi.org)</li>')
  })

  it('resolves relative addresses against the item and keeps fragments', () => {
    expect(html(markdown('[x](../learn/y.html#z) ![i](/i.png)'))).toContain(
      '<a href="https://morningcheck.example/learn/y.html#z">x</a> <img alt="i" src="https://morningcheck.example/i.png" />',
    )
  })

  it.each([
    '<script>alert(1)</script>',
    '<style>p{}</style>',
    '<iframe src="https://evil.example/">inside</iframe>',
    '<p onclick="alert(1)" style="color:red" class="x">t</p>',
    '<a href="javascript:alert(1)">t</a>',
    '<a href="java&#10;script:alert(1)">t</a>',
    '<a href="&#11;javascript:alert(1)">t</a>',
    '<a href="data:text/html,x">t</a>',
    '<img src="data:image/png;base64,AA" onerror="alert(1)">',
    '<svg><a href="javascript:alert(1)"><script>alert(1)</script></a></svg>',
    '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>',
    '<object data="x"><embed src="x"></object>',
    '<form action="https://evil.example/"><input><button>b</button></form>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=//evil.example">',
  ])('takes out what is dangerous, in HTML and in Markdown: %s', (text) => {
    for (const made of [html(markup(text)), html(markdown(text)), html(markdown(`a ${text} b`))]) {
      expect(made).not.toMatch(/<(script|style|iframe|svg|math|object|embed|form|input|button|noscript|base|meta)/i)
      expect(made).not.toMatch(/<[^>]*\s(on\w+|style|class)=/i)
      expect(made).not.toMatch(/(href|src)="(?!https?:)/i)
    }
  })

  it('does not let composition turn text into a part of a tag', () => {
    const made = html(markup('<p>\u0338 onmouseover=alert(1) x</p>'))
    expect(made).toContain('<p>\u0338 onmouseover')
    expect(html(markdown('&#x338; onmouseover=alert(1)'))).toContain('<p>\u0338')
  })

  it('shows words in angle brackets that HTML does not know, and follows those it does', () => {
    expect(html(markdown('The <think> token and <b>bold</b>'))).toContain('The &lt;think&gt; token and <b>bold</b>')
  })

  it.each([
    ['<p><i>a<div>b</div>c</i></p>', '<p><i>a</i></p><div>b</div>c'],
    ['<p><b>a<ul><li>b<li>c</ul>d</b></p>', '<p><b>a</b></p><ul><li>b</li><li>c</li></ul>d'],
    ['<a href="https://a.example/">a <b><a href="/b">b</a></b></a>', '<a href="https://a.example/">a <b>b</b></a>'],
    ['<h2>a<p><b>b<h3>c</h3></b></p></h2>', '<h2>a<p><b>b</b></p>c</h2>'],
    ['<table>a<tr>b<td>c</table>', '<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>'],
    ['<table><td>a</td></table>', '<table><tr><td>a</td></tr></table>'],
    ['<td>a</td><tr>b</tr>', 'ab'],
  ])('is nested so that every reader finds the same in it: %s', (text, expected) => {
    expect(html(markup(text)).split('\n')[0]).toBe(expected)
  })

  it('drops characters that entities smuggle in', () => {
    const made = html(markup('<p title="a&#11;b">a&#0;&#11;&#xFFFF;&#xD800;b</p>'))
    expect(made).toContain('<p title="ab">ab</p>')
  })

  it('keeps the words, not the boxes, of a body in thousands of boxes', () => {
    const made = html(markup(`${'<div>'.repeat(9_000)}deep`))
    expect(made).toContain('deep')
    expect(made.match(/<div>/g)?.length).toBeLessThanOrEqual(100)
  })

  it('says what was taken out, once for each kind', () => {
    expect(
      findings(markdown('<script>x</script>\n\n[a](javascript:x) <b onclick="x">y</b>\n\n<script>y</script>')),
    ).toEqual([
      'feed-body-cleaned: Taken out of the body of "A tide gauge from 1846 still agrees with the satellites" in the feeds: <script>, the address "javascript:x", onclick.',
    ])
    expect(findings(markdown('Nothing wrong [here](https://a.example/)'))).toEqual([])
  })

  it.each([
    ['is nested beyond what can be read', '>'.repeat(50_000)],
    ['is emphasised beyond what can be read in time', '*a_'.repeat(30_000)],
    ['is longer than any article', 'word '.repeat(30_000)],
    ['holds an address without end', `http://a${'&a;'.repeat(30_000)}`],
    ['holds a host without end', `www.a${'!'.repeat(90_000)}`],
    ['holds a mail address without end', `${'a.'.repeat(45_000)}@b`],
    ['holds a word that is just too long', `See ftp://a${'?'.repeat(1_993)} here`],
  ])('gives the summary where the body %s, and says so', (_why, text) => {
    const made = convert({
      item: sampleItem({ body: markdown(text) }),
      id: LINK,
      summary: 'A < B.',
      sources: SOURCES,
    })
    expect(made.html).toMatch(/^<p>A &lt; B\.<\/p>\n<p>Source: /)
    expect(made.findings.map(({ code }) => code)).toEqual(['feed-body-left-out'])
  })

  it.each([
    ['words', 'a', ' '],
    ['addresses', 'http://a', '&a;'],
    ['hosts', 'www.a', '!'],
    ['dots', 'a', '.a'],
  ])('is read in no time where it is full of %s that are as long as they may be', (_what, start, more) => {
    const run = start.padEnd(1_999, more)
    const started = performance.now()
    expect(findings(markdown(`${run}\n\n`.repeat(49)))).toEqual([])
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('is long where HTML or a language without blanks makes it so, and stays', () => {
    expect(findings(markup(`<p>${'x'.repeat(9_000)}</p>`))).toEqual([])
    expect(findings(markdown('潮'.repeat(9_000)))).toEqual([])
  })

  it('shows the image once, above the text', () => {
    const image = { url: 'https://morningcheck.example/i.png?a=1&b=2', alt: 'A "gauge"' }
    const drawn = (text: string): string =>
      convert({ item: sampleItem({ body: markdown(text) }), id: LINK, summary: '', sources: SOURCES, image }).html
    expect(drawn('x')).toMatch(
      /^<p><img alt="A &quot;gauge&quot;" src="https:\/\/morningcheck.example\/i.png\?a=1&amp;b=2" \/><\/p>\n\n<p>x/,
    )
    expect(drawn(`[Larger](${image.url}) ![no](${image.url}2) src="${image.url}`)).toMatch(/^<p><img alt="A &quot;g/)
    expect(drawn(`![again](${image.url})`).match(/<img/g)).toHaveLength(1)
  })
})

describe('the folder of the feeds', () => {
  const folder = new URL('../../../channels/feeds/', import.meta.url)
  const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
  const imports = (name: string): string[] =>
    [...textOf(name).matchAll(/^import (?!type).* from '([^']+)'/gm)].map((match) => match[1] ?? '')

  it('knows the `feed` package in one module alone', () => {
    const knowing = readdirSync(folder).filter((name) => /['"]feed['"]\)?$/m.test(textOf(name)))
    expect(knowing).toEqual(['skeleton.ts'])
  })

  it('loads no library before a feed is made', () => {
    const reached = new Set(['./index.ts'])
    for (const name of reached) for (const next of imports(name)) if (next.startsWith('./')) reached.add(next)
    const libraries = [...reached].flatMap(imports).filter((name) => !/^(\.|node:)/.test(name))
    expect([...reached]).not.toContain('./rendering.ts')
    expect(new Set(libraries)).toEqual(new Set(['zod']))
  })
})
