import { describe, expect, it } from 'vitest'
import { contentSchema, type FrozenPost } from '../../../channels/mastodon/content.ts'
import { mastodonChannel } from '../../../channels/mastodon/index.ts'
import { usualInstance } from '../../../channels/mastodon/known.ts'
import { mastodonSettings } from '../../../channels/mastodon/settings.ts'
import type { Picture } from '../../../src/domain/picture.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { newsItem } from '../../domain/hostile-text.ts'
import { sampleEdition, samplePublication } from '../../fixtures/edition.ts'
import { nothingPublished } from '../../../src/channel/published.ts'

const edition = sampleEdition()
const house = { publication: samplePublication, publicUrl: 'https://morningcheck.example' }
const account = { url: 'https://m.example', accessToken: 'secret' }
const PAGE = 'https://morningcheck.example/editions/daily/2026-06-29'

const picture: Picture = {
  path: 'pictures/aa.png',
  sha256: 'aa',
  mediaType: 'image/png',
  bytes: 9,
  width: 1200,
  height: 630,
  alt: 'a very long alt text '.repeat(3).trim(),
  origin: 'drawn',
  preview: 'data:image/png;base64,iVBORw0KGgo=',
}
const pictures = new Map([[edition.stories[0]?.url ?? '', picture]])

async function render(settings: unknown, about = edition, more = {}): Promise<Rendering[]> {
  return mastodonChannel.render(
    about,
    { house, published: nothingPublished, ...more },
    mastodonSettings.parse(settings),
  )
}

function postsOf(rendering: Rendering | undefined): readonly FrozenPost[] {
  const content = contentSchema.parse(JSON.parse(rendering?.content ?? ''))
  return content.kind === 'posts' ? content.posts : []
}

describe('limits', () => {
  const known = { 'm.example': { ...usualInstance, maxCharacters: 5000, urlCharacters: 256, maxDescription: 30 } }
  const long = { ...edition, stories: [newsItem({ summary: 'It goes further. '.repeat(100) })], briefs: [] }

  it("are the instance's own when they are known, else the usual ones", async () => {
    expect((await render(account, long, { known }))[0]).toMatchObject({ findings: [], measures: [{ limit: 5000 }] })
    for (const other of [undefined, {}, { 'm.example': { maxCharacters: 'many' } }, 'nonsense'])
      expect((await render(account, long, { known: other }))[0]).toMatchObject({ measures: [{ limit: 500 }] })
  })

  it('are those of the settings when they name them', async () => {
    const settings = { ...account, maxCharacters: 600, urlCharacters: 23 }
    expect((await render(settings, long, { known }))[0]?.measures).toMatchObject([{ limit: 600 }])
  })

  it('count the content warning with the text', async () => {
    const [plain] = await render({})
    const [warned] = await render({ contentWarning: 'Numbers' })
    expect(warned?.measures[0]?.value).toBe((plain?.measures[0]?.value ?? 0) + 'Numbers'.length)
    expect(postsOf(warned)[0]?.status).toMatchObject({ spoilerText: 'Numbers' })
    expect(warned?.page).toContain('<div class="warning" dir="auto">Numbers</div>')
    expect(warned?.page).not.toContain('class="card"')
    const [tight] = await render({ contentWarning: 'w'.repeat(480) })
    expect(tight).toMatchObject({ mayLeave: false, findings: [{ code: 'post-too-long' }] })
  })

  it('shorten the alt text of a picture', async () => {
    const [first] = await render({ ...account, pictures: true }, edition, { known, pictures })
    const { path, sha256, mediaType } = picture
    expect(postsOf(first)[0]?.picture).toEqual({ path, sha256, mediaType, alt: 'a very long alt text a very…' })
    expect(first?.page).toContain('<b>ALT</b> a very long alt text a very…')
    expect(first?.page).not.toContain('class="card"')
  })
})

it('attaches the card of the edition to a digest, where pictures are asked for', async () => {
  const drawn = { pictures: new Map([[edition.id, picture]]) }
  const [rendering] = await render({ ...account, posts: 'digest', pictures: true }, edition, drawn)
  expect(postsOf(rendering)[0]?.picture).toMatchObject({ path: picture.path, sha256: picture.sha256 })
  expect(rendering?.page).toContain(picture.preview)
  const [without] = await render({ ...account, posts: 'digest' }, edition, drawn)
  expect(postsOf(without)[0]).not.toHaveProperty('picture')
})

it('attaches no picture unless asked, nor one that the instance does not take', async () => {
  expect(postsOf((await render(account, edition, { pictures }))[0])[0]).not.toHaveProperty('picture')
  const known = { 'm.example': { ...usualInstance, mediaTypes: ['image/jpeg'] } }
  const [first] = await render({ ...account, pictures: true }, edition, { pictures, known })
  expect(postsOf(first)[0]).not.toHaveProperty('picture')
})

it('is in the language of the settings, else of the publication', async () => {
  expect(postsOf((await render({ language: 'pt-br' }))[0])[0]?.status.language).toBe('pt-BR')
  expect(postsOf((await render({}))[0])[0]?.status.language).toBe('en')
})

it('is recognised by the link to its item exactly as it stands in the text', async () => {
  const about = (changes: object) => ({ ...edition, stories: [newsItem(changes)], briefs: [] })
  const [odd] = postsOf((await render({}, about({ url: 'https://e.com/a_(b)' })))[0])
  expect(odd?.href).toBe('https://e.com/a_%28b%29')
  expect(odd?.status.status).toContain(`Read: ${odd?.href}\n`)
  const same = { url: 'https://e.com/a', sources: [{ url: 'https://www.e.com/a/' }] }
  expect(postsOf((await render({}, about(same)))[0])[0]?.href).toBe('https://www.e.com/a/')
})

describe('accounts', () => {
  it('each post everything under names of their own, by the limits of their own instance', async () => {
    const accounts = [account, { ...account, account: '@News@m.example' }]
    const known = { 'news@m.example': { ...usualInstance, maxCharacters: 900 } }
    const renderings = await render({ accounts }, edition, { known })
    expect(renderings.slice(0, 2)).toMatchObject([
      { identity: `m.example ${edition.stories[0]?.url}`, measures: [{ limit: 500 }] },
      { identity: `news@m.example ${edition.stories[0]?.url}`, measures: [{ limit: 900 }] },
    ])
    expect(new Set(renderings.map(({ id }) => id)).size).toBe(10)
    expect(renderings[1]?.page).toContain('@news@m.example')
  })

  it('are refused when two have the same name, and an address that is none is an error of its own', () => {
    expect(mastodonSettings.safeParse({ accounts: [account, { ...account, url: 'https://m.example/' }] }).success).toBe(
      false,
    )
    expect(mastodonSettings.safeParse({ accounts: [{ ...account, url: 'm.example' }] }).success).toBe(false)
  })
})

describe('a thread', () => {
  it('begins with the edition and the link to its page, then tells of each item', async () => {
    const [thread] = await render({ ...account, posts: 'thread' })
    const posts = postsOf(thread)
    const items = await render(account)
    expect(thread).toMatchObject({ id: 'thread', identity: 'm.example thread daily/2026-06-29', mayLeave: true })
    expect(posts[0]).toMatchObject({ items: [], href: PAGE })
    expect(posts[0]?.status.status).toBe(
      `${edition.subject}\n\n5 items, each checked against its source.\n\nRead on: ${PAGE}`,
    )
    expect(posts.slice(1)).toEqual(items.map((each) => postsOf(each)[0]))
    expect(thread?.page.match(/<article/g)).toHaveLength(6)
  })

  it('does not leave when neither worker nor publication has an address', async () => {
    const nowhere = { ...edition, publication: { ...samplePublication, url: 'none' } }
    const own = { house: { publication: nowhere.publication, publicUrl: 'http://localhost:8080' } }
    const [thread] = await render({ posts: 'thread' }, nowhere, own)
    expect(thread).toMatchObject({ mayLeave: false, findings: [{ severity: 'error', code: 'no-link' }] })
  })
})

describe('a digest', () => {
  it('names items, each with its own source in full, and ends with the link it is recognised by', async () => {
    const [digest] = await render({
      ...account,
      posts: 'digest',
      items: { [edition.briefs[0]?.url ?? '']: { skip: true } },
    })
    const [post] = postsOf(digest)
    expect(post).toMatchObject({ href: PAGE })
    expect(post?.items).toHaveLength(4)
    expect(post?.status.status).toMatch(
      /^Monday, 29 June 2026\n\n• A tide gauge .*\nhttps:\/\/arxiv\.org\/abs\/2606\.01846\n• /,
    )
    expect(post?.status.status.endsWith(`\n\nRead on: ${PAGE}`)).toBe(true)
    expect(digest?.findings).toMatchObject([{ code: 'not-posted', item: edition.briefs[0]?.url }])
  })

  it('says how many more there are, and is an error where not one fits', async () => {
    const [digest] = await render({ posts: 'digest', maxCharacters: 250 })
    expect(digest?.text).toMatch(new RegExp(`\n\nand 3 more: ${PAGE}$`))
    expect((await render({ posts: 'digest', maxCharacters: 60 }))[0]).toMatchObject({
      mayLeave: false,
      findings: [{ severity: 'error', code: 'post-too-long' }],
    })
  })
})
