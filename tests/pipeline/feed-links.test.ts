import { describe, expect, it } from 'vitest'
import { feedLinks } from '../../src/pipeline/feed-links.ts'

const documents = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, title: `The title of ${id}`, mediaType: 'a/type', edition: 'daily/2026-06-29' }))

describe('the feeds that readers can poll', () => {
  it('are everything first, then the sections by name, then the editions, each in three formats', () => {
    const ids = [
      'rss.xml',
      'atom.xml',
      'feed.json',
      'feeds/edits/rss.xml',
      'feeds/learn/rss.xml',
      'feeds/learn/atom.xml',
      'feeds/learn/feed.json',
      'feeds/news/rss.xml',
      'feeds/zebra/atom.xml',
      'feeds/editions/rss.xml',
      'feeds/editions/feed.json',
    ]
    for (const shuffled of [ids, ids.toReversed(), ids.toSorted()])
      expect(feedLinks(documents(...shuffled)).map(({ path }) => path)).toEqual(ids)
    expect(feedLinks(documents('rss.xml'))).toEqual([
      { title: 'The title of rss.xml', mediaType: 'a/type', path: 'rss.xml' },
    ])
  })

  it('are neither archives nor pages nor what hubs are told', () => {
    const others = [
      'feeds/archive/2026-06/rss.xml',
      'feeds/news/archive/2026-06/atom.xml',
      'feeds/index.html',
      'feeds/feeds.opml',
      'feeds/feed.css',
      'llms.txt',
      'llms-full.txt',
      'websub/hub-example-01234567/rss.xml',
      'websub/hub-example-01234567/feeds/news/rss.xml',
    ]
    expect(feedLinks(documents(...others))).toEqual([])
  })
})
