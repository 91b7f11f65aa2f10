import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { mastodonChannel } from '../../../channels/mastodon/index.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { editionOf, realNews } from '../../domain/editions.ts'
import { newsItem, publication } from '../../domain/hostile-text.ts'
import { nothingPublished } from '../../../src/channel/published.ts'

const data = new URL('../../../../shared/data/ground-truth-llms-full.txt', import.meta.url)
const context = { house: { publication, publicUrl: 'https://news.example' }, published: nothingPublished }
const statusSchema = z.strictObject({ status: z.string(), language: z.string(), visibility: z.string() })
const contentSchema = z.object({
  kind: z.literal('posts'),
  account: z.literal('outbox'),
  posts: z.tuple([z.strictObject({ items: z.array(z.string()), href: z.string(), status: statusSchema })]),
})

async function render(items: readonly Item[], settings: unknown = {}): Promise<Rendering[]> {
  return mastodonChannel.render(editionOf(items), context, mastodonChannel.settings.parse(settings))
}

it('makes one rendering for each item, with the parameters of the call as content', async () => {
  const [rendering] = await render([newsItem()], { visibility: 'unlisted' })
  expect(rendering).toMatchObject({
    id: '01-a-small-model-learns-to-say-when-it-is-unsure',
    identity: `outbox ${newsItem().url}`,
    mayLeave: true,
    measures: [{ name: 'characters', value: 186, limit: 500 }],
  })
  expect(contentSchema.parse(JSON.parse(rendering?.content ?? '')).posts[0]).toEqual({
    items: [newsItem().url],
    href: newsItem().url,
    status: { status: rendering?.text, language: 'en', visibility: 'unlisted' },
  })
})

it('gives the same bytes every time', async () => {
  expect(await render([newsItem()])).toEqual(await render([newsItem()]))
})

it('keeps an item without a source from leaving and posts the others', async () => {
  const renderings = await render([newsItem({ sources: [] }), newsItem({ url: 'https://news.example/b' })])
  expect(renderings.map(({ mayLeave }) => mayLeave)).toEqual([false, true])
})

it('draws a complete page without script, network or live markup', async () => {
  const hostile = newsItem({ title: '<script>alert(1)</script>', summary: '</style><img src=x>', url: 'javascript:1' })
  const page =
    (await render([hostile], { url: 'https://m.example', accessToken: 'x', account: '<b>me</b>' }))[0]?.page ?? ''
  expect(page).toMatch(/^<!doctype html>/)
  expect(page).not.toMatch(/<script|<img|<link|url\(|@import|href="(?!https?:)|<b>me/i)
  expect(page).toContain(' of 500</dd>')
})

it('says in its counter by how much a post is too long', async () => {
  const [rendering] = await render([newsItem()], { maxCharacters: 40 })
  expect(rendering?.page).toContain('characters, 21 too many')
})

it('refuses settings that are none', () => {
  expect(mastodonChannel.settings.safeParse({ visibility: 'direct' }).success).toBe(false)
  expect(mastodonChannel.settings.safeParse({ maxCharacters: 0 }).success).toBe(false)
})

it.each([
  [{ url: 'https://m.example' }, 'the accessToken is missing'],
  [{ accessToken: 'x' }, 'the url is missing'],
])('takes no half of an account: %j', (settings, missing) => {
  expect(mastodonChannel.settings.safeParse(settings).error?.message).toContain(missing)
})

it.skipIf(!existsSync(data))('posts all real news whole, each with its source', async () => {
  const items = realNews(readFileSync(data, 'utf8'))
  expect(items).toHaveLength(118)
  const renderings = await render(items, { mostPerDay: 300 })
  for (const [index, { text = '', mayLeave, measures, findings }] of renderings.entries()) {
    expect({ mayLeave, findings }).toEqual({ mayLeave: true, findings: [] })
    expect(measures[0]?.value).toBeLessThanOrEqual(500)
    expect(text.endsWith(`Source: ${new URL(items[index]?.sources[0]?.url ?? '').href}`)).toBe(true)
    expect(text).toContain(`Read: ${items[index]?.url}\n`)
  }
})
