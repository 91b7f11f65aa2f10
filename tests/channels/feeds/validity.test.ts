import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import type { RecentItem } from '../../../src/channel/published.ts'
import { make, nastyItems, plainItems } from './fixture.ts'
import { jsonFeedSchema } from './json-feed-schema.ts'
import { readStrictly } from './strict-xml.ts'

const feeds: readonly (readonly [string, readonly RecentItem[]])[] = [
  ['plain', plainItems(3)],
  ['empty', []],
  ['nasty', nastyItems()],
]

describe.each(feeds)('a %s feed', (_name, items) => {
  it('is well-formed RSS and Atom with every prefix declared', async () => {
    const { rss, atom } = await make(items)
    expect(readStrictly(rss).errors).toEqual([])
    expect(readStrictly(atom).errors).toEqual([])
  })

  it('is JSON Feed 1.1', async () => {
    const { json } = await make(items)
    const ajv = new Ajv({ allErrors: true, strict: false })
    formats.default(ajv)
    const valid = ajv.validate(jsonFeedSchema, JSON.parse(json))
    expect({ valid, errors: ajv.errors }).toEqual({ valid: true, errors: null })
  })

  it('is the same bytes at every rendering', async () => {
    expect(await make(items)).toEqual(await make(items))
  })

  it('has no control character, non-character or lone surrogate in any format or page', async () => {
    const { renderings } = await make(items)
    for (const { content, page } of renderings) {
      expect(content.isWellFormed() && page.isWellFormed()).toBe(true)
      expect(content + page).not.toMatch(/(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}|\uFFFD/u)
    }
  })

  it('writes every element on a line of its own, so that line-based validators see each', async () => {
    const { rss, atom } = await make(items)
    for (const xml of [rss, atom]) {
      for (const line of xml.split('\n')) expect(line.match(/<(?![/?])/g)?.length ?? 0).toBeLessThanOrEqual(1)
    }
  })

  it('has no `&` or `<` in text but as a hexadecimal reference', async () => {
    const { rss, atom } = await make(items)
    expect(rss + atom).not.toMatch(/&(?!#x[0-9A-F]+;)|\]\]>|<!\[CDATA/)
  })
})
