import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { hasRealData } from '../../../pipeline/fixture.ts'
import { jsonFeedSchema } from '../json-feed-schema.ts'
import { readStrictly } from '../strict-xml.ts'
import { atomGrammar } from './atom-grammar.ts'
import { exhibitsOf, nastyCases, plainCases, realCases } from './cases.ts'
import { feedValidator, type Verdicts } from './feed-validator.ts'
import { publicSchemas } from './json-schemas.ts'
import { feedparser, type Reading } from './reader.ts'
import type { Exhibit } from './tools.ts'

const cases = { ...plainCases, ...nastyCases, ...(hasRealData && (await realCases())) }
const names = Object.keys(cases)
const validate = await feedValidator()
const grammar = await atomGrammar()
const schemas = await publicSchemas()
const read = await feedparser()

const isXml = ({ mediaType }: Exhibit): boolean => /[+/-](xml|opml)$/.test(mediaType)
const isFeed = ({ mediaType }: Exhibit): boolean => /^application\/(rss|atom)\+xml$/.test(mediaType)
const isAtom = ({ mediaType }: Exhibit): boolean => mediaType === 'application/atom+xml'
const isJson = ({ mediaType }: Exhibit): boolean => mediaType === 'application/feed+json'

let exhibits: readonly Exhibit[]
const of = (name: string, isWanted: (one: Exhibit) => boolean): Exhibit[] =>
  exhibits.filter((one) => one.id.startsWith(`${name}: `) && isWanted(one))

beforeAll(async () => {
  exhibits = await exhibitsOf(cases)
}, 120_000)

it('judges three formats and a list of each case', () => {
  for (const name of names) {
    const kinds = new Set(of(name, (one) => isXml(one) || isJson(one)).map(({ mediaType }) => mediaType))
    expect([...kinds].toSorted(), name).toEqual([
      'application/atom+xml',
      'application/feed+json',
      'application/rss+xml',
      'text/x-opml',
    ])
  }
})

describe('a strict parser', () => {
  it.each(names)('finds every document well-formed, with every prefix declared: %s', (name) => {
    const found = of(name, isXml).flatMap(({ id, text }) => readStrictly(text).errors.map((error) => `${id}: ${error}`))
    expect(found).toEqual([])
  })
})

describe.skipIf(!validate)('the W3C feed validator', () => {
  let verdicts: Verdicts
  beforeAll(async () => {
    verdicts = (await validate?.(exhibits.filter(isXml))) ?? {}
  }, 120_000)

  // OPML lets names hold HTML. No reader that we know of takes them for it, so that `&` stays `&`.
  const isName = (id: string, verdict: string): boolean =>
    id.endsWith('.opml') && /^warning NotHtml.*entity/i.test(verdict)

  it.each(names)('has no error and no warning for %s', (name) => {
    const found = of(name, isXml).flatMap(({ id }) =>
      (verdicts[id] ?? ['was not judged']).map((one) => [id, one] as const),
    )
    expect(found.filter(([id, verdict]) => !isName(id, verdict))).toEqual([])
  })
})

describe.skipIf(!grammar)('the grammar of RFC 4287', () => {
  let objections: Readonly<Record<string, string>>
  beforeAll(async () => {
    objections = (await grammar?.(exhibits.filter(isAtom))) ?? {}
  }, 120_000)

  it.each(names)('is kept by %s', (name) => {
    expect(of(name, isAtom).map(({ id }) => objections[id])).toEqual(of(name, isAtom).map(() => ''))
  })
})

describe('JSON Feed 1.1', () => {
  const ajv = new Ajv({ allErrors: true, strict: false })
  formats.default(ajv)
  const own = ajv.compile(jsonFeedSchema)

  it.each(names)('is kept by %s', (name) => {
    for (const { id, text } of of(name, isJson)) {
      own(JSON.parse(text))
      expect(own.errors, id).toBeNull()
    }
  })

  it.skipIf(!schemas).each(names)('is kept in the eyes of two public schemas by %s', (name) => {
    for (const { id, text } of of(name, isJson)) {
      for (const [whose, schema] of Object.entries(schemas ?? {})) {
        schema(JSON.parse(text))
        expect(schema.errors, `${id}, ${whose}`).toBeNull()
      }
    }
  })
})

describe.skipIf(!read)('feedparser, which knows nothing of us', () => {
  let readings: Readonly<Record<string, Reading>>
  beforeAll(async () => {
    readings = (await read?.(exhibits.filter(isFeed))) ?? {}
  }, 120_000)

  it.each(names)('reads in RSS and Atom what stands in JSON: %s', (name) => {
    for (const { id } of of(name, isFeed)) {
      const json = exhibits.find((one) => one.id === id.replace(/(rss|atom)\.xml$/, 'feed.json'))
      const told = jsonSchema.parse(JSON.parse(json?.text ?? ''))
      const { bozo, title, entries } = readings[id] ?? { bozo: 'not read', title: '', entries: [] }
      expect({ bozo, title: plain(title) }, id).toEqual({ bozo: '', title: told.title })
      expect(
        entries.map((one) => ({ ...one, title: plain(one.title) })),
        id,
      ).toEqual(
        told.items.map((item) => ({
          id: item.id,
          link: item.url,
          title: item.title,
          html: item.content_html.trim().replaceAll('&#39;', "'"),
          enclosures: enclosed(item.attachments ?? [], id.endsWith('rss.xml')).map(({ url }) => url),
        })),
      )
    }
  })
})

const jsonSchema = z.object({
  title: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      url: z.string(),
      title: z.string(),
      content_html: z.string(),
      attachments: z.array(z.object({ url: z.string(), mime_type: z.string() })).optional(),
    }),
  ),
})

/** In RSS the first that can be played. */
function enclosed<File extends { readonly mime_type: string }>(
  files: readonly File[],
  isRss: boolean,
): readonly File[] {
  return isRss ? files.filter(({ mime_type: type }) => /^(?:audio|video)\//i.test(type)).slice(0, 1) : files
}

/** Without the joiners that keep `</p>` in a title from being taken for markup. */
function plain(title: string): string {
  return title.replaceAll('<\u2060', '<')
}
