import type { Element } from '@xmldom/xmldom'
import { atomSkeleton } from './skeleton.ts'
import type { Entry, FeedDocument } from './document.ts'
import { append, childrenNamed, put, removeAll, rootOf, toXml } from './xml.ts'

/** Atom 1.0 (RFC 4287) from its skeleton. */
export function atomXml(feed: FeedDocument): string {
  const skeleton = atomSkeleton(feed)
  const root = rootOf(skeleton)
  root.setAttribute('xml:lang', feed.language)
  put(root, 'id', feed.home)
  put(root, 'title', feed.title, { type: 'text' })
  if (feed.description) put(root, 'subtitle', feed.description, { type: 'text' })
  else removeAll(root, 'subtitle')
  removeAll(root, 'link')
  const entries = childrenNamed(root, 'entry')
  for (const entry of entries) root.removeChild(entry)
  append(root, 'link', '', { rel: 'alternate', type: 'text/html', href: feed.home })
  append(root, 'link', '', { rel: 'self', type: 'application/atom+xml', href: feed.self('atom.xml') })
  appendPerson(root, feed.title)
  for (const entry of entries) root.appendChild(entry)
  for (const [index, entry] of feed.entries.entries()) fillEntry(entries[index], entry)
  return toXml(skeleton)
}

/** RFC 4287 (4.2.7.2) means `via` for a source, but some readers know only `related`: both, with the same address. */
function fillEntry(element: Element | undefined, entry: Entry): void {
  if (!element) throw new Error(`The Atom skeleton has no entry for ${entry.id}.`)
  put(element, 'id', entry.id)
  put(element, 'title', entry.title, { type: 'text' })
  put(element, 'link', '', { rel: 'alternate', type: 'text/html', href: entry.id })
  if (entry.summary) put(element, 'summary', entry.summary, { type: 'text' })
  put(element, 'content', entry.html, { type: 'html' })
  for (const author of entry.authors) appendPerson(element, author)
  for (const tag of entry.tags) append(element, 'category', '', { term: tag })
  for (const rel of ['via', 'related']) {
    for (const { url, title } of entry.sources) append(element, 'link', '', { rel, href: url, ...(title && { title }) })
  }
}

function appendPerson(parent: Element, name: string): void {
  append(append(parent, 'author'), 'name', name)
}
