import { AppBskyFeedPost } from '@atproto/api'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { contentSchema, type FrozenPost } from '../../../channels/bluesky/content.ts'
import { labelsAt } from '../../../channels/bluesky/facets.ts'
import { blueskyChannel } from '../../../channels/bluesky/index.ts'
import { blueskySettings } from '../../../channels/bluesky/settings.ts'
import type { Picture } from '../../../src/domain/picture.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { sampleEdition, samplePublication } from '../../fixtures/edition.ts'
import { newsItem } from '../../domain/hostile-text.ts'
import { nothingPublished } from '../../../src/channel/published.ts'

const edition = sampleEdition()
const house = { publication: samplePublication, publicUrl: 'https://morningcheck.example' }
const context = { house, published: nothingPublished }
const account = { identifier: 'News.Example', appPassword: 'secret' }
const two = { accounts: [account, { identifier: '@other.example', appPassword: 'secret' }] }

const picture: Picture = {
  path: 'pictures/aa.jpg',
  sha256: 'aa',
  mediaType: 'image/jpeg',
  bytes: 9,
  width: 1200,
  height: 630,
  alt: 'A "tide" gauge',
  origin: 'item',
  preview: 'data:image/jpeg;base64,/9j/4AAQ',
}

async function render(settings: unknown, about = edition, more = {}): Promise<Rendering[]> {
  return blueskyChannel.render(about, { ...context, ...more }, blueskySettings.parse(settings))
}

function postsOf(rendering: Rendering | undefined): readonly FrozenPost[] {
  const content = contentSchema.parse(JSON.parse(rendering?.content ?? ''))
  return content.kind === 'posts' ? content.posts : []
}

const cardOf = (post: FrozenPost | undefined): unknown =>
  z.object({ embed: z.object({ external: z.unknown() }) }).parse(post?.record).embed.external

describe('accounts', () => {
  it('is named in identity, seed, content and page when there is one', async () => {
    const [first] = await render(account)
    const [item] = edition.stories
    expect(first).toMatchObject({ identity: `news.example ${item?.url}`, title: item?.title })
    expect(first?.id).toMatch(/^01-a-tide-gauge/)
    expect(contentSchema.parse(JSON.parse(first?.content ?? '')).account).toBe('news.example')
    expect(postsOf(first)[0]).toMatchObject({
      items: [item?.url],
      seed: `news.example ${item?.url}`,
      at: '2026-06-28T22:00:00.000Z',
    })
    expect(first?.page).toContain('@news.example')
    expect(first?.content).not.toContain('secret')
  })

  it('each post everything when there are several, under ids and names of their own', async () => {
    const renderings = await render(two)
    expect(renderings).toHaveLength(10)
    expect(new Set(renderings.map(({ id }) => id)).size).toBe(10)
    expect(new Set(renderings.map(({ identity }) => identity)).size).toBe(10)
    expect(renderings[1]).toMatchObject({ identity: `other.example ${edition.stories[0]?.url}` })
    expect(renderings[1]?.title).toContain('(other.example)')
    expect(renderings[1]?.page).toContain('@other.example')
    expect((await render({ ...two, posts: 'thread' })).map(({ id }) => id)).toEqual([
      'thread-news-example',
      'thread-other-example',
    ])
  })

  it('are refused when one is named twice', () => {
    expect(
      blueskySettings.safeParse({ accounts: [account, { ...account, identifier: '@news.example' }] }).success,
    ).toBe(false)
  })
})

describe('a post of an item', () => {
  it('carries the tags of the item beside the text, whole, but for those that stand in it', async () => {
    const tags = [
      '#AI',
      'open models',
      'ai',
      'x'.repeat(65),
      '',
      'C++',
      ...Array.from({ length: 9 }, (_, n) => `t${n}`),
    ]
    const about = { ...edition, stories: [newsItem({ tags })], briefs: [] }
    const tagsOf = async (settings: unknown) => postsOf((await render(settings, about))[0])[0]?.record['tags']
    expect(await tagsOf({})).toEqual(['AI', 'open models', 'C++', 't0', 't1', 't2', 't3', 't4'])
    expect(await tagsOf({ hashtags: 2 })).toEqual(['C++', 't0', 't1', 't2', 't3', 't4', 't5', 't6'])
    expect(await tagsOf({ hashtags: 8 })).not.toContain('AI')
  })

  it('freezes which picture goes with it, and shows it in the page', async () => {
    const pictures = new Map([[edition.stories[0]?.url ?? '', picture]])
    const [first, second] = await render(account, edition, { pictures })
    const { path, sha256, mediaType, width, height } = picture
    expect(postsOf(first)[0]?.picture).toEqual({ path, sha256, mediaType, width, height })
    expect(first?.page).toContain(`<img class="picture" src="${picture.preview}" alt="A &quot;tide&quot; gauge">`)
    expect(postsOf(second)[0]).not.toHaveProperty('picture')
    const [without] = await render({ ...account, pictures: false }, edition, { pictures })
    expect(without?.content).not.toContain('pictures/')
    expect(without?.page).not.toContain('<img')
  })

  it.each(['thread', 'digest'] as const)('freezes the card of the edition with the link to it: %s', async (posts) => {
    const pictures = new Map([[edition.id, picture]])
    const [rendering] = await render({ ...account, posts }, edition, { pictures })
    const { path, sha256, mediaType, width, height } = picture
    const [root, ...replies] = postsOf(rendering)
    expect(root?.picture).toEqual({ path, sha256, mediaType, width, height })
    expect(replies.filter((reply) => reply.picture !== undefined)).toEqual([])
    expect(rendering?.page.split(`<img class="picture" src="${picture.preview}"`)).toHaveLength(2)
    const [without] = await render({ ...account, posts, pictures: false }, edition, { pictures })
    expect(`${without?.content}${without?.page}`).not.toMatch(/pictures\/|<img/)
    const nowhere = { ...edition, publication: { ...edition.publication, url: '' } }
    const [bare] = await render({ ...account, posts }, nowhere, { pictures, house: { ...house, publicUrl: '' } })
    expect(postsOf(bare)[0]).not.toHaveProperty('picture')
  })

  it('shows no picture in a page whose preview is not one', async () => {
    const pictures = new Map([[edition.stories[0]?.url ?? '', { ...picture, preview: 'https://e.com/"onload=1' }]])
    expect((await render(account, edition, { pictures }))[0]?.page).not.toContain('<img')
  })

  it('carries a document for the card only when asked', async () => {
    const [post] = postsOf((await render({ standardSite: true }))[0])
    expect(post?.document).toMatchObject({
      seed: post?.seed,
      at: post?.at,
      record: { path: '/news/item-1.html', title: edition.stories[0]?.title },
    })
    expect(postsOf((await render({}))[0])[0]).not.toHaveProperty('document')
  })

  it('says what an editor set for it, and puts title and summary into the card', async () => {
    const [item] = edition.stories
    const items = { [item?.url ?? '']: { text: 'Our words.' } }
    const [first] = await render({ items })
    expect(first?.text).toBe('Our words.\n\nSource: arxiv.org/abs/2606.01846')
    expect(cardOf(postsOf(first)[0])).toMatchObject({ title: item?.title, description: item?.summary })
    const long = { [item?.url ?? '']: { text: 'Our words. '.repeat(40) } }
    const [tooLong] = await render({ items: long })
    expect(tooLong).toMatchObject({ mayLeave: false, findings: [{ severity: 'error', code: 'text-too-long' }] })
    expect(tooLong?.page).toMatch(/graphemes, \d+ too many/)
  })
})

describe('a thread', () => {
  it('begins with the edition and its page, then tells of each item as its own post would', async () => {
    const [thread, ...others] = await render({ ...account, posts: 'thread' })
    const posts = postsOf(thread)
    const items = await render(account)
    expect(others).toEqual([])
    expect(thread).toMatchObject({ id: 'thread', identity: 'news.example thread daily/2026-06-29', mayLeave: true })
    expect(thread).not.toHaveProperty('item')
    expect(posts.map(({ record }) => record.text).slice(1)).toEqual(items.map(({ text }) => text))
    expect(posts[0]?.record.text).toBe(`${edition.subject}\n\n5 items, each checked against its source.`)
    expect(cardOf(posts[0])).toMatchObject({ uri: 'https://morningcheck.example/editions/daily/2026-06-29' })
    expect(posts.map(({ seed }) => seed)).toEqual(
      [0, 1, 2, 3, 4, 5].map((part) => `news.example daily/2026-06-29#${part}`),
    )
    expect(new Set(posts.map(({ at }) => at))).toEqual(new Set([edition.plannedAt]))
    expect(posts.map(({ items: urls }) => urls.length)).toEqual([0, 1, 1, 1, 1, 1])
    expect(thread?.page.match(/<article/g)).toHaveLength(6)
    expect(thread?.measures.at(-1)).toEqual({ name: 'posts', value: 6 })
  })

  it('leaves out an item without a source and one over the limit, and says so', async () => {
    const about = { ...edition, stories: [newsItem({ sources: [] }), ...edition.stories] }
    const [thread] = await render({ posts: 'thread', mostPerDay: 2 }, about)
    expect(postsOf(thread)).toHaveLength(3)
    expect(thread?.mayLeave).toBe(true)
    expect(thread?.findings.map(({ code }) => code)).toEqual(['no-source', 'not-posted', 'not-posted', 'not-posted'])
  })

  it('does not leave without a single item, and is not made of an empty edition', async () => {
    const about = { ...edition, stories: [newsItem({ sources: [] })], briefs: [] }
    expect(await render({ posts: 'thread' }, about)).toMatchObject([{ mayLeave: false }])
    expect(await render({ posts: 'thread' }, { ...about, stories: [] })).toEqual([])
  })
})

describe('a digest', () => {
  it('names items with their own sources, then how many more there are', async () => {
    const [digest] = await render({ ...account, posts: 'digest' })
    const [post] = postsOf(digest)
    const record = z.looseObject({ text: z.string(), facets: z.array(z.any()) }).parse(post?.record)
    expect(digest).toMatchObject({ id: 'digest', identity: 'news.example digest daily/2026-06-29', mayLeave: true })
    expect(AppBskyFeedPost.validateRecord({ ...record, createdAt: '2026-06-29T06:30:00Z' }).success).toBe(true)
    expect(labelsAt(record.text, record.facets)).toEqual([
      'arxiv.org',
      'www.nature.com',
      'www.biorxiv.org',
      'morningcheck.example',
    ])
    expect(post?.items).toEqual(edition.stories.map(({ url }) => url))
    expect(record.text).toMatch(/^Monday, 29 June 2026\n\n• A tide gauge .* \(arxiv\.org\)\n• .*\n\nand 2 more: /s)
    expect(cardOf(post)).toMatchObject({ uri: 'https://morningcheck.example/editions/daily/2026-06-29' })
  })

  it('leads to the publication where readers cannot reach the worker, and has then no document', async () => {
    const own = { house: { ...house, publicUrl: 'http://localhost:8080' } }
    const [digest] = await render({ posts: 'digest', standardSite: true }, edition, own)
    expect(cardOf(postsOf(digest)[0])).toMatchObject({ uri: 'https://morningcheck.example/' })
    expect(postsOf(digest)[0]).not.toHaveProperty('document')
    const [reachable] = await render({ posts: 'digest', standardSite: true })
    expect(postsOf(reachable)[0]?.document).toMatchObject({ record: { path: '/editions/daily/2026-06-29' } })
  })
})
