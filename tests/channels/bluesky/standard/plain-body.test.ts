import { describe, expect, it } from 'vitest'
import { plainBody } from '../../../../channels/bluesky/standard/plain-body.ts'

const markdown = (text: string): string => plainBody({ format: 'markdown', text })
const html = (text: string): string => plainBody({ format: 'html', text })

describe('a body’s words', () => {
  it.each([
    [
      '# A heading\n\nand **bold**, *slanted*, ~~struck~~ and `code`.',
      'A heading\nand bold, slanted, struck and code.',
    ],
    ['- one\n- two\n\n1. first\n2) second\n\n> said\n> > twice', 'one\ntwo\nfirst\nsecond\nsaid\ntwice'],
    ['See [the paper](https://arxiv.org/abs/1_(b) "title") and ![a chart](c.png).', 'See the paper and a chart.'],
    ['[one][1] and <https://example.com/a>\n\n[1]: https://example.com', 'one and https://example.com/a'],
    ['```ts\nconst a = 1\n```\n\n---\n\nafter', 'const a = 1\nafter'],
    ['| a | b |\n|---|:-:|\n| 1 | 2 |', '| a | b |\n| 1 | 2 |'],
    ['snake_case_name, 2 * 3 * 4 and \\*no mark\\*', 'snake_case_name, 2 * 3 * 4 and *no mark*'],
    ['a <b>word</b> and &amp; 3 < 4', 'a word and & 3 < 4'],
  ])('of Markdown: %j', (text, words) => {
    expect(markdown(text)).toBe(words)
  })

  it.each([
    ['<p>One&nbsp;&amp; two</p><p>three<br>four</p>', 'One & two\nthree\nfour'],
    ['<ul><li>a</li><li>b</li></ul>', 'a\nb'],
    ['<script>evil("<p>")</script>kept<style>p{}</style>', 'kept'],
    ['<SCRIPT>x</script\n>kept<script>never closed', 'kept'],
    ['a<!-- a comment -->b', 'ab'],
    ['&#39;&#x27;&hellip;&unknown;&#xD800;&#1114112;&#0;', "''…&unknown;\uFFFD&#1114112;"],
    ['3 < 4 > 2', '3 < 4 > 2'],
  ])('of HTML: %j', (text, words) => {
    expect(html(text).replace('\uFFFD', '')).toBe(words.replace('\uFFFD', ''))
  })

  it.each([
    '<',
    '<a',
    '<script>',
    '[',
    '![',
    '[a](',
    '*',
    '_a',
    '`',
    '&#',
    '\\',
    '<!--',
    '|-',
    '- - ',
    '> ',
    '1. ',
    '\n',
  ])('of a million times %j take no time', (mark) => {
    const before = performance.now()
    markdown(mark.repeat(1_000_000))
    html(mark.repeat(1_000_000))
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
