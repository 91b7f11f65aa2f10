import { NEVER, RENDERED_POLICY } from '../headers.ts'

/** A file of the feeds that may be asked for. That it is there is not said. */
export interface FeedFile {
  /** Below `public/`, and of its kept bytes everywhere. */
  readonly path: string
  readonly type: string
  readonly policy: string
  /** What readers poll and hubs tell of: neither an archive nor a page. */
  readonly isSubscription: boolean
}

interface Kind {
  readonly type: string
  readonly policy: string
}

/** Browsers show XML as a page only under its general type, and only then load its style sheet. */
const XML: Kind = { type: 'application/xml; charset=utf-8', policy: `${NEVER}; style-src 'self'` }
const FEEDS: Readonly<Record<string, Kind>> = {
  'rss.xml': XML,
  'atom.xml': XML,
  'feed.json': { type: 'application/feed+json; charset=utf-8', policy: NEVER },
}
const OTHERS: Readonly<Record<string, Kind>> = {
  'llms.txt': { type: 'text/plain; charset=utf-8', policy: NEVER },
  'llms-full.txt': { type: 'text/plain; charset=utf-8', policy: NEVER },
  'feeds/index.html': { type: 'text/html; charset=utf-8', policy: RENDERED_POLICY },
  'feeds/feeds.opml': { type: 'text/x-opml; charset=utf-8', policy: NEVER },
  'feeds/feed.css': { type: 'text/css; charset=utf-8', policy: NEVER },
}

/** The page that lists the feeds; on the disk it is the index of their folder. */
export const FEEDS_PAGE = 'feeds/index.html'

const SECTION = 'feeds/(?!archive/)[a-z0-9][a-z0-9-]{0,63}/'
const MONTH = 'archive/\\d{4}-\\d{2}/'
const FEED = new RegExp(`^(?:${SECTION}|(?:feeds/|${SECTION})(${MONTH}))?((?:rss|atom)\\.xml|feed\\.json)$`)

/**
 * The file meant by the path of an address. Only names that the feeds could have are one: all else, encoded forms and
 * temporary files among it, is turned away before the disk is asked.
 */
export function feedFileOf(pathname: string): FeedFile | undefined {
  const path = pathname === '/feeds' ? FEEDS_PAGE : pathname.slice(1)
  const other = Object.hasOwn(OTHERS, path) ? OTHERS[path] : undefined
  if (other) return { path, ...other, isSubscription: false }
  const [, month, name = ''] = FEED.exec(path) ?? []
  const kind = FEEDS[name]
  return kind && { path, ...kind, isSubscription: month === undefined }
}
