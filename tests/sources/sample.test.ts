import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Item } from '../../src/domain/item.ts'
import { openSource } from '../../src/sources/index.ts'
import { gather, hrefs, noHttp, shown, wordsOf } from './reading.ts'
import type { Outcome } from './reading.ts'

const sample = (name: string): string => fileURLToPath(new URL(`../../sample/${name}`, import.meta.url))

describe('the bundled sample', () => {
  let written: Outcome
  let collapsed: Outcome

  beforeAll(async () => {
    written = await gather(openSource({ location: sample('llms-full.txt') }, noHttp).read({}))
    collapsed = await gather(openSource({ location: sample('llms-full.collapsed.txt') }, noHttp).read({}))
  })

  it('is one text in two forms', async () => {
    const text = await readFile(sample('llms-full.txt'), 'utf8')
    expect(await readFile(sample('llms-full.collapsed.txt'), 'utf8')).toBe(`${text.split(/\s+/).join(' ').trim()}\n`)
  })

  it('gives the same items in both forms, but for where paragraphs and some headings end', () => {
    expect(collapsed.items.map(withoutBody)).toEqual(written.items.map(withoutBody))
    expect(collapsed.about).toEqual(written.about)
    for (const [index, item] of written.items.entries()) {
      expect(wordsOf(shown(collapsed.items[index]?.body.text ?? '')), item.url).toEqual(wordsOf(shown(item.body.text)))
      expect(hrefs(collapsed.items[index]?.body.text ?? '')).toEqual(hrefs(item.body.text))
    }
  })

  it('reads without a finding, and draws without a stray mark', () => {
    expect([written.findings, collapsed.findings]).toEqual([[], []])
    for (const item of [...written.items, ...collapsed.items]) {
      expect(shown(item.body.text.replace(/```[^]*?```/g, '')), item.url).not.toMatch(/\*\*|\]\(|```|(?:^|\s)#{2,} /)
    }
  })

  it('has days of many items and of few, and lessons', () => {
    const days = Map.groupBy(written.items, ({ published }) => published ?? 'lesson')
    expect([...days].map(([day, items]) => [day, items.length])).toEqual([
      ['2026-10-16', 8],
      ['2026-10-15', 4],
      ['2026-10-14', 14],
      ['2026-10-13', 3],
      ['2026-10-12', 2],
      ['lesson', 5],
    ])
  })

  it('has the awkward cases of a real publication', () => {
    const { items } = written
    const shared = Map.groupBy(items, ({ sources }) => sources[0]?.url ?? 'none')
    expect(shared.get('https://harbour.skerrow.example/notices/2026-41')).toHaveLength(2)
    expect(shared.get('none')?.map(({ section }) => section)).toEqual(['news', 'learn'])
    expect(shared.get('https://lighthouse-trust.example/')).toHaveLength(1)
    expect(shared.get('https://observatory.example/news/')).toHaveLength(1)
    expect(items.filter(({ summary, section }) => section === 'news' && summary === '')).toHaveLength(1)
    expect(items.some(({ summary }) => summary.length > 400)).toBe(true)
    expect(items.some(({ sources }) => sources.length === 2)).toBe(true)
    const latest = items.filter(({ published }) => published === '2026-10-16')
    expect(latest.flatMap(({ links }) => links).filter((url) => url.includes('/learn/'))).toHaveLength(3)
  })

  it('is read without loading the parsers of other kinds of sources', () => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
      const { openSource } = await import(${JSON.stringify(new URL('../../src/sources/index.ts', import.meta.url).href)})
      let items = 0
      for await (const event of openSource({ location: ${JSON.stringify(sample('llms-full.txt'))} }, {}).read({})) items += event.kind === 'item'
      console.log(JSON.stringify({ items, heavy: loaded.filter((url) => /feedsmith|sanitize-html|\\/yaml\\/|marked|node:https?$/.test(url)), all: loaded.length }))`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(run.stdout)).toEqual({
      items: written.items.length,
      heavy: [],
      all: expect.any(Number) as unknown,
    })
  })

  it('names no host that could belong to anybody', () => {
    const hosts = written.items.flatMap(({ url, links, sources }) => [
      url,
      ...links,
      ...sources.map((source) => source.url),
    ])
    expect(hosts.filter((url) => !new URL(url).hostname.endsWith('.example'))).toEqual([])
  })
})

function withoutBody({ body: _body, ...rest }: Item): Omit<Item, 'body'> {
  return rest
}
