import { describe, expect, it } from 'vitest'
import { itemPost, notePost, postId, type PostStyle } from '../../src/domain/item-post.ts'
import { fitPost, postText, type Segment } from '../../src/domain/post.ts'
import { countGraphemes, utf8Bytes } from '../../src/domain/text.ts'
import { hostileText, newsItem, seeded } from './hostile-text.ts'

const tail: readonly Segment[] = [{ text: 'Source: ' }, { text: 'e.com/a', link: 'https://e.com/a' }]
const within = (limit: number) => (segments: readonly Segment[]) => countGraphemes(postText(segments)) <= limit

const withinBytes = (limit: number) => (segments: readonly Segment[]) => utf8Bytes(postText(segments)) <= limit
const longOrShort = (): Segment[][] => [[{ text: 'long '.repeat(10) }], [{ text: 'short' }]]

describe('fitting', () => {
  it('leaves alone what fits exactly', () => {
    const post = fitPost({ prose: 'x'.repeat(83), tail }, within(100))
    expect(postText(post.segments)).toBe(`${'x'.repeat(83)}\n\nSource: e.com/a`)
    expect(post).toMatchObject({ shortened: false, fits: true })
  })

  it('shortens the prose and keeps the tail whole', () => {
    const post = fitPost({ prose: 'one two three four five six seven', tail }, within(40))
    expect(postText(post.segments)).toBe('one two three four…\n\nSource: e.com/a')
    expect(post).toMatchObject({ prose: 'one two three four…', shortened: true, fits: true })
  })

  it('needs no separator without prose, and none without tail', () => {
    expect(postText(fitPost({ prose: '', tail }, within(100)).segments)).toBe('Source: e.com/a')
    expect(postText(fitPost({ prose: 'prose', tail: [] }, within(100)).segments)).toBe('prose')
  })

  it('says that a tail does not fit alone, and does not throw', () => {
    const post = fitPost({ prose: 'prose', tail: [{ text: 'x'.repeat(280) }] }, within(200))
    expect(post).toMatchObject({ fits: false, prose: '', shortened: true })
    expect(fitPost({ prose: '', tail: [] }, () => false)).toMatchObject({ fits: false })
  })

  it('gives up the prose when there is room for the tail alone', () => {
    const post = fitPost({ prose: 'prose', tail }, within(16))
    expect(post).toMatchObject({ fits: true, prose: '', shortened: true, segments: tail })
  })

  it('keeps to a limit in bytes, too', () => {
    const post = fitPost({ prose: '👨‍👩‍👧‍👦'.repeat(50), tail }, withinBytes(200))
    expect(post.prose).toBe(`${'👨‍👩‍👧‍👦'.repeat(7)}…`)
  })

  it('keeps as much as it can: one word more would not fit', () => {
    const prose = Array.from({ length: 60 }, (_, index) => `w${index}`).join(' ')
    const post = fitPost({ prose, tail }, within(100))
    const words = post.prose.replace('…', '').split(' ').length
    const more = `${prose
      .split(' ')
      .slice(0, words + 1)
      .join(' ')}…\n\nSource: e.com/a`
    expect(countGraphemes(more)).toBeGreaterThan(100)
  })

  it('costs a huge text no more than its limit', () => {
    const started = performance.now()
    expect(fitPost({ prose: 'é word '.repeat(30_000), tail }, within(300)).shortened).toBe(true)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('holds for 2,000 seeded texts at any limit', () => {
    const random = seeded(42)
    for (let run = 0; run < 2000; run++) {
      const prose = hostileText(random, 50).toWellFormed()
      const limit = Math.floor(random() * 120)
      const post = fitPost({ prose, tail }, within(limit))
      const text = postText(post.segments)
      expect({
        run,
        fits: post.fits,
        within: !post.fits || countGraphemes(text) <= limit,
        tail: text.endsWith('Source: e.com/a'),
        whole: post.shortened || post.prose === prose,
        clearOfAddress: !post.shortened || !/(https?:\/\/|www\.)\S*…$/.test(post.prose),
      }).toEqual({ run, fits: limit >= 15, within: true, tail: true, whole: true, clearOfAddress: true })
    }
  })
})

const style: PostStyle = {
  channel: 'test',
  network: 'Test',
  fits: within(160),
  excess: (segments) => `${countGraphemes(postText(segments)) - 160} graphemes`,
  guard: (prose) => prose,
  tails: ({ source }) => [source ? [{ text: 'Source: ' }, { text: 'e.com', link: source }] : []],
}

describe('what a post says of an item', () => {
  it('says title, summary and source', () => {
    expect(itemPost(newsItem({ title: 'Is it? ', summary: 'It  is.' }), style).text).toBe(
      'Is it?\n\nIt is.\n\nSource: e.com',
    )
  })

  it('says a title once when the summary begins with it or is it', () => {
    const once = itemPost(newsItem({ title: 'A model learns', summary: 'A model learns, and tells.' }), style)
    expect(once.text).toBe('A model learns, and tells.\n\nSource: e.com')
    const same = itemPost(newsItem({ title: 'A model learns.', summary: 'a model learns' }), style)
    expect(same.text).toBe('a model learns\n\nSource: e.com')
    const inside = itemPost(newsItem({ title: 'A model learns a lot', summary: 'A model learns' }), style)
    expect(inside.text).toBe('A model learns a lot\n\nSource: e.com')
  })

  it('does not take the beginning of a longer word for a repetition', () => {
    const { text } = itemPost(newsItem({ title: 'A mode', summary: 'A model learns.' }), style)
    expect(text).toBe('A mode\n\nA model learns.\n\nSource: e.com')
  })

  it('makes do without title or summary', () => {
    expect(itemPost(newsItem({ title: '', summary: 'It is.' }), style).text).toBe('It is.\n\nSource: e.com')
    expect(itemPost(newsItem({ title: 'Title', summary: '' }), style).text).toBe('Title\n\nSource: e.com')
    expect(itemPost(newsItem({ title: '', summary: '' }), style).text).toBe('Source: e.com')
  })

  it('leaves a summary out rather than quote three words of it', () => {
    const post = itemPost(newsItem({ title: 'T'.repeat(125), summary: 'It is a longer summary than fits.' }), style)
    expect(post.text).toBe(`${'T'.repeat(125)}\n\nSource: e.com`)
    expect(post.findings).toMatchObject([{ severity: 'note', code: 'post-shortened' }])
  })

  it('prefers the first form of the links with which the whole text fits, else the last', () => {
    expect(itemPost(newsItem({ title: 'T', summary: '' }), { ...style, tails: longOrShort }).text).toContain('long')
    const full = itemPost(newsItem({ title: 'T'.repeat(140), summary: '' }), { ...style, tails: longOrShort })
    expect(full).toMatchObject({ text: `${'T'.repeat(140)}\n\nshort`, shortened: false })
    const cut = itemPost(newsItem({ title: 'T '.repeat(140), summary: '' }), { ...style, tails: longOrShort })
    expect(cut).toMatchObject({ shortened: true, mayLeave: true })
    expect(cut.text).toContain('short')
  })

  it.each([{ sources: [] }, { sources: [{ url: 'javascript:alert(1)' }] }])(
    'keeps an item without a usable source from leaving: %j',
    (changes) => {
      const post = itemPost(newsItem(changes), style)
      expect(post.mayLeave).toBe(false)
      expect(post.findings).toMatchObject([{ severity: 'error', code: 'no-source', field: 'sources', channel: 'test' }])
    },
  )

  it('keeps a post from leaving whose links do not fit', () => {
    const post = itemPost(newsItem(), { ...style, fits: within(5) })
    expect(post.mayLeave).toBe(false)
    expect(post.findings).toMatchObject([{ severity: 'error', code: 'post-too-long' }])
  })

  it('keeps an item from leaving whose own address is no web address', () => {
    const post = itemPost(newsItem({ url: 'javascript:alert(1)' }), style)
    expect(post.findings).toMatchObject([{ severity: 'error', code: 'bad-link', field: 'url' }])
    expect(post.mayLeave).toBe(false)
  })

  it('adds hashtags only when asked, whole and readable', () => {
    const item = newsItem({ title: 'T', summary: '', tags: ['open models', 'AI', 'ai ', '2026', '#C++', 'AI'] })
    expect(itemPost(item, style).text).not.toContain('#')
    const post = itemPost(item, style, { hashtags: 2 })
    expect(post.text).toBe('T\n\nSource: e.com\n\n#OpenModels #AI')
    expect(post.segments.filter(({ tag }) => tag)).toEqual([
      { text: '#OpenModels', tag: 'OpenModels' },
      { text: '#AI', tag: 'AI' },
    ])
  })
})

describe('a template', () => {
  const say = (template: string, changes = {}, publication = 'The Example') =>
    itemPost(newsItem({ title: 'A title', summary: 'It is a summary.', ...changes }), style, { template, publication })

  it.each([
    ['{publication}: {title}', 'The Example: A title'],
    ['{title} ({section})\n\n{summary}', 'A title (news)\n\nIt is a summary.'],
    ['{summary}', 'It is a summary.'],
    ['New today', 'New today'],
    ['{title}\n{summary}\n\n\nsaid {publication}', 'A title\nIt is a summary.\n\nsaid The Example'],
  ])('%j says %j', (template, said) => {
    expect(say(template).text).toBe(`${said}\n\nSource: e.com`)
  })

  it('leaves a line out that has nothing to say', () => {
    expect(say('{title}\nAbout: {summary}\nBye', { summary: '' }).text).toBe('A title\nBye\n\nSource: e.com')
  })

  it('does not fill in what was filled in', () => {
    expect(say('{title}', { title: '{summary} {publication}' }).prose).toBe('{summary} {publication}')
  })

  it('shortens the summary where it stands, then leaves it out, then cuts the title at a word', () => {
    const template = '{title}: {summary} – read in {publication}'
    const summary = 'word '.repeat(40).trim()
    expect(say(template, { summary }).prose).toMatch(/^A title: (word )+word… – read in The Example$/)
    const long = say(template, { summary, title: 'T'.repeat(100) })
    expect(long.prose).toBe(`${'T'.repeat(100)}: – read in The Example`)
    const longest = say(template, { summary, title: 'title '.repeat(40) })
    expect(longest.prose).toMatch(/^(title )+title…:\s+– read in The Example$/)
    expect(longest).toMatchObject({ shortened: true, mayLeave: true })
  })

  it('says nothing but the links when its own words are too long', () => {
    expect(say('x'.repeat(200))).toMatchObject({ prose: '', text: 'Source: e.com', mayLeave: true })
  })
})

describe("an editor's own text", () => {
  it('is said as it is, with the links below', () => {
    const post = itemPost(newsItem(), style, { text: ' Two lines\nof {title} ', template: '{title}!' })
    expect(post.text).toBe('Two lines\nof {title}\n\nSource: e.com')
  })

  it('is never shortened: too long is an error that says by how much', () => {
    const post = itemPost(newsItem(), style, { text: 'word '.repeat(40) })
    expect(post.mayLeave).toBe(false)
    expect(post.text).toContain('word '.repeat(39))
    expect(post.findings).toMatchObject([{ severity: 'error', code: 'text-too-long' }])
    expect(post.findings[0]?.message).toContain(`${199 + 2 + 'Source: e.com'.length - 160} graphemes longer`)
  })
})

describe('a note', () => {
  it('stands between text and links and is kept whole while the summary gives way', () => {
    const note = `Correction: ${'n'.repeat(60)}`
    const post = itemPost(newsItem({ title: 'T', summary: 'word '.repeat(40) }), style, { note })
    expect(post.text).toMatch(/^T\n\n(word )+word…\n\nCorrection: n{60}\n\nSource: e\.com$/)
  })

  it('is said alone when nothing else fits', () => {
    const note = 'n'.repeat(143)
    const post = itemPost(newsItem({ title: 'T'.repeat(50), summary: '' }), style, { note })
    expect(post).toMatchObject({ prose: note, mayLeave: true })
  })

  it('is never shortened: too long is an error that says by how much', () => {
    const post = itemPost(newsItem(), style, { note: 'n'.repeat(200) })
    expect(post.findings).toMatchObject([{ severity: 'error', code: 'note-too-long' }])
    expect(post.findings[0]?.message).toContain('55 graphemes longer')
  })
})

describe('an answer', () => {
  const say = (title: string): string => (title ? `About “${title}”: wrong` : 'Wrong')

  it('shortens the title it names, then leaves it out, never the rest', () => {
    expect(notePost(newsItem({ title: 'T' }), say, style).text).toBe('About “T”: wrong\n\nSource: e.com')
    expect(notePost(newsItem({ title: 'word '.repeat(50) }), say, style).text).toMatch(/^About “.*word…”: wrong\n/)
    expect(notePost(newsItem({ title: 'w'.repeat(9) }), say, { ...style, fits: within(20) }).text).toBe(
      'Wrong\n\nSource: e.com',
    )
    expect(notePost(newsItem(), () => 'x'.repeat(200), style)).toMatchObject({ mayLeave: false })
  })

  it('needs a source, but for what is taken back', () => {
    const item = newsItem({ sources: [] })
    expect(notePost(item, say, style).findings).toMatchObject([{ code: 'no-source' }])
    expect(notePost(item, say, style, true)).toMatchObject({ mayLeave: true })
  })
})

describe('the id of a post', () => {
  it('is its place and its title', () => {
    expect(postId(2, 'A “small” model')).toBe('03-a-small-model')
    expect(postId(99, 'T')).toBe('100-t')
    expect(postId(0, '漢字')).toBe('01-item')
  })

  it('is safe in a file name and at most 60 long', () => {
    for (const title of ['x '.repeat(100), '../../x', 'Ünï'.repeat(5000), '\u0000'])
      expect(postId(7, title)).toMatch(/^(?=.{1,60}$)08(-[a-z0-9]+)+$/)
  })
})
