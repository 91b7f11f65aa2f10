import type { Element } from '@xmldom/xmldom'
import { escapeHtml } from '../../src/domain/html.ts'
import { rssSkeleton } from './skeleton.ts'
import type { Entry, FeedDocument } from './document.ts'
import { append, childrenNamed, declarePrefixes, onlyChild, put, rootOf, toXml } from './xml.ts'

/** RSS 2.0 from its skeleton, with the elements of other vocabularies that validators know and readers use. */
export function rssXml(feed: FeedDocument): string {
  const skeleton = rssSkeleton(feed)
  const root = rootOf(skeleton)
  declarePrefixes(root, ['atom', 'content', 'dc', 'media'])
  const channel = onlyChild(root, 'channel')
  put(channel, 'title', feed.title)
  put(channel, 'link', feed.home)
  put(channel, 'description', feed.description || feed.title)
  put(channel, 'language', feed.language)
  put(channel, 'atom:link', '', { href: feed.self('rss.xml'), rel: 'self', type: 'application/rss+xml' })
  const items = childrenNamed(channel, 'item')
  for (const [index, entry] of feed.entries.entries()) fillItem(items[index], entry)
  return toXml(skeleton)
}

function fillItem(item: Element | undefined, entry: Entry): void {
  if (!item) throw new Error(`The RSS skeleton has no item for ${entry.id}.`)
  put(item, 'title', entry.title)
  put(item, 'link', entry.id)
  put(item, 'guid', entry.id, { isPermaLink: 'true' })
  // Readers take a description for HTML, which a plain text must survive.
  if (entry.summary)
    put(
      item,
      'description',
      entry.summary.replace(/[&<>]/g, (mark) => escapeHtml(mark)),
    )
  put(item, 'content:encoded', entry.html)
  // RSS has no date of its own for a change, and its <author> is an e-mail address.
  append(item, 'atom:updated', entry.updated.toISOString())
  for (const author of entry.authors) append(item, 'dc:creator', author)
  for (const tag of entry.tags) append(item, 'category', tag)
  for (const { url, title } of entry.sources) {
    append(item, 'atom:link', '', { rel: 'via', href: url, ...(title && { title }) })
  }
  if (entry.image) append(item, 'media:content', '', { url: entry.image.url, medium: 'image' })
}
