import { addressOf, type FeedList } from './document.ts'
import { append, onlyChild, parseXml, rootOf, toXml } from './xml.ts'

/**
 * `feeds/feeds.opml` (OPML 2.0): all feeds at once, for import into a reader. Each stands in it once, or a reader would
 * subscribe to every item three times; as RSS, which is what the type `rss` means to the strict.
 */
export function opml({ publisher, language, publicUrl, feeds }: FeedList): string {
  const document = parseXml('<opml version="2.0"><head/><body/></opml>')
  const root = rootOf(document)
  const head = onlyChild(root, 'head')
  append(head, 'title', shown(`Feeds of ${publisher}`))
  append(head, 'ownerName', shown(publisher))
  const body = onlyChild(root, 'body')
  for (const { title, about, folder, home } of feeds) {
    append(body, 'outline', '', {
      type: 'rss',
      version: 'RSS2',
      text: shown(title),
      title: shown(title),
      ...(about && { description: shown(about) }),
      language,
      xmlUrl: addressOf({ publicUrl }, folder, 'rss'),
      htmlUrl: home,
    })
  }
  return toXml(document)
}

/** OPML takes these for HTML, most readers for plain text: what both show the same stays as it is. */
function shown(plain: string): string {
  return plain.replaceAll('<', '&lt;')
}
