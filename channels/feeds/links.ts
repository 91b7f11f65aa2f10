import { FEEDS_FOLDER, feedFormats, type FeedFormat } from '../../src/domain/feed-format.ts'
import type { Link } from '../../src/domain/item.ts'
import { addressOf, type FeedDocument } from './document.ts'
import type { Attributes } from './xml.ts'

type Published = Pick<FeedDocument, 'publicUrl'>

/** The page that explains the feeds; with `#sources` and `#section` what is our own in them. */
export function feedsPageAddress({ publicUrl }: Published): string {
  return `${publicUrl}/${FEEDS_FOLDER}`
}

/** All feeds at once. */
export function opmlAddress({ publicUrl }: Published): string {
  return `${publicUrl}/${FEEDS_FOLDER}/feeds.opml`
}

/** Stands in the scheme of a category that is the section, so that it is told from a tag. */
export function sectionScheme(feed: Published): string {
  return `${feedsPageAddress(feed)}#section`
}

/** Where browsers find `feed.css`: without scheme and host, for a style sheet of another origin is not loaded. */
export function stylesheetPath({ publicUrl }: Published): string {
  return new URL(`${publicUrl}/${FEEDS_FOLDER}/feed.css`).pathname
}

/** Atom links of an XML document: to itself, to its hubs (WebSub) and to its neighbours (RFC 5005, section 4). */
export function documentLinks(feed: FeedDocument, format: FeedFormat): Attributes[] {
  const type = mediaTypeOf(format)
  const { current, previous, next } = feed.archive
  const neighbours = [
    ['self', feed.folder],
    ['current', current],
    ['prev-archive', previous],
    ['next-archive', next],
  ] as const
  return [
    ...neighbours.flatMap(([rel, folder]) =>
      folder === undefined ? [] : [{ rel, type, href: addressOf(feed, folder, format) }],
    ),
    ...feed.hubs.map((href) => ({ rel: 'hub', href })),
  ]
}

export function sourceLink(rel: string, { url, title }: Link): Attributes {
  return { rel, href: url, ...(title && { title }) }
}

function mediaTypeOf(format: FeedFormat): string {
  return feedFormats.find((one) => one.format === format)?.mediaType ?? 'application/xml'
}
