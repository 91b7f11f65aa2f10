import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { itemSchema } from '../../src/domain/item.ts'
import { openSource } from '../../src/sources/index.ts'
import { gather, hrefs, noHttp, shown, wordsOf } from './reading.ts'
import type { Outcome } from './reading.ts'

const path = fileURLToPath(new URL('../../../shared/data/ground-truth-llms-full.txt', import.meta.url))

/** The renderer also turns an e-mail address in plain text into a link. */
function webLinks(markdown: string): string[] {
  return hrefs(markdown).filter((href) => !href.startsWith('mailto:'))
}

describe.skipIf(!existsSync(path))('the real publication, collapsed', () => {
  let outcome: Outcome
  let bodies: string[]

  beforeAll(async () => {
    outcome = await gather(openSource({ location: path }, noHttp).read({}))
    const text = await readFile(path, 'utf8')
    // An independent reading: split at the item headings, keep what follows the address.
    bodies = text
      .split(' ### ')
      .slice(1)
      .map((block) => block.replace(/ ---(?: ## [^#]*)?\s*$/, '').replace(/^.*? URL: \S+ /, ''))
  })

  it('has 118 news and 29 lessons, all valid, without a finding', () => {
    const { items, findings, end, about } = outcome
    expect(findings).toEqual([])
    expect(end).toEqual({ kind: 'end', complete: true, unchanged: false, validators: {} })
    expect(about?.title).toBe('Ground Truth')
    expect(about?.url).toBe('https://groundtruth.day/')
    const count = (section: string): number => items.filter((item) => item.section === section).length
    expect([items.length, count('news'), count('learn')]).toEqual([147, 118, 29])
    for (const item of items) expect(itemSchema.safeParse(item).error).toBeUndefined()
  })

  it('dates all news and no lesson: 8 items on 2026-06-29, 20 on 2026-06-24', () => {
    const { items } = outcome
    expect(items.every((item) => (item.section === 'news') === (item.published !== undefined))).toBe(true)
    const on = (day: string): number => items.filter((item) => item.published === day).length
    expect([on('2026-06-29'), on('2026-06-24')]).toEqual([8, 20])
  })

  it('finds a source for everything but one lesson, and a title for every paper', () => {
    const { items } = outcome
    expect(items.filter(({ sources }) => sources.length === 0).map(({ section }) => section)).toEqual(['learn'])
    expect(
      items
        .filter(({ section }) => section === 'learn')
        .flatMap(({ sources }) => sources)
        .every(({ title }) => title),
    ).toBe(true)
    expect(items.every(({ summary, section }) => (summary !== '') === (section === 'news'))).toBe(true)
  })

  it('keeps every word of every body in its order', () => {
    expect(bodies).toHaveLength(147)
    for (const [index, item] of outcome.items.entries()) {
      const written = (bodies[index] ?? '').replace(/\]\([^)\s]*\)/g, ']')
      expect(wordsOf(shown(item.body.text)), item.url).toEqual(wordsOf(written))
    }
  })

  it('shows no Markdown mark', () => {
    for (const item of outcome.items) {
      const text = shown(item.body.text)
      expect(text, item.url).not.toMatch(/\*\*|\]\(|```|(?:^|\s)#{2,} |(?<!\w)\*\w|\w\*(?!\w)/)
    }
  })

  it('loses none of the 762 links, and makes those of the bodies absolute', () => {
    const drawn = outcome.items.flatMap((item) => webLinks(item.body.text))
    const papers = outcome.items.filter(({ section }) => section === 'learn').flatMap(({ sources }) => sources)
    expect([drawn.length, papers.length]).toEqual([675, 87])
    expect(drawn.filter((href) => !/^https?:\/\/[^/]+\//.test(href))).toEqual([])
  })

  it('lists the same links as the renderer draws', () => {
    for (const item of outcome.items) expect(item.links, item.url).toEqual([...new Set(webLinks(item.body.text))])
  })
})
