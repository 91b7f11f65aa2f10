import type { Element } from '@xmldom/xmldom'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Entry, FeedDocument } from './document.ts'
import { documentLinks, sectionScheme, sourceLink, stylesheetPath } from './links.ts'
import { appendAttachment, appendImage, isPlayed } from './media.ts'
import { rssSkeleton } from './skeleton.ts'
import {
  append,
  childrenNamed,
  declarePrefixes,
  insert,
  linkStylesheet,
  onlyChild,
  put,
  putHtml,
  removeAll,
  rootOf,
  toXml,
} from './xml.ts'

/** RSS 2.0 from its skeleton, with the elements of other vocabularies that validators know and readers use. */
export function rssXml(feed: FeedDocument): string {
  const skeleton = rssSkeleton(feed)
  linkStylesheet(skeleton, stylesheetPath(feed))
  const root = rootOf(skeleton)
  const isClosed = feed.archive.kind === 'closed'
  declarePrefixes(root, ['atom', 'content', 'dc', 'media', ...(isClosed ? ['fh'] : [])])
  const channel = onlyChild(root, 'channel')
  put(channel, 'title', feed.title)
  put(channel, 'link', feed.home)
  put(channel, 'description', feed.description || feed.title)
  put(channel, 'language', feed.language)
  removeAll(channel, 'atom:link')
  const items = childrenNamed(channel, 'item')
  for (const link of documentLinks(feed, 'rss')) insert(channel, items[0], 'atom:link', '', link)
  if (isClosed) insert(channel, items[0], 'fh:archive')
  for (const [index, entry] of feed.entries.entries()) fillItem(items[index], entry, sectionScheme(feed))
  return toXml(skeleton)
}

function fillItem(item: Element | undefined, entry: Entry, sections: string): void {
  if (!item) throw new Error(`The RSS skeleton has no item for ${entry.id}.`)
  put(item, 'title', entry.title)
  put(item, 'link', entry.id)
  put(item, 'guid', entry.id, { isPermaLink: 'true' })
  // Readers take a description for HTML, which a plain text must survive.
  if (entry.summary) put(item, 'description', asHtml(entry.summary))
  // Empty: some readers take the second best for the content where there is none.
  else insert(item, onlyChild(item, 'content:encoded'), 'description')
  putHtml(item, 'content:encoded', entry.html)
  // RSS has no date of its own for a change, and its <author> is an e-mail address.
  append(item, 'atom:updated', entry.updated.toISOString())
  for (const author of entry.authors) append(item, 'dc:creator', author)
  for (const tag of entry.tags) append(item, 'category', tag)
  if (entry.section) append(item, 'category', entry.section, { domain: sections })
  for (const source of entry.sources) append(item, 'atom:link', '', sourceLink('via', source))
  appendEnclosure(item, entry)
  appendImage(item, entry)
  for (const attachment of entry.attachments) appendAttachment(item, attachment)
}

/** RSS knows one enclosure, which podcast readers play, and it must have a length; Media RSS carries all files. */
function appendEnclosure(item: Element, { attachments }: Entry): void {
  const first = attachments.find(isPlayed)
  if (!first) return
  append(item, 'enclosure', '', { url: first.url, length: String(first.bytes ?? 0), type: first.mediaType })
}

function asHtml(plain: string): string {
  return plain.replace(/[&<>]/g, (mark) => escapeHtml(mark))
}
