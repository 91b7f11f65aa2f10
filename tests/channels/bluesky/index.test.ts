import { existsSync, readFileSync } from 'node:fs'
import { AppBskyFeedPost } from '@atproto/api'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { blueskyChannel } from '../../../channels/bluesky/index.ts'
import type { Item } from '../../../src/domain/item.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import { editionOf, realNews } from '../../domain/editions.ts'
import { newsItem, publication } from '../../domain/hostile-text.ts'
import { nothingPublished } from '../../../src/channel/published.ts'

const data = new URL('../../../../shared/data/ground-truth-llms-full.txt', import.meta.url)
const context = { house: { publication, publicUrl: 'https://news.example' }, published: nothingPublished }
const contentSchema = z.object({
  kind: z.literal('posts'),
  account: z.literal('outbox'),
  posts: z.tuple([z.object({ record: z.looseObject({ text: z.string() }), seed: z.string(), at: z.string() })]),
})

async function render(items: readonly Item[], settings: unknown = {}): Promise<Rendering[]> {
  return blueskyChannel.render(editionOf(items), context, blueskyChannel.settings.parse(settings))
}

it('makes one rendering for each story and brief, in order, each owed once', async () => {
  const briefs = [newsItem({ url: 'https://news.example/b', title: 'Second' })]
  const edition = { ...editionOf([newsItem()]), briefs, background: [newsItem({ url: 'https://news.example/c' })] }
  const renderings = await blueskyChannel.render(edition, context, blueskyChannel.settings.parse({}))
  expect(renderings).toMatchObject([
    {
      id: '01-a-small-model-learns-to-say-when-it-is-unsure',
      identity: `outbox ${newsItem().url}`,
      mediaType: 'application/json',
    },
    { id: '02-second', identity: 'outbox https://news.example/b', item: 'https://news.example/b', mayLeave: true },
  ])
  expect(renderings[0]?.measures).toEqual([
    { name: 'graphemes', value: 157, limit: 300 },
    { name: 'bytes', value: 157, limit: 3000 },
  ])
  expect(blueskyChannel).toMatchObject({ audience: 'once', document: false })
})

it('gives the same bytes every time', async () => {
  expect(await render([newsItem()])).toEqual(await render([newsItem()]))
})

it('keeps an item without a source from leaving and posts the others', async () => {
  const renderings = await render([newsItem({ sources: [] }), newsItem({ url: 'https://news.example/b' })])
  expect(renderings.map(({ mayLeave }) => mayLeave)).toEqual([false, true])
  expect(renderings[0]?.findings).toMatchObject([{ severity: 'error', code: 'no-source' }])
})

it('draws a complete page without script, network or live markup', async () => {
  const hostile = newsItem({
    title: '<script>alert(1)</script>"\'&',
    summary: '</style><img src=x onerror=alert(1)>',
    url: 'javascript:alert(1)',
  })
  const page = (await render([hostile], { identifier: '<b>me</b>', appPassword: 'x' }))[0]?.page ?? ''
  expect(page).toMatch(/^<!doctype html>/)
  expect(page).not.toMatch(/<script|<img|onerror=(?!alert\(1\)&gt;)|<link|url\(|@import|href="(?!https?:)|<b>me/i)
  expect(page).toContain('&lt;script&gt;')
  expect(page).toContain('prefers-color-scheme: dark')
  expect(page).toContain(' of 300</dd>')
})

it.skipIf(!existsSync(data))('posts all real news within the limits, each with its source', async () => {
  const items = realNews(readFileSync(data, 'utf8'))
  expect(items).toHaveLength(118)
  const renderings = await render(items, { mostPerDay: 300 })
  expect(new Set(renderings.map(({ id }) => id)).size).toBe(118)
  for (const [index, { content, mayLeave, measures, findings }] of renderings.entries()) {
    expect(mayLeave).toBe(true)
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([])
    for (const { value, limit = 0 } of measures) expect(value).toBeLessThanOrEqual(limit)
    const { record } = contentSchema.parse(JSON.parse(content)).posts[0]
    const dated = { ...record, createdAt: '2026-06-29T06:30:00.000Z' }
    expect(AppBskyFeedPost.validateRecord(dated).success).toBe(true)
    expect(content).toContain(JSON.stringify(new URL(items[index]?.sources[0]?.url ?? '').href))
    expect(content).toContain(`"uri": ${JSON.stringify(items[index]?.url)}`)
    expect(record.text).toContain(items[index]?.title)
  }
  expect(renderings.filter(({ findings }) => findings.length > 0).length).toBeLessThan(30)
})
