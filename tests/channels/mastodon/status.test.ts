import { describe, expect, it } from 'vitest'
import { mastodonSettings } from '../../../channels/mastodon/settings.ts'
import { type MastodonPost, mastodonPost } from '../../../channels/mastodon/status.ts'
import { countCharacters, guardProse, plainUrl } from '../../../channels/mastodon/style.ts'
import type { Item } from '../../../src/domain/item.ts'
import { hostileText, hostileUrl, newsItem, publication, seeded } from '../../domain/hostile-text.ts'

const settings = mastodonSettings.parse({})
const post = (changes: Partial<Item>, custom = settings): MastodonPost =>
  mastodonPost(newsItem(changes), publication, custom)

// Another way to count than the code's: take the links out of the finished text by their own text.
function counted({ text, segments }: MastodonPost, urlCharacters = 23): number {
  const links = segments.flatMap(({ link }) => link ?? [])
  const rest = links.toReversed().reduce((left, link) => {
    const at = left.lastIndexOf(link)
    return left.slice(0, at) + left.slice(at + link.length)
  }, text)
  return [...new Intl.Segmenter('en').segment(rest)].length + links.length * urlCharacters
}

describe('counting', () => {
  it('counts a link of any length as 23', () => {
    // Mastodon's own example: 476 letters, a space and a long address make 500.
    const link = `http://${'b'.repeat(30)}.com/example`
    expect(countCharacters([{ text: `${'a'.repeat(476)} ` }, { text: link, link }], 23)).toBe(500)
    expect(countCharacters([{ text: 'http://a.co', link: 'http://a.co' }], 23)).toBe(23)
  })

  it('counts text over 500 as over 500, in graphemes', () => {
    expect(countCharacters([{ text: 'a'.repeat(520) }], 23)).toBe(520)
    expect(countCharacters([{ text: '👨‍👩‍👧‍👦'.repeat(10) }], 23)).toBe(10)
    expect(countCharacters([{ text: 'e' }, { text: '\u0301' }], 23)).toBe(1)
  })

  it('counts what an instance says that a link counts', () => {
    expect(countCharacters([{ text: 'https://e.com', link: 'https://e.com' }], 256)).toBe(256)
  })

  it('counts an address in prose at least as a link and never less than it is', () => {
    expect(countCharacters([{ text: 'see http://a.co now' }], 23)).toBe(4 + 23 + 4)
    expect(countCharacters([{ text: `see https://e.com/${'a'.repeat(86)} now` }], 23)).toBe(4 + 100 + 4)
  })
})

describe('guarding', () => {
  it.each([
    ['ask @bob@e.com', 'ask @\u200Bbob@\u200Be.com'],
    ['#ai and ＃日本', '#\u200Bai and ＃\u200B日本'],
    ['C# and F#, @ 5', 'C# and F#, @ 5'],
    ['so :tada: it', 'so :\u200Btada: it'],
    ['at 10:30:45', 'at 10:30:45'],
    ['note: this', 'note: this'],
  ])('makes of %j %j', (prose, expected) => {
    expect(guardProse(prose)).toBe(expected)
  })

  it('leaves nothing that would become a mention, a hashtag or an emoji', () => {
    const random = seeded(9)
    for (let run = 0; run < 500; run++)
      expect(guardProse(hostileText(random, 30))).not.toMatch(/(^|[^\w/])[@#]\w|(^|[^\w:]):\w{2,}:/)
  })
})

describe('an address in plain text', () => {
  it.each([
    ['https://en.wikipedia.org/wiki/A_(b)', 'https://en.wikipedia.org/wiki/A_%28b%29'],
    ['https://e.com/a.', 'https://e.com/a%2E'],
    ['https://e.com/~', 'https://e.com/%7E'],
    ['https://e.com/', 'https://e.com/'],
    ['https://e.com/?q=', 'https://e.com/?q='],
    ['https://e.com/@me/a,b', 'https://e.com/@me/a,b'],
    ['https://e.com/{x}|y', 'https://e.com/%7Bx%7D%7Cy'],
  ])('writes %s as %s', (url, expected) => {
    expect(plainUrl(url)).toBe(expected)
  })

  it('leads to the same page', () => {
    expect(decodeURI(new URL(plainUrl('https://e.com/a_(b)')).pathname)).toBe('/a_(b)')
  })
})

describe('a Mastodon post', () => {
  it('says title and summary, then item and source in full', () => {
    expect(post({}).status).toEqual({
      status:
        'A small model learns to say when it is unsure\n\nIt refuses about as often as it would have been wrong. The weights are open.\n\nRead: https://news.example/news/small-model.html\nSource: https://arxiv.org/abs/2606.27608',
      language: 'en',
      visibility: 'public',
    })
  })

  it('guards the prose, not the links', () => {
    const { text } = post({ title: 'Ask @bob', sources: [{ url: 'https://e.com/@bob' }] })
    expect(text).toContain('Ask @\u200Bbob')
    expect(text).toContain('https://e.com/@bob')
  })

  it('names an item once that is its own source', () => {
    const { text } = post({ url: 'https://e.com/a', sources: [{ url: 'https://www.e.com/a/' }] })
    expect(text.match(/https:/g)).toHaveLength(1)
    expect(text).toContain('Source: https://www.e.com/a/')
  })

  it('keeps both links whole when it is shortened', () => {
    const made = post({ summary: 'It goes further. '.repeat(100) })
    expect(made.findings).toMatchObject([{ severity: 'note', code: 'post-shortened', channel: 'mastodon' }])
    expect(made.text).toMatch(/It goes further\.\n\nRead: \S+html\nSource: https:\/\/arxiv\.org\/abs\/2606\.27608$/)
    expect(counted(made)).toBeLessThanOrEqual(500)
    expect(counted(made)).toBeGreaterThan(480)
  })

  it('follows the limits of the instance', () => {
    const long = { summary: 'It goes further. '.repeat(100) }
    expect(post(long, mastodonSettings.parse({ maxCharacters: 5000 }))).toMatchObject({ shortened: false })
    const wide = post(long, mastodonSettings.parse({ urlCharacters: 200 }))
    expect(counted(wide, 200)).toBeLessThanOrEqual(500)
    const none = post({}, mastodonSettings.parse({ maxCharacters: 40 }))
    expect(none).toMatchObject({ mayLeave: false })
    expect(none.findings).toMatchObject([{ severity: 'error', code: 'post-too-long' }])
  })

  it('leaves the language out when the publication has none', () => {
    const { status } = mastodonPost(newsItem(), { ...publication, language: '' }, settings)
    expect(status).not.toHaveProperty('language')
  })

  it.each<[string, Partial<Item>]>([
    ['emoji families', { title: '👨‍👩‍👧‍👦'.repeat(600) }],
    ['flags', { title: '🇫🇷🇩'.repeat(400) }],
    ['lone surrogates', { title: 'a\uD83Db', summary: '\uDE00'.repeat(20) }],
    ['right-to-left text', { title: 'مرحبا بالعالم '.repeat(80) }],
    ['a link of 2,000 characters', { sources: [{ url: `https://e.com/${'a'.repeat(2000)}` }] }],
    ['a title of 10,000 characters', { title: 'word '.repeat(2000) }],
    ['no prose', { title: '', summary: '' }],
  ])('fits with %s', (_name, changes) => {
    const made = post(changes)
    expect(made).toMatchObject({ fits: true, mayLeave: true })
    expect(made.text.isWellFormed()).toBe(true)
    expect(counted(made)).toBeLessThanOrEqual(500)
    expect(made.text.endsWith(newsItem(changes).sources[0]?.url ?? '')).toBe(true)
  })

  it('holds for 2,000 seeded items', () => {
    const random = seeded(2027)
    for (let run = 0; run < 2000; run++) {
      const source = hostileUrl(random)
      const changes = { title: hostileText(random, 60), summary: hostileText(random, 150), sources: [{ url: source }] }
      const made = post(changes)
      const tail = `Read: https://news.example/news/small-model.html\nSource: ${plainUrl(source)}`
      expect({
        run,
        mayLeave: made.mayLeave,
        within: counted(made) <= 500,
        tail: made.text.endsWith(tail),
        clearOfAddress: !/https?:\/\/\S*…/.test(made.text),
      }).toEqual({ run, mayLeave: true, within: true, tail: true, clearOfAddress: true })
    }
  })
})
