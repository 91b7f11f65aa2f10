import type { Attachment } from '../../src/domain/item.ts'
import { addressOf, type Entry, type FeedDocument } from './document.ts'
import { feedsPageAddress } from './links.ts'

/**
 * JSON Feed 1.1. The `feed` package writes version 1, of which nothing but a plain object would be left after
 * correction, so that this is that object. Keys stand in a fixed order. What is our own is explained at `about`.
 */
export function jsonFeed(feed: FeedDocument): string {
  const { previous } = feed.archive
  const about = feedsPageAddress(feed)
  const document = {
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.home,
    feed_url: addressOf(feed, feed.folder, 'json'),
    ...(feed.description && { description: feed.description }),
    ...(previous !== undefined && { next_url: addressOf(feed, previous, 'json') }),
    language: feed.language,
    authors: [{ name: feed.publisher, url: feed.home }],
    ...(feed.hubs.length > 0 && { hubs: feed.hubs.map((url) => ({ type: 'WebSub', url })) }),
    _groundwire: { about: `${about}#section` },
    _sources: { about: `${about}#sources` },
    items: feed.entries.map(jsonItem),
  }
  return `${JSON.stringify(document, undefined, 1)}\n`
}

/** `external_url` holds one source; all of them stand in `_sources`, an object as every extension must be. */
function jsonItem(entry: Entry): object {
  return {
    id: entry.id,
    url: entry.id,
    ...(entry.about !== undefined && { external_url: entry.about }),
    title: entry.title,
    ...(entry.summary && { summary: entry.summary }),
    content_html: entry.html,
    ...(entry.image && { image: entry.image.url }),
    date_published: entry.published.toISOString(),
    date_modified: entry.updated.toISOString(),
    ...(entry.authors.length > 0 && { authors: entry.authors.map((name) => ({ name })) }),
    ...(entry.tags.length > 0 && { tags: entry.tags }),
    ...(entry.attachments.length > 0 && { attachments: entry.attachments.map(jsonAttachment) }),
    ...(entry.section && { _groundwire: { section: entry.section } }),
    _sources: { links: entry.sources },
  }
}

function jsonAttachment({ url, mediaType, title, bytes, seconds }: Attachment): object {
  return {
    url,
    mime_type: mediaType,
    ...(title && { title }),
    ...(bytes !== undefined && { size_in_bytes: bytes }),
    ...(seconds !== undefined && { duration_in_seconds: seconds }),
  }
}
