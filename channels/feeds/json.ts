import type { Entry, FeedDocument } from './document.ts'

/**
 * JSON Feed 1.1. The `feed` package writes version 1, of which nothing but a plain object would be left after
 * correction, so that this is that object. Keys stand in a fixed order.
 */
export function jsonFeed(feed: FeedDocument): string {
  const document = {
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.home,
    feed_url: feed.self('feed.json'),
    ...(feed.description && { description: feed.description }),
    language: feed.language,
    authors: [{ name: feed.title, url: feed.home }],
    _groundwire: {
      about: 'In each item, "sources" lists the primary sources it was checked against; the first is the source.',
    },
    items: feed.entries.map(jsonItem),
  }
  return `${JSON.stringify(document, undefined, 1)}\n`
}

/** `external_url` holds one source; all of them stand in `_groundwire`, for an extension must be an object. */
function jsonItem(entry: Entry): object {
  return {
    id: entry.id,
    url: entry.id,
    external_url: entry.sources[0]?.url,
    title: entry.title,
    ...(entry.summary && { summary: entry.summary }),
    content_html: entry.html,
    ...(entry.image && { image: entry.image.url }),
    date_published: entry.published.toISOString(),
    date_modified: entry.updated.toISOString(),
    ...(entry.authors.length > 0 && { authors: entry.authors.map((name) => ({ name })) }),
    ...(entry.tags.length > 0 && { tags: entry.tags }),
    _groundwire: { sources: entry.sources },
  }
}
