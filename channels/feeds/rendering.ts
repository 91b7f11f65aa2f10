import type { RenderContext } from '../../src/channel.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { utf8Bytes } from '../../src/domain/text.ts'
import { atomXml } from './atom.ts'
import { feedDocument, type FileName } from './document.ts'
import { selectEntries } from './entries.ts'
import { jsonFeed } from './json.ts'
import { feedPages } from './page.ts'
import { rssXml } from './rss.ts'
import type { FeedsSettings } from './settings.ts'

export function renderFeeds(
  edition: Edition,
  { house, recent }: RenderContext,
  { limit, ttlMinutes }: FeedsSettings,
): Rendering[] {
  const { entries, findings } = selectEntries(recent, limit, house.publication)
  const feed = feedDocument(edition, house, entries, ttlMinutes)
  const page = feedPages(feed, house.publication.zone)

  return [
    rendering('rss.xml', 'RSS', 'application/rss+xml', rssXml(feed)),
    rendering('atom.xml', 'Atom', 'application/atom+xml', atomXml(feed)),
    rendering('feed.json', 'JSON Feed', 'application/feed+json', jsonFeed(feed)),
  ]

  function rendering(file: FileName, title: string, mediaType: string, content: string): Rendering {
    const bytes = utf8Bytes(content)
    return {
      id: file,
      identity: `${file}@${edition.id}`,
      title,
      mediaType,
      content,
      page: page({ file, title, bytes }),
      measures: [
        { name: 'bytes', value: bytes },
        { name: 'entries', value: entries.length },
      ],
      findings,
      mayLeave: true,
    }
  }
}
