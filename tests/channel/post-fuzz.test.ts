import { AppBskyFeedPost, RichText } from '@atproto/api'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { contentSchema as blueskyContent } from '../../channels/bluesky/content.ts'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import { contentSchema as mastodonContent } from '../../channels/mastodon/content.ts'
import { mastodonChannel } from '../../channels/mastodon/index.ts'
import { plainUrl } from '../../channels/mastodon/style.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { editionOf } from '../domain/editions.ts'
import { hostileText, hostileUrl, newsItem, publication, seeded } from '../domain/hostile-text.ts'
import { nothingPublished } from '../../src/channel/published.ts'

const EDITIONS = 650
const ITEMS = 18
const POSTS = 20_000

type Random = () => number

const TEMPLATES = [
  '{title}\n\n{summary}',
  '{title}',
  '{summary}',
  '{publication} · {section}\n{title}: {summary} (more inside)',
  'Without a word of it',
  '👨‍👩‍👧‍👦 {title}\u0301 {summary} 🇫',
]

const one = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[Math.floor(random() * values.length)] ?? values[0]

/** Texts of every kind: short, long, of one endless word, and now and then of 10,000 characters. */
function fuzzText(random: Random, most: number): string {
  const kind = random()
  if (kind < 0.005) return 'word '.repeat(2000)
  if (kind < 0.01) return one(random, ['漢', 'w', '👨‍👩‍👧‍👦', 'e\u0301', '🇫🇷', '\uD83D']).repeat(10_000).slice(0, 10_000)
  return hostileText(random, most)
}

function fuzzItems(random: Random): Item[] {
  return Array.from({ length: ITEMS }, (_, index) =>
    newsItem({
      url: `https://news.example/${index}/${one(random, ['a', 'a_(b)', 'ünï', '漢字', 'x'.repeat(200), 'a.b.', '(('])}`,
      title: fuzzText(random, 25),
      summary: fuzzText(random, 70),
      section: hostileText(random, 2),
      sources: [{ url: hostileUrl(random) }],
      tags: [hostileText(random, 3), 'open models', one(random, ['C++', '漢字', 'x'.repeat(90)])],
    }),
  )
}

/** Settings that both networks have. */
function fuzzSettings(random: Random, items: readonly Item[]) {
  const overrides = items.filter(() => random() < 0.1)
  return {
    posts: one(random, ['item', 'item', 'item', 'item', 'item', 'thread', 'thread', 'digest'] as const),
    template: one(random, ['{title}\n\n{summary}', ...TEMPLATES]),
    hashtags: Math.floor(random() * 4),
    mostPerDay: 300,
    order: one(random, ['chosen', 'newest'] as const),
    items: Object.fromEntries(overrides.map(({ url }) => [url, { text: `x${fuzzText(random, 60)}` }])),
  }
}

const external = z.object({ uri: z.string() })
const linkFacet = z.object({
  index: z.object({ byteStart: z.int(), byteEnd: z.int() }),
  features: z.tuple([z.object({ uri: z.string().optional(), tag: z.string().optional() })]),
})
const recordSchema = z.object({
  text: z.string(),
  facets: z.array(linkFacet),
  embed: z.object({ external }).optional(),
})

/** What Bluesky would object to, by its own library, and what is missing of the sources. */
function blueskyObjections(record: unknown, sources: readonly string[]): string[] {
  const { text, facets } = recordSchema.parse(record)
  const rich = new RichText({ text })
  const bytes = Buffer.from(text)
  const verdict = AppBskyFeedPost.validateRecord({
    ...z.looseObject({}).parse(record),
    createdAt: '2026-06-29T06:30:00Z',
  })
  const ends = [0, ...facets.map(({ index }) => index.byteEnd)]
  const labels = facets.map(({ index, features: [{ uri, tag }] }) => {
    const label = bytes.subarray(index.byteStart, index.byteEnd).toString()
    return tag === undefined ? label.startsWith(new URL(uri ?? '').host) && !/\s/.test(label) : label === `#${tag}`
  })
  return [
    ...(verdict.success ? [] : [verdict.error.message]),
    ...(rich.graphemeLength > 300 || bytes.length > 3000 ? ['too long'] : []),
    ...(labels.every(Boolean) ? [] : ['a label is not what it leads to']),
    ...(facets.every(({ index }, place) => index.byteStart >= (ends[place] ?? 0)) ? [] : ['facets overlap']),
    ...(text.isWellFormed() ? [] : ['lone surrogate']),
    ...sources.filter((source) => !facets.some(({ features: [{ uri }] }) => uri === new URL(source).href)),
  ]
}

/** The server's rule, done slowly: every address is 23 (or what the instance says) characters, then graphemes are counted. */
function mastodonLength(text: string, spoiler: string, urlCharacters: number): number {
  const words = text.split(/(\s+)/)
  const counted = words.map((word) => {
    const at = word.search(/https?:\/\//i)
    return at < 0 ? word : `${word.slice(0, at)}${'u'.repeat(urlCharacters)}`
  })
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(spoiler + counted.join(''))].length
}

function mistakes({ content, findings, mayLeave }: Rendering, check: (content: string) => string[]): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  if (!mayLeave)
    return errors.every((code) => code === 'text-too-long') && errors.length > 0 ? [] : ['stays for no reason']
  return check(content)
}

it(`holds for ${POSTS.toLocaleString('en')} posts on both networks`, async () => {
  const random = seeded(20_260_629)
  const seen = { posts: 0, shortened: 0, tooLong: 0, plain: 0 }
  for (let run = 0; run < EDITIONS; run++) {
    const items = fuzzItems(random)
    const sources = new Map(items.map(({ url, sources: [source] }) => [url, source?.url ?? '']))
    const sourcesOf = (urls: readonly string[]): string[] => urls.map((url) => sources.get(url) ?? '')
    const settings = fuzzSettings(random, items)
    const limits = one(random, [
      { max: 500, url: 23 },
      { max: 500, url: 23 },
      { max: 5000, url: 25 },
      { max: 900, url: 256 },
    ])
    const spoiler = one(random, ['', '', 'A warning 👨‍👩‍👧‍👦'])
    const edition = { ...editionOf(items), subject: fuzzText(random, 30) }
    const context = { house: { publication, publicUrl: 'https://news.example' }, published: nothingPublished }

    for (const rendering of await blueskyChannel.render(edition, context, blueskyChannel.settings.parse(settings))) {
      const found = mistakes(rendering, (content) => {
        const parsed = blueskyContent.parse(JSON.parse(content))
        const posts = parsed.kind === 'posts' ? parsed.posts : []
        seen.posts += posts.length
        return posts.flatMap(({ record, items: urls }) => blueskyObjections(record, sourcesOf(urls)))
      })
      expect({ run, network: 'bluesky', id: rendering.id, found }).toMatchObject({ found: [] })
      if (rendering.findings.some(({ code }) => code === 'post-shortened')) seen.shortened += 1
      if (!rendering.mayLeave) seen.tooLong += 1
    }

    const own = { ...settings, maxCharacters: limits.max, urlCharacters: limits.url }
    const custom = mastodonChannel.settings.parse({ ...own, ...(spoiler && { contentWarning: spoiler }) })
    for (const rendering of await mastodonChannel.render(edition, context, custom)) {
      const found = mistakes(rendering, (content) => {
        const parsed = mastodonContent.parse(JSON.parse(content))
        const posts = parsed.kind === 'posts' ? parsed.posts : []
        seen.posts += posts.length
        const lengths = posts.map(({ status }) => mastodonLength(status.status, spoiler, limits.url))
        const claimed = rendering.measures[0]?.value ?? 0
        // An address in prose may be counted for more than it costs, never for less; without one the counts are the same.
        const links = posts.reduce((sum, { status }) => sum + (status.status.match(/https?:\/\//gi)?.length ?? 0), 0)
        const isPlain = settings.posts === 'item' && links === (items.length > 0 ? 2 : 0)
        if (isPlain) seen.plain += 1
        return [
          ...(lengths.every((length) => length <= limits.max && length <= claimed) ? [] : ['too long']),
          ...(isPlain && lengths[0] !== claimed ? [`counted ${claimed}, is ${lengths[0]}`] : []),
          ...(posts.every(({ status }) => status.status.isWellFormed()) ? [] : ['lone surrogate']),
          ...posts.flatMap(({ status, href, items: urls }) =>
            [href, ...sourcesOf(urls).map(plainUrl)].filter((link) => !status.status.split(/\s/).includes(link)),
          ),
        ]
      })
      expect({ run, network: 'mastodon', id: rendering.id, found }).toMatchObject({ found: [] })
      if (!rendering.mayLeave) seen.tooLong += 1
    }
  }
  expect(seen.posts).toBeGreaterThanOrEqual(POSTS)
  expect(seen.shortened).toBeGreaterThan(1000)
  expect(seen.tooLong).toBeGreaterThan(50)
  expect(seen.plain).toBeGreaterThan(2000)
}, 120_000)
