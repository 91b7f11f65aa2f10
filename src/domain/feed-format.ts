/** The three formats of a feed, in the order in which they are offered. */
export const feedFormats = [
  { format: 'rss', file: 'rss.xml', name: 'RSS', mediaType: 'application/rss+xml' },
  { format: 'atom', file: 'atom.xml', name: 'Atom', mediaType: 'application/atom+xml' },
  { format: 'json', file: 'feed.json', name: 'JSON Feed', mediaType: 'application/feed+json' },
] as const

export type FeedFormat = (typeof feedFormats)[number]['format']

/** Below `public/`, and below the public address: '' is the root itself. */
export type Folder = string

/** Where the page that explains the feeds lies, and everything about them that is not the first feed itself. */
export const FEEDS_FOLDER = 'feeds'

/** Where the feed of the editions lies. */
export const EDITIONS_FOLDER: Folder = `${FEEDS_FOLDER}/editions`

/** `feeds/news/rss.xml`; in the root `rss.xml`. */
export function feedPath(folder: Folder, format: FeedFormat): string {
  const file = feedFormats.find((one) => one.format === format)?.file ?? format
  return folder === '' ? file : `${folder}/${file}`
}

/**
 * What a rendering of the feeds announces when it is no file: `websub/hub-example-1f0c2b7a/feeds/news/atom.xml` tells a
 * WebSub hub that this path has changed. Undefined for a file.
 */
export function announcementIn(id: string): { readonly hub: string; readonly path: string } | undefined {
  const [, hub, path] = /^websub\/([^/]+)\/(.+)$/.exec(id) ?? []
  return hub === undefined || path === undefined ? undefined : { hub, path }
}
