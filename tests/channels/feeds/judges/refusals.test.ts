import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { jsonFeedSchema } from '../json-feed-schema.ts'
import { atomGrammar } from './atom-grammar.ts'
import { exhibitsOf, plainCases } from './cases.ts'
import { feedValidator } from './feed-validator.ts'
import { publicSchemas } from './json-schemas.ts'
import { feedparser } from './reader.ts'
import type { Exhibit } from './tools.ts'

// A judge that lets everything pass proves nothing: each of them refuses what was spoiled on purpose.

const validate = await feedValidator()
const grammar = await atomGrammar()
const schemas = await publicSchemas()
const read = await feedparser()
const exhibits = await exhibitsOf({ three: plainCases['three items'] ?? { given: {} } })

/** What is found, and what is put in its place. */
type Change = readonly [found: RegExp | string, put: string]

/** The document of that name, changed once. */
function spoiled(name: string, ...[found, put]: Change): Exhibit {
  const exhibit = exhibits.find((one) => one.id === `three: ${name}`)
  const text = exhibit?.text.replace(found, put)
  if (!exhibit || text === undefined || text === exhibit.text) throw new Error(`${String(found)} is not in ${name}.`)
  return { ...exhibit, id: 'x', text }
}

const NO_ID: Change = [/ {2}<id>.*<\/id>\n/, '']
const NO_UPDATED: Change = [/ {2}<updated>.*<\/updated>\n/, '']

describe.skipIf(!validate)('the W3C feed validator', () => {
  it.each([
    ['error MissingElement', spoiled('atom.xml', ...NO_ID)],
    ['error MissingElement', spoiled('atom.xml', ...NO_UPDATED)],
    ['error SAXError', spoiled('rss.xml', '</channel>', '')],
    ['error InvalidRFC2822Date', spoiled('rss.xml', /<pubDate>[^<]*/, '<pubDate>2026-06-29')],
    ['error SAXError', spoiled('rss.xml', 'Item 1', 'Item&nbsp;1')],
    ['warning DuplicateUpdated', spoiled('atom.xml', /(?<=<updated>)[^<]*/g, '2026-06-29T00:00:00Z')],
    ['warning ContainsHTML', spoiled('rss.xml', 'Item 1', '&#x3C;b>Item&#x3C;/b> 1')],
    ['warning SecurityRisk', spoiled('atom.xml', /(<content [^>]*>)/, '$1&#x3C;script>x&#x3C;/script>')],
    ['warning ContainsRelRef', spoiled('rss.xml', /(<content:encoded>)/, '$1&#x3C;a href="/x">y&#x3C;/a>')],
    ['warning NotHtml', spoiled('rss.xml', /(<content:encoded>)/, '$1&#x3C;p>&#x3C;ul>&#x3C;/ul>&#x3C;/p>')],
    ['warning SelfDoesntMatchLocation', spoiled('rss.xml', /(rel="self"[^>]*href="[^"]*)rss/, '$1other')],
    ['error MissingAttribute', spoiled('feeds/feeds.opml', / text="[^"]*"/, '')],
  ])('says %s', async (expected, exhibit) => {
    const verdicts = await validate?.([exhibit])
    expect(verdicts?.['x']?.map((one) => one.split(',')[0])).toContain(expected)
  })
})

describe.skipIf(!grammar)('the grammar of RFC 4287', () => {
  it.each([
    ['no id', spoiled('atom.xml', ...NO_ID)],
    ['no updated', spoiled('atom.xml', ...NO_UPDATED)],
    ['an entry without updated', spoiled('atom.xml', / {4}<updated>.*<\/updated>\n/, '')],
    ['two titles', spoiled('atom.xml', /( {2}<title .*\n)/, '$1$1')],
    ['a day for an instant', spoiled('atom.xml', /<updated>(.{10})[^<]*/, '<updated>$1')],
    ['an unknown element of Atom', spoiled('atom.xml', /( {2}<id>)/, '<summary>x</summary>$1')],
    ['an attribute without a namespace', spoiled('atom.xml', /<id>/, '<id kind="x">')],
    ['a category without a term', spoiled('atom.xml', / term="[^"]*"/, '')],
    ['an element within a title', spoiled('atom.xml', 'Item 1', '<b xmlns="">Item</b> 1')],
    ['an author without a name', spoiled('atom.xml', /<name>.*<\/name>/, '')],
    ['what is not well-formed', spoiled('atom.xml', '</feed>', '')],
  ])('refuses %s', async (_what, exhibit) => {
    expect((await grammar?.([exhibit]))?.['x']).not.toBe('')
  })

  it.each([
    ['another order', spoiled('atom.xml', /( {2}<id>.*\n)( {2}<title.*\n)/, '$2$1')],
    ['elements of others', spoiled('atom.xml', /( {2}<id>)/, '<x:y xmlns:x="urn:x" a="b">c<x:z/></x:y>$1')],
    ['attributes of others', spoiled('atom.xml', /<id>/, '<id xml:lang="en" xmlns:x="urn:x" x:y="z">')],
  ])('accepts %s', async (_what, exhibit) => {
    expect((await grammar?.([exhibit]))?.['x']).toBe('')
  })
})

const spoiledJson: readonly (readonly [what: string, change: Change])[] = [
  ['no version', [/ "version": .*\n/, '']],
  ['no title', [/ "title": .*\n/, '']],
  ['an item without an id', [/ {3}"id": .*\n/, '']],
  ['an item without content', [/ {3}"content_html": .*\n/, '']],
  ['a relative address', [/("feed_url": ")https:\/\/[^/]*/, '$1']],
  ['a name that it does not know', [' "version"', ' "generator": "x", "version"']],
  ['an extension that is a list', [' "version"', ' "_ours": [], "version"']],
  ['no date', [/("date_published": ")[^"]*/, '$1Monday']],
]

describe('JSON Feed 1.1', () => {
  const ajv = new Ajv({ strict: false })
  formats.default(ajv)
  const own = ajv.compile(jsonFeedSchema)

  it.each(spoiledJson)('refuses %s', (_what, change) => {
    const document: unknown = JSON.parse(spoiled('feed.json', ...change).text)
    expect(own(document)).toBe(false)
    for (const schema of Object.values(schemas ?? {})) expect(schema(document)).toBe(false)
  })
})

describe.skipIf(!read)('feedparser', () => {
  it('says why what is not well-formed is no feed', async () => {
    expect((await read?.([spoiled('rss.xml', '</channel>', '')]))?.['x']?.bozo).toContain('mismatched tag')
  })
})
