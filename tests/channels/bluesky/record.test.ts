import { AppBskyFeedPost, RichText } from '@atproto/api'
import { describe, expect, it } from 'vitest'
import { labelsAt } from '../../../channels/bluesky/facets.ts'
import { blueskyPost, type BlueskyPost } from '../../../channels/bluesky/record.ts'
import { blueskySettings } from '../../../channels/bluesky/settings.ts'
import { linkLabel } from '../../../channels/bluesky/style.ts'
import type { Item } from '../../../src/domain/item.ts'
import { hostileText, hostileUrl, newsItem, publication, seeded } from '../../domain/hostile-text.ts'

const settings = blueskySettings.parse({})
const post = (changes: Partial<Item>, custom = settings): BlueskyPost =>
  blueskyPost(newsItem(changes), publication, custom)

/** What the network would object to, from its own library and not from the code under test; empty when nothing. */
function objections({ record, segments }: BlueskyPost): string[] {
  const verdict = AppBskyFeedPost.validateRecord({ ...record, createdAt: '2026-06-29T06:30:00.000Z' })
  const rich = new RichText({ text: record.text })
  const linked = segments.filter(({ link, tag }) => link !== undefined || tag !== undefined).map(({ text }) => text)
  const starts = record.facets.map(({ index }) => index.byteStart)
  const ends = [0, ...record.facets.map(({ index }) => index.byteEnd)]
  return [
    ...(verdict.success ? [] : [verdict.error.message]),
    ...(rich.graphemeLength <= 300 ? [] : [`${rich.graphemeLength} graphemes`]),
    ...(rich.length <= 3000 ? [] : [`${rich.length} bytes`]),
    ...(JSON.stringify(labelsAt(record.text, record.facets)) === JSON.stringify(linked) ? [] : ['labels differ']),
    ...(starts.every((start, index) => start >= (ends[index] ?? 0)) ? [] : ['facets overlap']),
  ]
}

describe('a Bluesky post', () => {
  it('says title, summary and source, with the item in the card', () => {
    const { record, findings, mayLeave } = post({})
    expect(record).toEqual({
      $type: 'app.bsky.feed.post',
      text: 'A small model learns to say when it is unsure\n\nIt refuses about as often as it would have been wrong. The weights are open.\n\nSource: arxiv.org/abs/2606.27608',
      facets: [
        {
          index: { byteStart: 133, byteEnd: 157 },
          features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://arxiv.org/abs/2606.27608' }],
        },
      ],
      langs: ['en'],
      embed: {
        $type: 'app.bsky.embed.external',
        external: {
          uri: 'https://news.example/news/small-model.html',
          title: 'A small model learns to say when it is unsure',
          description: 'News with its sources.',
        },
      },
    })
    expect({ findings, mayLeave }).toEqual({ findings: [], mayLeave: true })
  })

  it('leaves createdAt to whoever sends it', () => {
    expect(post({}).record).not.toHaveProperty('createdAt')
    expect(AppBskyFeedPost.validateRecord(post({}).record).success).toBe(false)
  })

  it('puts the whole summary into the card when the text had no room for it', () => {
    const summary = `${'It goes on and on about it, '.repeat(9)}and then it ends.`
    const { record, findings, mayLeave } = post({ summary })
    expect(record.embed?.external.description).toBe(summary)
    expect(record.text).toMatch(
      / and…\n\nSource: arxiv\.org\/abs\/2606\.27608$|\p{L}…\n\nSource: arxiv\.org\/abs\/2606\.27608$/u,
    )
    expect(findings).toMatchObject([{ severity: 'note', code: 'post-shortened', channel: 'bluesky' }])
    expect(mayLeave).toBe(true)
  })

  it.each<[string, Partial<Item>]>([
    ['emoji families', { title: '👨‍👩‍👧‍👦'.repeat(400) }],
    [
      '119 families, which fit in graphemes but hardly in bytes',
      { title: '👨‍👩‍👧‍👦'.repeat(119), summary: 'x '.repeat(200) },
    ],
    ['combining marks', { title: `e${'\u0301'.repeat(2000)}`, summary: 'a\u0308\u0301 '.repeat(200) }],
    ['flags and half flags', { title: '🇫🇷🇩'.repeat(200), summary: '🇫' }],
    ['Chinese', { title: '漢字'.repeat(300), summary: '文。'.repeat(300) }],
    ['right-to-left text', { title: 'مرحبا بالعالم '.repeat(40), summary: 'שלום \u202Eעולם'.repeat(40) }],
    ['a 280-character link', { sources: [{ url: `https://e.com/${'a'.repeat(266)}` }] }],
    ['no prose', { title: '', summary: '' }],
    ['lone surrogates', { title: 'a\uD83Db\uDE00c', summary: '\uDE00'.repeat(20) }],
    ['a title of 10,000 characters', { title: 'word '.repeat(2000) }],
    ['a title of 10,000 characters without a space', { title: 'w'.repeat(10_000) }],
    ['a title that is all address', { title: `https://e.com/${'a'.repeat(5000)}`, summary: 'x' }],
    ['a link with parentheses', { sources: [{ url: 'https://en.wikipedia.org/wiki/A_(b)' }] }],
  ])('is accepted with %s', (_name, changes) => {
    const made = post(changes)
    expect(made).toMatchObject({ fits: true, mayLeave: true })
    expect(objections(made)).toEqual([])
    const [source] = made.record.facets.map(({ features }) => features[0])
    expect(source).toHaveProperty('uri', newsItem(changes).sources[0]?.url)
  })

  it('links an address with parentheses whole', () => {
    const { record } = post({ sources: [{ url: 'https://en.wikipedia.org/wiki/A_(b)' }] })
    expect(labelsAt(record.text, record.facets)).toEqual(['en.wikipedia.org/wiki/A_(b)'])
  })

  it('links nothing in prose', () => {
    const { record } = post({ title: 'Character.ai and @bob.example on #ai', summary: 'See https://e.com/a, or $GOOG' })
    expect(record.facets).toHaveLength(1)
  })

  it('shortens the label of the source before it shortens the text, and only then', () => {
    const sources = [{ url: 'https://example.org/articles/unusually-long-name-of-a-page' }]
    const roomy = post({ title: 'T', summary: '', sources })
    expect(roomy.text).toContain('Source: example.org/articles/unusually-long…')
    const tight = post({ title: 'T', summary: `${'word '.repeat(50)}word.`, sources })
    expect(tight).toMatchObject({ shortened: false })
    expect(tight.text).toContain('Source: example.org/articles…')
    const atSentence = post({ title: 'T', summary: `${'word '.repeat(40)}word. ${'more '.repeat(40)}`, sources })
    expect(atSentence).toMatchObject({ shortened: true })
    expect(atSentence.text).toMatch(/word\.\n\nSource: example\.org\/articles\/unusually-long…$/)
  })

  it('takes its languages from the settings, else from the publication, and drops what is none', () => {
    expect(post({}, blueskySettings.parse({ langs: ['de', 'pt-br'] })).record.langs).toEqual(['de', 'pt-BR'])
    expect(blueskyPost(newsItem(), { ...publication, language: 'en_US' }, settings).record.langs).toEqual([])
    expect(blueskySettings.safeParse({ langs: ['not a tag'] }).success).toBe(false)
    expect(blueskySettings.safeParse({ langs: ['a', 'b', 'c', 'd'] }).success).toBe(false)
  })

  it('holds for 2,000 seeded items', () => {
    const random = seeded(2026)
    let shortened = 0
    for (let run = 0; run < 2000; run++) {
      const changes = {
        title: hostileText(random, 30),
        summary: hostileText(random, 60),
        sources: [{ url: hostileUrl(random) }],
        tags: [hostileText(random, 3), 'open models'],
      }
      const made = post(changes, { ...settings, hashtags: Math.floor(random() * 3) })
      const last = made.segments.findLast(({ link }) => link !== undefined)
      expect({ run, mayLeave: made.mayLeave, objections: objections(made), source: last?.link }).toEqual({
        run,
        mayLeave: true,
        objections: [],
        source: new URL(changes.sources[0]?.url ?? '').href,
      })
      if (made.shortened) shortened += 1
    }
    expect(shortened).toBeGreaterThan(200)
    expect(shortened).toBeLessThan(1800)
  })
})

describe('the label of a link', () => {
  it.each([
    ['https://arxiv.org/abs/2606.27608', 40, 'arxiv.org/abs/2606.27608'],
    ['https://www.example.com/', 40, 'www.example.com'],
    ['https://e.com:8443/a', 40, 'e.com:8443/a'],
    ['https://e.com/a?q=1', 40, 'e.com/a?q=1'],
    ['https://e.com/some-words-in-a-long-name', 26, 'e.com/some-words-in-a…'],
    ['https://e.com/abcdefghijklmnopqrstuvwxyz', 20, 'e.com/abcdefghijklm…'],
    ['https://a-host-longer-than-the-limit.example/path', 26, 'a-host-longer-than-the-limit.example'],
    ['https://bücher.example/ü', 40, 'xn--bcher-kva.example/%C3%BC'],
  ])('of %s within %d is %s', (url, most, expected) => {
    expect(linkLabel(url, most)).toBe(expected)
  })

  it('names its host exactly and without a space, or the app warns of it', () => {
    const random = seeded(5)
    for (let run = 0; run < 500; run++) {
      const url = hostileUrl(random)
      const label = linkLabel(url, Math.floor(random() * 60))
      expect(label).not.toMatch(/\s/)
      expect(new URL(`https://${label}`).hostname).toBe(new URL(url).hostname)
    }
  })
})
