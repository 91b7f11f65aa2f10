import { describe, expect, it } from 'vitest'
import { itemPost, postId, type PostStyle } from '../../src/domain/item-post.ts'
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
  hashtags: 0,
  fits: within(160),
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
    const post = itemPost(item, { ...style, hashtags: 2 })
    expect(post.text).toBe('T\n\nSource: e.com\n\n#OpenModels #AI')
    expect(post.segments.filter(({ tag }) => tag)).toEqual([
      { text: '#OpenModels', tag: 'OpenModels' },
      { text: '#AI', tag: 'AI' },
    ])
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
