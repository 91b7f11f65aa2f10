import { describe, expect, it } from 'vitest'
import { compose, composeDefaults, type Composed, type ComposeInput } from '../../src/pipeline/compose.ts'
import type { Item } from '../../src/domain/item.ts'
import type { StoredItem } from '../../src/ports.ts'
import { samplePublication } from '../fixtures/edition.ts'
import { lesson, news, stored } from './fixture.ts'

const base: ComposeInput = {
  schedule: 'daily',
  date: '2026-06-29',
  fromDay: '2026-06-29',
  plannedAt: new Date('2026-06-29T05:00:00Z'),
  items: [],
  source: 'memory',
  publication: samplePublication,
  lessons: [],
}

function composed(items: readonly Item[], over: Partial<ComposeInput> = {}, settings = composeDefaults): Composed {
  return compose({ ...base, items: items.map((item) => stored(item)), ...over }, settings)
}

const names = (items: readonly Item[] = []): string[] => items.map(({ url }) => /(\w+)\.html$/.exec(url)?.[1] ?? url)
const links = (...to: string[]): Partial<Item> => ({
  links: to.map((name) => `https://morningcheck.example/learn/${name}.html`),
})
const numbered = (count: number): Item[] => Array.from({ length: count }, (_, at) => news(`n${at + 1}`))

describe('the items', () => {
  it('keep the source’s order: the first ten as stories, the rest as briefs', () => {
    const { edition } = composed(numbered(12))
    expect(names(edition?.stories)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'n10'])
    expect(names(edition?.briefs)).toEqual(['n11', 'n12'])
  })

  it('are all stories when there are few', () => {
    const { edition } = composed(numbered(10))
    expect(edition?.stories).toHaveLength(10)
    expect(edition?.briefs).toEqual([])
  })

  it('are those of the day alone', () => {
    const { edition } = composed([news('tomorrow', '2026-06-30'), news('today')])
    expect(names(edition?.stories)).toEqual(['today'])
  })

  it('take in the days whose editions were missed, the newest first as they come', () => {
    const items = [news('mon'), news('sun', '2026-06-28'), news('sat', '2026-06-27')]
    const { edition, findings } = composed(items, { fromDay: '2026-06-27' })
    expect(names(edition?.stories)).toEqual(['mon', 'sun', 'sat'])
    expect(findings).toEqual([])
  })

  it('without a source stay out and are named, while the edition goes on', () => {
    const { edition, findings } = composed([news('bare', '2026-06-29', { sources: [] }), news('sound')])
    expect(names(edition?.stories)).toEqual(['sound'])
    expect(edition?.subject).toBe('All about sound')
    expect(findings).toEqual([
      {
        severity: 'error',
        code: 'no-source',
        item: 'https://morningcheck.example/news/bare.html',
        field: 'sources',
        message: '“All about bare” names no primary source and stays out of the edition.',
        advice: 'Add the source to the item where it is published; it then goes into the next edition.',
      },
    ])
  })

  it('that came too late for their own day come last, with a note', () => {
    const { edition, findings } = composed([news('late', '2026-06-27'), news('today')])
    expect(names(edition?.stories)).toEqual(['today', 'late'])
    expect(findings.map(({ severity, code, item }) => [severity, code, item])).toEqual([
      ['note', 'came-late', 'https://morningcheck.example/news/late.html'],
    ])
  })

  it('that came late are enough for an edition', () => {
    const { edition } = composed([news('late', '2026-06-27')])
    expect(names(edition?.stories)).toEqual(['late'])
  })

  it('that came late and without a source are an error and no note', () => {
    const late = news('late', '2026-06-27', { sources: [] })
    const { edition, findings } = composed([late])
    expect(edition).toBeUndefined()
    expect(findings.map(({ code }) => code)).toEqual(['no-source'])
  })
})

describe('when there is nothing to send', () => {
  it('there is no edition', () => {
    expect(composed([])).toEqual({ edition: undefined, findings: [] })
  })

  it('the findings say which items stayed out', () => {
    const { edition, findings } = composed([news('bare', '2026-06-29', { sources: [] })])
    expect(edition).toBeUndefined()
    expect(findings.map(({ code }) => code)).toEqual(['no-source'])
  })

  it('a lesson alone makes no edition', () => {
    const items: StoredItem[] = [stored(lesson('tides'))]
    expect(compose({ ...base, items, lessons: [lesson('tides')] }).edition).toBeUndefined()
  })
})

describe('the edition', () => {
  it('is a function of schedule, date and items', () => {
    expect(composed(numbered(2)).edition).toMatchObject({
      id: 'daily/2026-06-29',
      schedule: 'daily',
      date: '2026-06-29',
      plannedAt: '2026-06-29T05:00:00.000Z',
      intro: '',
    })
    expect(composed(numbered(2))).toEqual(composed(numbered(2)))
  })

  it('has the lead’s title as subject and its summary as preheader', () => {
    const { edition } = composed([news('tides'), news('clocks')])
    expect(edition?.subject).toBe('All about tides')
    expect(edition?.preheader).toBe('What is known about tides.')
  })

  it('shortens both between words to what an inbox shows', () => {
    const { edition } = composed([news('x', '2026-06-29', { title: 'word '.repeat(40), summary: 'text '.repeat(60) })])
    expect(edition?.subject).toMatch(/^word( word)+…$/)
    expect(edition?.subject.length).toBeLessThanOrEqual(composeDefaults.subjectGraphemes)
    expect(edition?.preheader).toMatch(/^text( text)+…$/)
    expect(edition?.preheader.length).toBeLessThanOrEqual(composeDefaults.preheaderGraphemes)
  })

  it('has a subject on one line, however the title is written', () => {
    const { edition } = composed([news('x', '2026-06-29', { title: 'Two\r\nlines\u202E and a turn' })])
    expect(edition?.subject).toBe('Two lines and a turn')
  })

  it('finds a preheader where the lead has no summary', () => {
    const lead = news('tides', '2026-06-29', { summary: '' })
    expect(composed([lead, news('a'), news('b')]).edition?.preheader).toBe('And 2 more, each with its source.')
    expect(composed([lead]).edition?.preheader).toBe('Checked against its source.')
  })
})

describe('the background', () => {
  const lessons = ['a', 'b', 'c', 'd', 'e'].map((name) => lesson(name))

  it('holds the lessons that the day’s items link to, and no other', () => {
    const { edition } = composed([news('one', '2026-06-29', links('b', 'nowhere'))], { lessons })
    expect(names(edition?.background)).toEqual(['b'])
  })

  it('puts the most linked first, then keeps the source’s order, and stops at three', () => {
    const items = [
      news('one', '2026-06-29', links('e', 'd', 'b')),
      news('two', '2026-06-29', links('d', 'a')),
      news('three', '2026-06-29', links('c')),
    ]
    expect(names(composed(items, { lessons }).edition?.background)).toEqual(['d', 'a', 'b'])
  })

  it('leaves out a lesson without its papers', () => {
    const bare = [lesson('a', { sources: [] }), lesson('b')]
    const { edition } = composed([news('one', '2026-06-29', links('a', 'b'))], { lessons: bare })
    expect(names(edition?.background)).toEqual(['b'])
  })

  it('does not count the links of an item that stays out', () => {
    const out = news('out', '2026-06-29', { sources: [], ...links('a') })
    expect(composed([out, news('in')], { lessons }).edition?.background).toEqual([])
  })

  it('can be turned off', () => {
    const settings = { ...composeDefaults, background: 0 }
    expect(composed([news('one', '2026-06-29', links('a'))], { lessons }, settings).edition?.background).toEqual([])
  })
})
