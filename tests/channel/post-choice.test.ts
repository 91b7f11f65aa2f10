import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  chosenItems,
  editionLink,
  itemRenderings,
  overrideOf,
  postedAt,
  targetsOf,
  threadParts,
} from '../../src/channel/post-choice.ts'
import { postSettings } from '../../src/channel/post-settings.ts'
import type { Item } from '../../src/domain/item.ts'
import { editionOf } from '../domain/editions.ts'
import { newsItem, publication } from '../domain/hostile-text.ts'
import { rendering } from '../fixtures/channel.ts'

const schema = z.strictObject(postSettings)
const settings = (changes: unknown = {}) => schema.parse(changes)
const item = (name: string, published = '2026-06-29'): Item =>
  newsItem({ url: `https://news.example/${name}`, title: name, published })
const edition = editionOf([item('a'), item('b', '2026-06-29T09:00:00.000Z'), item('c', '2026-06-28')])
const names = (items: readonly Item[]): string => items.map(({ title }) => title).join('')

describe('the order of posting', () => {
  it("is the edition's, or begins with the newest", () => {
    expect(names(chosenItems(edition, settings()).wanted)).toBe('abc')
    expect(names(chosenItems(edition, settings({ order: 'newest' })).wanted)).toBe('bac')
  })

  it('has before all else what an editor wants first, and leaves out what is to be skipped', () => {
    const items = { 'https://news.example/c': { first: true }, 'HTTPS://News.example/a?utm_source=x': { skip: true } }
    const chosen = chosenItems(edition, settings({ items, order: 'newest' }))
    expect([names(chosen.wanted), names(chosen.skipped)]).toEqual(['cb', 'a'])
  })

  it('finds what was set for an item under any spelling of its address', () => {
    const items = { 'https://NEWS.example:443/a#top': { text: 'Mine' } }
    expect(overrideOf(settings({ items }), 'https://news.example/a')?.text).toBe('Mine')
    expect(overrideOf(settings({ items }), 'https://news.example/b')).toBeUndefined()
  })
})

describe('renderings of items', () => {
  const render = (each: Item, place: number, { account, suffix }: { account: string; suffix: string }) =>
    rendering(`${place}${each.title}${suffix}`, `${account} ${each.url}`, each.title, {
      mayLeave: each.sources.length > 0,
    })

  it('leave up to the most per edition; the others are shown with a note', () => {
    const items = { 'https://news.example/a': { skip: true } }
    const made = itemRenderings(edition, settings({ mostPerDay: 1, items }), targetsOf([]), 'test', render)
    expect(made.map(({ id, mayLeave }) => [id, mayLeave])).toEqual([
      ['0b', true],
      ['1c', false],
      ['2a', false],
    ])
    expect(made.map(({ findings }) => findings[0]?.message ?? '')).toEqual([
      '',
      'This item is not posted: 1 of an edition are posted at most (mostPerDay).',
      'This item is not posted: it is set to be skipped here.',
    ])
    expect(made[1]?.findings).toMatchObject([{ severity: 'note', code: 'not-posted', channel: 'test' }])
  })

  it('do not count what cannot leave anyway', () => {
    const mixed = editionOf([{ ...item('x'), sources: [] }, item('y')])
    const made = itemRenderings(mixed, settings({ mostPerDay: 1 }), targetsOf([]), 'test', render)
    expect(made.map(({ mayLeave }) => mayLeave)).toEqual([false, true])
  })

  it('are one for each account, which all post the same', () => {
    const targets = targetsOf([{ name: 'a.example' }, { name: 'b.example' }])
    const made = itemRenderings(edition, settings({ mostPerDay: 1 }), targets, 'test', render)
    expect(made.map(({ id }) => id).slice(0, 3)).toEqual(['0a-a-example', '0a-b-example', '1b-a-example'])
    expect(made.map(({ mayLeave }) => mayLeave)).toEqual([true, true, false, false, false, false])
  })
})

it('gives each account a suffix of its own that is safe in a file name', () => {
  expect(targetsOf([])).toEqual([{ account: 'outbox', suffix: '' }])
  expect(targetsOf([{ name: 'a.example' }])).toEqual([{ account: 'a.example', suffix: '' }])
  const suffixes = targetsOf([{ name: 'a.b' }, { name: 'a-b' }, { name: '漢字' }, { name: '../x' }]).map(
    ({ suffix }) => suffix,
  )
  expect(new Set(suffixes).size).toBe(4)
  for (const suffix of suffixes) expect(suffix).toMatch(/^(-[a-z0-9]+)+$/)
})

it('tells in a thread of the items that may leave, and says of each other why not', () => {
  const made = threadParts(edition, settings({ mostPerDay: 9 }), 1, 'test', ({ title }) => ({
    mayLeave: title !== 'a',
    findings: [],
  }))
  expect(made.parts.map((part) => part.item.title)).toEqual(['b'])
  expect(made.findings).toMatchObject([{ code: 'not-posted', item: 'https://news.example/c' }])
})

it('derives its instant from the publication: when the item was published, else the beginning of its day', () => {
  const about = { ...edition, publication }
  expect(postedAt(item('a'), about)).toBe('2026-06-28T22:00:00.000Z')
  expect(postedAt(item('a', '2026-03-29'), about)).toBe('2026-03-28T23:00:00.000Z')
  expect(postedAt(item('a', '2026-06-29T09:00:00Z'), about)).toBe('2026-06-29T09:00:00.000Z')
  const { published: _, ...undated } = item('a')
  expect(postedAt(undated, about)).toBe('2026-06-28T22:00:00.000Z')
})

it.each([
  ['https://worker.example', 'https://worker.example/editions/daily/2026-06-29'],
  ['https://worker.example/news', 'https://worker.example/news/editions/daily/2026-06-29'],
  ['http://localhost:8080', 'https://news.example/'],
  ['http://127.0.0.1', 'https://news.example/'],
  ['http://192.168.1.20:8080', 'https://news.example/'],
  ['http://[::1]:8080', 'https://news.example/'],
  ['http://worker.internal', 'https://news.example/'],
])('leads from a post about an edition of a worker at %s to %s', (publicUrl, link) => {
  expect(editionLink({ ...edition, publication }, publicUrl)).toBe(link)
})

it('leads nowhere when neither has an address', () => {
  const about = { ...edition, publication: { ...publication, url: 'news' } }
  expect(editionLink(about, 'http://localhost')).toBeUndefined()
})

describe('settings', () => {
  it('name each placeholder that is none', () => {
    const { error } = schema.safeParse({ template: '{title} {Title} {url}' })
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'template: {Title} is not known here; a template may say {title}, {summary}, {section} and {publication}',
      'template: {url} is not known here; a template may say {title}, {summary}, {section} and {publication}',
    ])
    expect(schema.safeParse({ template: 'a { b } c {title' }).success).toBe(false)
    expect(schema.safeParse({ template: 'C{ {title} }' }).success).toBe(true)
  })

  it('want the address of an item for what is set for one', () => {
    const { error } = schema.safeParse({ items: { 'small-model': { skip: true } } })
    expect(error?.issues).toMatchObject([
      { path: ['items', 'small-model'], message: 'must be under the address of an item' },
    ])
    expect(schema.safeParse({ items: { 'https://news.example/a': { text: '  ' } } }).success).toBe(false)
    expect(schema.safeParse({ items: { 'https://news.example/a': { skipped: true } } }).success).toBe(false)
  })
})
