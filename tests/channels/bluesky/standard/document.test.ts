import { describe, expect, it } from 'vitest'
import { correctedDocument, documentFor, documentSchema } from '../../../../channels/bluesky/standard/document.ts'
import type { PublicHouse } from '../../../../src/channel.ts'
import type { Item } from '../../../../src/domain/item.ts'
import { countGraphemes, utf8Bytes } from '../../../../src/domain/text.ts'
import { sampleEdition, sampleItem, samplePublication } from '../../../fixtures/edition.ts'
import { assertValid } from './lexicons.ts'

const AT = '2026-06-28T22:00:00.000Z'
const SITE = 'at://did:plc:abcdefghijklmnopqrstuvwx/site.standard.publication/3mnb7zq2w3c2a'
const FAMILY = '👨‍👩‍👧‍👦'

function house(url = 'https://morningcheck.example', publicUrl = 'https://wire.morningcheck.example'): PublicHouse {
  return { publication: { ...samplePublication, url }, publicUrl }
}

function documentOf(over: Partial<Item> = {}, of = house()) {
  return documentFor(sampleItem(over), 'news.example a', AT, of)
}

/** What Bluesky compares (packages/bsky, util/standard-site.ts): scheme, host and path without slash at its end. */
function sameForBluesky(publication: string, path: string, card: string): boolean {
  const plain = (text: string): string => {
    const { protocol, host, pathname } = new URL(text)
    return `${protocol}//${host}${pathname.replace(/\/$/, '')}`
  }
  return plain(`${publication.replace(/\/$/, '')}/${path.replace(/^\//, '')}`) === plain(card)
}

describe('the document of an item', () => {
  it('tells of it in the fields of the lexicon, and can be kept', () => {
    const document = documentOf()
    expect(document?.record).toEqual({
      $type: 'site.standard.document',
      path: '/news/tide-gauge.html',
      title: 'A tide gauge from 1846 still agrees with the satellites',
      description: sampleItem().summary,
      publishedAt: AT,
      textContent: 'The keepers wrote every tide into ledgers.\nThe ledgers were scanned and read by two people each.',
      tags: ['oceans'],
    })
    expect(documentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document)
    assertValid('site.standard.document', { ...document?.record, site: SITE })
  })

  it('gives the same bytes for the same item', () => {
    expect(JSON.stringify(documentOf())).toBe(JSON.stringify(documentOf()))
  })

  it.each([
    ['https://morningcheck.example', 'https://morningcheck.example/news/a.html', '/news/a.html'],
    ['https://morningcheck.example/', 'https://morningcheck.example/news/a/', '/news/a/'],
    ['https://MorningCheck.example', 'https://MORNINGCHECK.example/a', '/a'],
    ['https://example.com/blog', 'https://example.com/blog/a', '/a'],
    ['https://example.com/blog//', 'https://example.com/blog/a?id=7', '/a?id=7'],
    ['https://example.com:443/', 'https://example.com/caf%C3%A9_(b)', '/caf%C3%A9_(b)'],
    ['https://example.com', 'https://example.com//a', '//a'],
    ['https://example.com/blog', 'https://example.com/blog', '/'],
    ['https://example.com', 'https://example.com/', '/'],
    ['http://localhost:4750', 'http://localhost:4750/a', '/a'],
  ])('at %s makes the address %s', (url, page, path) => {
    const document = documentOf({ url: page }, house(url))
    expect(document?.record.path).toBe(path)
    expect(sameForBluesky(url.replace(/\/+$/, ''), path, page)).toBe(true)
  })

  it.each([
    ['https://morningcheck.example', 'https://elsewhere.example/news/a.html'],
    ['https://morningcheck.example', 'https://www.morningcheck.example/a'],
    ['https://morningcheck.example', 'http://morningcheck.example/a'],
    ['https://morningcheck.example', 'https://morningcheck.example:8443/a'],
    ['https://example.com/blog', 'https://example.com/blog-of-others/a'],
    ['https://example.com/blog', 'https://example.com/a'],
    ['https://example.com/blog', 'https://example.com/blog/../a'],
    ['no address', 'https://example.com/a'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://example.com', 'not an address'],
  ])('at %s is none for %s', (url, page) => {
    expect(documentOf({ url: page }, house(url))).toBeUndefined()
  })

  it('is none without a title', () => {
    expect(documentOf({ title: ' \u200E\n' })).toBeUndefined()
  })

  it('leaves out what is empty', () => {
    const bare = documentOf({ summary: '', tags: [], body: { format: 'html', text: '<script>1</script>' } })
    expect(Object.keys(bare?.record ?? {})).toEqual(['$type', 'path', 'title', 'publishedAt'])
  })

  it('tells the summary where there is no body', () => {
    expect(documentOf({ body: { format: 'markdown', text: '\n' } })?.record['textContent']).toBe(sampleItem().summary)
  })

  it.each([
    ['letters', 'word '.repeat(20_000)],
    ['families', FAMILY.repeat(4000)],
    ['one grapheme of many marks', `a${'\u0301'.repeat(200_000)}`],
    ['lone surrogates', '\uD83D'.repeat(40_000)],
    ['one word', 'x'.repeat(100_000)],
  ])('keeps the limits of the lexicon for %s', (_, long) => {
    const body = { format: 'markdown', text: long } as const
    const document = documentOf({ title: `Title ${long}`, summary: long, tags: [long, 'b'.repeat(128)], body })
    const title = document?.record.title ?? ''
    assertValid('site.standard.document', { ...document?.record, site: SITE })
    expect(countGraphemes(title)).toBeLessThanOrEqual(500)
    expect(utf8Bytes(title)).toBeLessThanOrEqual(5000)
    expect(document?.record['tags']).toEqual(['b'.repeat(128)])
    expect(utf8Bytes(JSON.stringify(document))).toBeLessThan(300_000)
    expect(JSON.stringify(document).isWellFormed()).toBe(true)
  })

  it('names its tags without #, each once, at most 32', () => {
    const many = Array.from({ length: 40 }, (_, index) => `tag ${index}`)
    const tags = documentOf({ tags: ['#oceans', 'oceans', ' ', '##', ...many] })?.record['tags']
    expect(tags).toEqual(['oceans', ...many.slice(0, 31)])
  })
})

describe('the document of an edition', () => {
  it('tells of its items, where its page lies under the publication’s address', () => {
    const edition = sampleEdition({ stories: 1, briefs: 1, intro: 'Good morning.' })
    const document = documentFor(edition, 'a', AT, house('https://example.com', 'https://example.com/wire'))
    expect(document?.record).toMatchObject({
      path: '/wire/editions/daily/2026-06-29',
      title: edition.subject,
      description: edition.preheader,
      publishedAt: AT,
    })
    const text = String(document?.record['textContent'])
    expect(text.split('\n\n')).toHaveLength(3)
    for (const { title, summary } of [...edition.stories, ...edition.briefs])
      expect(text).toContain(`${title}\n${summary}`)
    assertValid('site.standard.document', { ...document?.record, site: SITE })
  })

  it('is none where its page lies elsewhere', () => {
    expect(documentFor(sampleEdition(), 'a', AT, house())).toBeUndefined()
  })
})

describe('the document of a corrected item', () => {
  const UPDATED = '2026-06-30T09:00:00.000Z'

  it('says what the item now says, with the key and the date it had', () => {
    const before = documentOf()
    expect(before).toBeDefined()
    if (!before) return
    const item = sampleItem({ title: 'A tide gauge from 1847', published: '2026-06-30' })
    const after = correctedDocument(before, item, UPDATED, house())
    expect(after).toMatchObject({ seed: before.seed, at: before.at })
    expect(after.record).toEqual({ ...before.record, title: 'A tide gauge from 1847', updatedAt: UPDATED })
    assertValid('site.standard.document', { ...after.record, site: SITE })
  })

  it('stays where it was when the publication has moved', () => {
    const before = documentOf()
    expect(before).toBeDefined()
    if (!before) return
    const after = correctedDocument(before, sampleItem(), UPDATED, house('https://moved.example'))
    expect(after.record).toEqual({ ...before.record, updatedAt: UPDATED })
  })
})
