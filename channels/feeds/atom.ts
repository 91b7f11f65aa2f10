import type { Element } from '@xmldom/xmldom'
import type { Entry, FeedDocument } from './document.ts'
import { documentLinks, sectionScheme, sourceLink, stylesheetPath } from './links.ts'
import { appendAttachment, appendImage } from './media.ts'
import { atomSkeleton } from './skeleton.ts'
import {
  append,
  childrenNamed,
  declarePrefixes,
  insert,
  linkStylesheet,
  put,
  putHtml,
  removeAll,
  rootOf,
  toXml,
} from './xml.ts'

/** Atom 1.0 (RFC 4287) from its skeleton. */
export function atomXml(feed: FeedDocument): string {
  const skeleton = atomSkeleton(feed)
  linkStylesheet(skeleton, stylesheetPath(feed))
  const root = rootOf(skeleton)
  const isClosed = feed.archive.kind === 'closed'
  root.setAttribute('xml:lang', feed.language)
  declarePrefixes(root, ['media', ...(isClosed ? ['fh'] : [])])
  put(root, 'id', feed.id)
  put(root, 'title', feed.title, { type: 'text' })
  if (feed.description) put(root, 'subtitle', feed.description, { type: 'text' })
  else removeAll(root, 'subtitle')
  removeAll(root, 'link')
  const entries = childrenNamed(root, 'entry')
  const [first] = entries
  insert(root, first, 'link', '', { rel: 'alternate', type: 'text/html', href: feed.home })
  for (const link of documentLinks(feed, 'atom')) insert(root, first, 'link', '', link)
  append(insert(root, first, 'author'), 'name', feed.publisher)
  if (isClosed) insert(root, first, 'fh:archive')
  for (const [index, entry] of feed.entries.entries()) fillEntry(entries[index], entry, sectionScheme(feed))
  return toXml(skeleton)
}

function fillEntry(element: Element | undefined, entry: Entry, scheme: string): void {
  if (!element) throw new Error(`The Atom skeleton has no entry for ${entry.id}.`)
  put(element, 'id', entry.id)
  put(element, 'title', entry.title, { type: 'text' })
  put(element, 'link', '', { rel: 'alternate', type: 'text/html', href: entry.id })
  if (entry.summary) put(element, 'summary', entry.summary, { type: 'text' })
  putHtml(element, 'content', entry.html, { type: 'html' })
  for (const author of entry.authors) append(append(element, 'author'), 'name', author)
  for (const tag of entry.tags) append(element, 'category', '', { term: tag })
  if (entry.section) append(element, 'category', '', { scheme, term: entry.section, label: entry.section })
  appendLinks(element, entry)
  appendImage(element, entry)
  for (const attachment of entry.attachments) appendAttachment(element, attachment)
}

/**
 * RFC 4287 (4.2.7.2) means `via` for a source, but some readers know only `related`, and open it in place of the entry:
 * both, with the same address, where the entry is about its source; of an edition, which is about many, `via` alone.
 */
function appendLinks(element: Element, { about, sources, attachments }: Entry): void {
  const relations = about === undefined ? ['via'] : ['via', 'related']
  for (const rel of relations) {
    for (const source of sources) append(element, 'link', '', sourceLink(rel, source))
  }
  for (const { url, mediaType, title, bytes } of attachments) {
    const length = bytes === undefined ? {} : { length: String(bytes) }
    append(element, 'link', '', { rel: 'enclosure', href: url, type: mediaType, ...length, ...(title && { title }) })
  }
}
