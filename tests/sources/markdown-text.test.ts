import { describe, expect, it } from 'vitest'
import { restoreLines } from '../../src/sources/collapsed.ts'
import { plainInline } from '../../src/sources/inline.ts'
import { absoluteMarkdown } from '../../src/sources/markdown-links.ts'
import { shown, wordsOf } from './reading.ts'

const base = 'https://paper.example/news/boat.html'
const text = (markdown: string): string => absoluteMarkdown(markdown, base).text

describe('absolute addresses in Markdown', () => {
  it.each([
    ['[a](/learn/x.html)', '[a](https://paper.example/learn/x.html)'],
    ['[a](../learn/x.html#end)', '[a](https://paper.example/learn/x.html#end)'],
    ['[a](x.html "its title")', '[a](https://paper.example/news/x.html "its title")'],
    ['[a]( <x y.html> )', '[a](https://paper.example/news/x%20y.html)'],
    ['[a](x_(b).html)', '[a](<https://paper.example/news/x_(b).html>)'],
    ['[a](?b=1&amp;c=2)', '[a](https://paper.example/news/boat.html?b=1&c=2)'],
    ['[![alt](i.png)](x.html)', '[![alt](https://paper.example/news/i.png)](https://paper.example/news/x.html)'],
    ['[ref]: x.html', '[ref]: https://paper.example/news/x.html'],
    ['<a class=x href="x.html?a&amp;b">y</a>', '<a class=x href="https://paper.example/news/x.html?a&amp;b">y</a>'],
    ['<img src=i.png>', '<img src="https://paper.example/news/i.png">'],
    ['`[a](x.html)` and ``[`](x)``', '`[a](x.html)` and ``[`](x)``'],
    ['```\n[a](x.html)\n```', '```\n[a](x.html)\n```'],
    ['f[i] (x) ](y)', 'f[i] (x) ](y)'],
  ])('%s', (markdown, expected) => {
    expect(text(markdown)).toBe(expected)
  })

  it.each([
    ['[a *b*](javascript:alert(1)) c', 'a *b* c'],
    ['[a](JaVaScRiPt:alert%281%29)', 'a'],
    ['[a]( <javascript:x y> )', 'a'],
    ['![a](data:image/png;base64,AAAA)', 'a'],
    ['[a]()', 'a'],
    ['[![b](i.png)](mailto:x@y.example)', '![b](https://paper.example/news/i.png)'],
    ['<a href="javascript:x">y</a>', '<a>y</a>'],
    ['[ref]: javascript:x', `[ref]: ${base}`],
  ])('undoes %s', (markdown, expected) => {
    expect(text(markdown)).toBe(expected)
    expect(absoluteMarkdown(markdown, base).undone).toHaveLength(1)
  })

  it('lists what is pointed to in order, canonical, without repeats and without images', () => {
    const markdown =
      '[a](x.html#one) ![b](i.png) <https://HOST.example/?utm_source=y> [c](x.html) https://bare.example/a. `https://code.example/`'
    expect(absoluteMarkdown(markdown, base).links).toEqual([
      'https://paper.example/news/x.html',
      'https://host.example/',
      'https://bare.example/a',
    ])
  })
})

describe('collapsed Markdown', () => {
  it.each([
    ['Before. ## Why it matters The boat', 'Before.\n\n## Why it matters\n\nThe boat'],
    ['Before. ## Does it float? Boats do', 'Before.\n\n## Does it float?\n\nBoats do'],
    ['## How it works - **Wind.** blows', '## How it works\n\n- **Wind.** blows'],
    ['Before. ## Boats from Sweden The wood', 'Before.\n\nBoats from Sweden The wood'],
    ['Before. ## Why it matters Boats float', 'Before.\n\nWhy it matters Boats float'],
    ['Before. ## The making of The Boat It was', 'Before.\n\nThe making of The Boat It was'],
    ['Before. ## 1. Take wood', 'Before.\n\n1\\. Take wood'],
    ['Here: - **One.** a - b - **Two.** c', 'Here:\n- **One.** a - b\n- **Two.** c'],
    ['Then: **1. Saw.** Hard. **2. Sand.** Soft.', 'Then:\n\n**1. Saw.** Hard.\n\n**2. Sand.** Soft.'],
    ['Run: ``` npm start ``` now', 'Run: \n\n```\nnpm start\n```\n\n now'],
    ['Run: ```js let a = 1 ``` now', 'Run: \n\n```js\nlet a = 1\n```\n\n now'],
    ['Plain - and simple.', 'Plain - and simple.'],
  ])('%s', (collapsed, restored) => {
    expect(restoreLines(collapsed)).toBe(restored)
  })

  it('keeps every word of what it cannot tell', () => {
    for (const collapsed of ['## ', '## a', 'x ## > y', 'a ``` b', '#### a ## b ## c', '- **', '``` a ``` ``` b']) {
      expect(wordsOf(shown(restoreLines(collapsed)))).toEqual(wordsOf(collapsed))
    }
  })
})

describe('plain text of one line', () => {
  it.each([
    ['**a** *b* ***c*** __d__ _e_', 'a b c d e'],
    ['*a **b** c*', 'a b c'],
    ['[a](b "c") ![d](e)', '[a](b "c") d'],
    ['2 * 3 * 4, 5*6*7, a_b_c, *open', '2 * 3 * 4, 5*6*7, a_b_c, *open'],
    ['\\*not\\* \\[this\\]', '*not* [this]'],
    ['`code` and ``two``', 'code and ``two``'],
  ])('%s', (markdown, plain) => {
    expect(plainInline(markdown)).toBe(plain)
  })
})
