import { expect, it } from 'vitest'
import { webAddress } from '../../../channels/feeds/address.ts'
import { mainFeed } from '../../../channels/feeds/feeds.ts'
import { samplePublication } from '../../fixtures/edition.ts'
import { contextOf, make, recent } from './fixture.ts'
import { entriesOf, textOf } from './strict-xml.ts'

it.each([
  ['https://a.example', 'https://a.example/'],
  ['https://a.example/x?', 'https://a.example/x?'],
  ['https://a.example/x?#', 'https://a.example/x?'],
  ['https://a.example/x#?', 'https://a.example/x#?'],
  ['https://a.example/x?#a?b', 'https://a.example/x?#a?b'],
  ['https://a.example/[x]?a[]=50%#[', 'https://a.example/%5Bx%5D?a%5B%5D=50%25#%5B'],
  ['https://ann:secret@a.example/', 'https://a.example/'],
  ['mailto:ann@a.example', undefined],
])('of %s a feed says %s', (given, expected) => {
  expect(webAddress(given)).toBe(expected)
})

it('an empty query is another address than none: both items stand in the feed', async () => {
  const urls = ['https://a.example/x', 'https://a.example/x?']
  const { rss } = await make(urls.map((url, index) => recent(index + 1, { url })))
  expect(entriesOf(rss).map((entry) => textOf(entry, 'guid'))).toEqual(urls)
})

it.each([
  ['https://a.example/[x]|50%', 'https://a.example/%5Bx%5D%7C50%25'],
  ['https://ann:secret@a.example/', 'https://a.example/'],
  ['mailto:ann@a.example', 'https://feeds.morningcheck.example'],
])('the home of the publication at %s is an address like any other: %s', (url, home) => {
  const { house } = contextOf([])
  expect(mainFeed({ ...house, publication: { ...samplePublication, url } }).home).toBe(home)
})

it.each(['0000-06-29', '9999-12-31', '-000001-01-01', '+010000-01-01'])('no entry is of the day %s', async (day) => {
  const instant = `${day}T23:59:59.000Z`
  const made = await make([{ ...recent(1), published: instant, updated: instant }, recent(2, { title: 'Stays' })])
  expect(entriesOf(made.atom).map((entry) => textOf(entry, 'title'))).toEqual(['Stays'])
  expect(made.renderings.flatMap(({ findings }) => findings.map(({ field }) => field))).toContain('published')
})

it.each(['0001-01-01T00:00:00.000Z', '9998-12-31T23:59:59.000Z'])(
  'one may be of %s, in every zone',
  async (instant) => {
    const { atom } = await make([{ ...recent(1), published: instant, updated: instant }])
    expect(entriesOf(atom).map((entry) => textOf(entry, 'updated'))).toEqual([instant])
  },
)
