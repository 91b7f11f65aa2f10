import { feedsChannel } from '../../../../channels/feeds/index.ts'
import type { PublicHouse } from '../../../../src/channel.ts'
import type { RecentItem } from '../../../../src/channel/published.ts'
import type { Edition } from '../../../../src/domain/edition.ts'
import type { Item } from '../../../../src/domain/item.ts'
import type { Rendering } from '../../../../src/domain/rendering.ts'
import { sampleAmendment, sampleEdition, sampleItem, samplePublication } from '../../../fixtures/edition.ts'
import { realItems } from '../../../pipeline/fixture.ts'
import { publishedOf } from '../../../fixtures/published.ts'
import { nastyItems, plainItems, recent } from '../fixture.ts'
import { texts } from './texts.ts'
import type { Exhibit } from './tools.ts'

/** What is published, and what becomes of it is judged. */
interface Case extends Partial<PublicHouse> {
  readonly given: Parameters<typeof publishedOf>[0]
  readonly settings?: object
  readonly edition?: Edition
}

const PUBLIC_URL = 'https://feeds.morningcheck.example'
const HUBS = ['https://hub.example/', 'https://other.example/hub?a=1&b=2']

/** Every document of every case, named `<case>: <file>`. */
export async function exhibitsOf(cases: Readonly<Record<string, Case>>): Promise<Exhibit[]> {
  const made = Object.entries(cases).map(async ([name, { given, settings, edition, ...house }]) => {
    const context = { house: { publication: samplePublication, publicUrl: PUBLIC_URL, ...house } }
    const renderings = await feedsChannel.render(
      edition ?? sampleEdition(),
      { ...context, published: publishedOf(given) },
      feedsChannel.settings.parse(settings ?? {}),
    )
    return renderings.map((rendering) => exhibitOf(name, rendering, context.house.publicUrl))
  })
  return (await Promise.all(made)).flat()
}

function exhibitOf(name: string, { id, mediaType, content }: Rendering, publicUrl: string): Exhibit {
  const type = mediaType.replace(/^application\/(rss|atom)\+xml/, 'application/xml')
  return { id: `${name}: ${id}`, base: `${publicUrl}/${id}`, type: `${type}; charset=utf-8`, mediaType, text: content }
}

/** One of each kind that a publication can be, without malice. */
export const plainCases: Readonly<Record<string, Case>> = {
  'an empty publication': { given: {} },
  'an empty publication without a description': {
    given: {},
    publication: { ...samplePublication, description: '' },
  },
  'three items': { given: { items: plainItems(3) } },
  'sections, months and editions': {
    given: {
      items: [...overMonths('news', 4), ...overMonths('learn', 3), ...overMonths('Über uns & mehr', 1)],
      editions: [
        { edition: sampleEdition(), amendments: [sampleAmendment()] },
        { edition: dayBefore(), amendments: [sampleAmendment({ kind: 'retraction', id: 'retraction/2026-06-30-0' })] },
      ],
    },
  },
  'sections, months and hubs below a path': {
    given: { items: [...overMonths('news', 3), ...overMonths('learn', 2)] },
    settings: { hubs: HUBS, limit: 2 },
    publicUrl: 'https://morningcheck.example/~feeds/a&b',
  },
  'another language': {
    given: { items: plainItems(2) },
    publication: { ...samplePublication, language: 'zh-Hant-TW', name: '晨報查證', description: '每日新聞。' },
  },
  'every field, and none': {
    given: { items: [recent(1, { ...everyField(''), title: 'Everything' }), recent(2, noField())] },
  },
  'sections and months of which nothing is left': {
    given: {
      items: plainItems(2),
      standing: new Map(
        ['feeds/gone/rss.xml', 'feeds/gone/archive/2026-01/atom.xml', 'feeds/archive/2026-02/feed.json'].map((path) => [
          path,
          'made of what is no more',
        ]),
      ),
    },
  },
  corrections: {
    given: { items: [{ ...recent(1), corrections: [sampleAmendment(), sampleAmendment({ id: 'correction/b' })] }] },
  },
}

/** One nasty thing each, wherever text may stand, next to an item that is none of it. */
export const nastyCases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(Object.entries(texts).map(([kind, text]) => [kind, everywhere(text)])),
  'all of it at once': { given: { items: nastyItems() } },
  'a title of 20,000 characters': alone({ title: 'Long '.repeat(4_000), summary: 'long '.repeat(4_000) }),
  'a Markdown body of a megabyte': alone({ body: { format: 'markdown', text: 'A *long* lesson. '.repeat(62_000) } }),
  'an HTML body of a megabyte': alone({
    body: { format: 'html', text: '<p>A <b>long</b> lesson.</p>'.repeat(38_000) },
  }),
  'a body just within the limit': alone({ body: { format: 'html', text: '<p>A lesson &</p>\n'.repeat(5_500) } }),
  'a hundred sources': alone({
    sources: Array.from({ length: 100 }, (_, index) => ({ url: `https://a.example/${index}` })),
  }),
  'relative addresses': alone(
    { body: { format: 'html', text: relative() } },
    { body: { format: 'markdown', text: relative() } },
  ),
  'the same address three times': alone({ title: 'One' }, { title: 'Two' }, { title: 'Three' }),
  'addresses in other scripts': alone(
    { url: 'https://例え.jp/パス?q=é#ü', image: { url: 'https://bücher.example/ä.PNG', alt: 'ü' } },
    {
      url: 'https://morningcheck.example/a b|c^d{e}`"<>\\f[g]#h#i[j]',
      sources: [{ url: 'https://[2001:db8::1]:8080/%zz%' }],
    },
    { url: 'https://morningcheck.example/%F0%9F%97%9E?a=1&b=2&&=#?' },
  ),
  'addresses that are none of the web': alone(
    ...['tag:a.example,2026:4', 'urn:uuid:1', 'javascript:alert(1)', 'data:text/html,x', '//a.example/x', '', 'x'].map(
      (url) => ({ url, image: { url, alt: '' }, attachments: [{ url, mediaType: 'audio/mpeg' }] }),
    ),
  ),
  'dates out of range': {
    given: {
      items: ['soon', '', '+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', '2026-13-45'].flatMap(
        (instant, index) => [
          { ...recent(2 * index + 2), published: instant, updated: instant },
          { ...recent(2 * index + 3), updated: instant },
        ],
      ),
    },
  },
  'attachments of every kind': alone(
    { attachments: attachments() },
    { attachments: attachments().toReversed() },
    { attachments: [{ url: 'https://a.example/x.pdf', mediaType: 'application/pdf', bytes: 0 }] },
  ),
}

/** The publication that groundwire was first built for. */
export async function realCases(): Promise<Readonly<Record<string, Case>>> {
  const items = (await realItems()).filter(({ sources }) => sources.length > 0)
  const dated = items.map((item, index): RecentItem => {
    const instant = new Date(Date.parse(item.published ?? '2026-01-01') - index * 1000).toISOString()
    return { item, published: instant, updated: instant }
  })
  const published = dated.toSorted((one, other) => other.published.localeCompare(one.published))
  return { 'the real publication': { given: { items: published } } }
}

/** Items of the last months, the newest first, two in each. */
function overMonths(section: string, count: number): RecentItem[] {
  return Array.from({ length: 2 * count }, (_, index) => {
    const instant = new Date(Date.UTC(2026, 5 - Math.floor(index / 2), 20 - (index % 2), 8)).toISOString()
    const url = `https://morningcheck.example/${encodeURIComponent(section)}/${index}.html`
    return { item: sampleItem({ url, section, title: `${section} ${index}` }), published: instant, updated: instant }
  })
}

/** Items that are odd each in its way, and a plain one that must come through. */
function alone(...items: readonly Partial<Item>[]): Case {
  return { given: { items: [...items.map((over, index) => recent(index + 1, over)), recent(99, { title: 'Plain' })] } }
}

function everywhere(text: string): Case {
  const fields = everyField(text)
  const story = sampleItem({ ...fields, title: text })
  return {
    given: {
      items: [
        recent(1, { ...fields, title: text, body: { format: 'markdown', text: `${text}\n\n- ${text}\n\n# ${text}` } }),
        recent(2, { ...fields, title: `On ${text}`, section: text, body: { format: 'html', text } }),
        { ...recent(3, { title: `${text} it is` }), corrections: [sampleAmendment({ note: text, title: text })] },
        recent(99, { title: 'Plain' }),
      ],
      editions: [
        {
          edition: {
            ...dayBefore(),
            subject: text,
            preheader: text,
            intro: text,
            stories: [story],
            background: [story],
          },
          amendments: [sampleAmendment({ url: story.url, title: text, note: text })],
        },
      ],
    },
    publication: { ...samplePublication, name: `The ${text}`, description: text },
  }
}

function dayBefore(): Edition {
  return { ...sampleEdition(), id: 'daily/2026-06-28', date: '2026-06-28', plannedAt: '2026-06-28T05:00:00.000Z' }
}

function everyField(text: string): Partial<Item> {
  return {
    summary: `${text} in short`,
    authors: [text, `${text} & Ann <ann@example.org>`, 'Bo'],
    tags: [text, `a ${text}`, 'oceans & seas'],
    sources: [
      { url: 'https://arxiv.org/abs/1?a=1&b=2#x', title: text },
      { url: `https://doi.org/10.1/${encodeURIComponent(text.toWellFormed())}`, title: `${text} paper` },
      { url: 'https://nature.com/a' },
    ],
    image: { url: 'https://morningcheck.example/i.png?a=1&b=2', alt: text },
    attachments: attachments(text),
  }
}

function noField(): Partial<Item> {
  return { title: '', summary: '', authors: [], tags: [], body: { format: 'markdown', text: '' } }
}

function attachments(title = 'Read aloud'): NonNullable<Item['attachments']> {
  return [
    { url: 'https://a.example/x.mp3?a=1&b=2', mediaType: 'audio/mpeg', title, bytes: 1_234_567, seconds: 95.5 },
    { url: 'https://a.example/x.mp4', mediaType: 'video/mp4', title, bytes: 0, seconds: 0 },
    { url: 'https://a.example/x.pdf', mediaType: 'application/pdf' },
    { url: 'https://a.example/x.svg', mediaType: 'image/svg+xml', title: '' },
    { url: 'https://a.example/x', mediaType: 'application/vnd.oasis.opendocument.text' },
  ]
}

/** Addresses of every relative kind, wherever an element may have one. */
function relative(): string {
  const addresses = ['a', './a', '../a', '/a', '//a.example/a', '?a', '#a', '', 'a b', '\\\\a\\b']
  const images = addresses.map((one) => `<img src="${one}" srcset="${one} 2x, /b.png 3x" alt="i" longdesc="${one}">`)
  const links = addresses.map((one) => `<a href="${one}" ping="${one}">l</a> <q cite="${one}">q</q>`)
  const markdown = addresses.map((one) => `[l](<${one}>) ![i](<${one}>)`)
  return [...images, ...links, '<video src="/v" poster="/p">v</video>', '', ...markdown].join('\n')
}
