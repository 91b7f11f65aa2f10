import type { Document } from '@xmldom/xmldom'
import { Feed } from 'feed'
import { addressOf, type FeedDocument } from './document.ts'
import { parseXml } from './xml.ts'

// The only place that knows the `feed` package. Version 6 lets content break out of CDATA sections, passes control
// characters on and rewrites ids, so it is never given a text: it builds the frame from dates and addresses, and
// `rss.ts` and `atom.ts` put every text into the parsed tree.

export function rssSkeleton(document: FeedDocument): Document {
  return parseXml(frame(document).rss2())
}

export function atomSkeleton(document: FeedDocument): Document {
  return parseXml(frame(document).atom1())
}

function frame(document: FeedDocument): Feed {
  return addEntries(new Feed(options(document)), document)
}

/** Stands for a text until the tree is there. */
const LATER = '-'

/** Without `updated` the package takes the clock, and no two builds would be the same. */
function options(document: FeedDocument): Feed['options'] {
  return {
    id: document.id,
    title: LATER,
    description: LATER,
    link: document.home,
    language: LATER,
    generator: 'groundwire',
    ttl: document.ttlMinutes,
    updated: document.updated,
    feedLinks: { rss: addressOf(document, document.folder, 'rss') },
  }
}

function addEntries(feed: Feed, document: FeedDocument): Feed {
  for (const { id, summary, published, updated } of document.entries) {
    const description = summary === '' ? {} : { description: LATER }
    feed.addItem({ title: LATER, link: id, content: LATER, published, date: updated, ...description })
  }
  return feed
}
