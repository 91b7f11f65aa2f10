import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { feedsChannel } from '../../channels/feeds/index.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { readFeed } from '../../src/sources/feed.ts'
import { openSource } from '../../src/sources/index.ts'
import { gather, noHttp, pieces, wordsOf } from './reading.ts'

it('what the feeds channel writes can be read back: a publication can be carried on from its own feeds', async () => {
  const location = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))
  const { items } = await gather(openSource({ location }, noHttp).read({}))
  const news = items.filter(({ published, sources }) => published !== undefined && sources.length > 0)
  const publication = {
    name: 'Tidewatch',
    description: 'The harbour.',
    url: 'https://tidewatch.example/',
    language: 'en',
    zone: 'Europe/London',
    address: 'Pier 2',
  }
  const edition: Edition = {
    id: 'daily/2026-10-16',
    schedule: 'daily',
    date: '2026-10-16',
    plannedAt: '2026-10-16T06:30:00.000Z',
    source: location,
    publication,
    subject: 'Friday',
    preheader: '',
    intro: '',
    stories: news.slice(0, 8),
    briefs: [],
    background: [],
  }
  const recent = news.map((item) => {
    const instant = `${item.published}T06:00:00.000Z`
    return { item, published: instant, updated: instant }
  })
  const context = { house: { publication, publicUrl: 'https://mail.tidewatch.example' }, recent }
  const renderings = await feedsChannel.render(edition, context, feedsChannel.settings.parse({}))
  expect(renderings).toHaveLength(3)
  for (const { id, content } of renderings) {
    const back = await gather(readFeed(pieces(content), { section: 'news' }))
    expect(back.findings, id).toEqual([])
    expect(back.about, id).toMatchObject({ title: 'Tidewatch', url: 'https://tidewatch.example/' })
    expect(back.items, id).toMatchObject(
      recent.map(({ item, published }) => ({
        url: item.url,
        title: item.title,
        summary: item.summary,
        published,
        sources: item.sources.map(({ url }) => ({ url })),
      })),
    )
    for (const [index, { body }] of back.items.entries()) {
      const written = wordsOf(news[index]?.body.text.replace(/\]\([^)]*\)/g, '') ?? '').slice(0, 20)
      expect(wordsOf(body.text.replace(/<[^>]*>/g, '').replace(/&#?\w+;/g, ' ')).join(' ')).toContain(written.join(' '))
    }
  }
})
