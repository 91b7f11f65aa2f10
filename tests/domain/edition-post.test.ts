import { describe, expect, it } from 'vitest'
import { digestPost, type EditionStyle, rootPost } from '../../src/domain/edition-post.ts'
import { postText, type Segment } from '../../src/domain/post.ts'
import { countGraphemes } from '../../src/domain/text.ts'
import { editionOf } from './editions.ts'
import { newsItem } from './hostile-text.ts'

const within = (limit: number): EditionStyle => ({
  channel: 'test',
  network: 'Test',
  guard: (prose) => prose.replaceAll('@', '(at)'),
  fits: (segments) => countGraphemes(postText(segments)) <= limit,
  excess: (segments: readonly Segment[]) => `${countGraphemes(postText(segments)) - limit} graphemes`,
  entry: (title, source) => [{ text: `${title} ` }, { text: 'source', link: source }],
  close: (more) => [{ text: more > 0 ? `and ${more} more` : 'all' }],
})
const item = (name: string) =>
  newsItem({ url: `https://news.example/${name}`, title: name, sources: [{ url: `https://source.example/${name}` }] })
const items = ['one', 'two', 'three'].map(item)
const edition = editionOf(items)
const digest = (limit: number, list = items, notes: string[] = []) => digestPost(edition, list, notes, within(limit))

describe('the first post of a thread', () => {
  it('says what the edition is called and how many items follow', () => {
    expect(rootPost({ ...edition, subject: 'One @ two' }, 3, within(300)).text).toBe(
      'One (at) two\n\n3 items, each checked against its source.\n\nall',
    )
    expect(rootPost(edition, 1, within(300)).text).toContain('1 item, checked against its source.')
  })

  it('shortens the subject, then leaves it out, and does not throw where nothing fits', () => {
    const long = { ...edition, subject: 'word '.repeat(40) }
    expect(rootPost(long, 3, within(80)).text).toMatch(/^(word )+word…\n\n3 items, /)
    expect(rootPost({ ...edition, subject: '' }, 3, within(80)).text).toMatch(/^3 items, /)
    expect(rootPost(long, 3, within(10))).toMatchObject({ fits: false, findings: [{ code: 'post-too-long' }] })
  })
})

describe('a digest', () => {
  it('names all items when they fit, each with its source', () => {
    const post = digest(300)
    expect(post.text).toBe('Monday, 29 June 2026\n\none source\ntwo source\nthree source\n\nall')
    expect(post.segments.flatMap(({ link }) => link ?? [])).toEqual(items.map(({ sources: [source] }) => source?.url))
    expect(post.named).toEqual(items.map(({ url }) => url))
  })

  it('names as many as fit in their order, and says how many more there are', () => {
    const post = digest(55)
    expect(post.text).toBe('Monday, 29 June 2026\n\none source\ntwo source\n\nand 1 more')
    expect(post.named).toHaveLength(2)
    expect(digest(54).text).toBe('Monday, 29 June 2026\n\none source\n\nand 2 more')
  })

  it('shortens the first title when not even that fits, and never names an item without its source', () => {
    const post = digest(60, [newsItem({ title: 'word '.repeat(30) }), item('two')])
    expect(post.text).toMatch(/\n\n(word )+word… source\n\nand 1 more$/)
    expect(post).toMatchObject({ fits: true, findings: [{ severity: 'note', code: 'post-shortened' }] })
    const lone = digest(300, [{ ...item('one'), sources: [] }, item('two')])
    expect(lone.named).toEqual(['https://news.example/two'])
    expect(lone.findings).toMatchObject([{ severity: 'error', code: 'no-source', item: 'https://news.example/one' }])
  })

  it('is too long when not one item fits, and says by how much', () => {
    const post = digest(30)
    expect(post.fits).toBe(false)
    expect(post.findings).toMatchObject([{ severity: 'error', code: 'post-too-long' }])
    expect(post.findings[0]?.message).toMatch(/is \d+ graphemes longer/)
    expect(post.findings[0]).not.toHaveProperty('item')
  })

  it('keeps notes whole while items give way', () => {
    const note = 'Correction to “one”: it is 12, not 21.'
    expect(digest(300, items, [note]).named).toHaveLength(3)
    const post = digest(86, items, [note])
    expect(post.text).toBe(`Monday, 29 June 2026\n\none source\n\n${note}\n\nand 2 more`)
    expect(digest(60, items, [note])).toMatchObject({ fits: false })
  })

  it('survives a language that is none and a title of 10,000 characters', () => {
    const odd = { ...edition, publication: { ...edition.publication, language: 'en_US' } }
    const post = digestPost(odd, [item('one'), newsItem({ title: 'w'.repeat(10_000) })], [], within(300))
    expect(post).toMatchObject({ fits: true })
    expect(post.named).toHaveLength(2)
  })
})
