import { EDITIONS_FOLDER, feedFormats, FEEDS_FOLDER } from '../domain/feed-format.ts'
import type { StandingDocument } from '../ports.ts'
import type { FeedLink } from './view.ts'

/** Archives lie deeper, and what hubs are told elsewhere. */
const FEED = new RegExp(`^(?:(${FEEDS_FOLDER}/[^/]+)/)?([^/]+)$`)

/** What readers can poll among the documents: neither archives nor pages. Always in the same order. */
export function feedLinks(documents: readonly Pick<StandingDocument, 'id' | 'title' | 'mediaType'>[]): FeedLink[] {
  return documents
    .flatMap(({ id, title, mediaType }) => {
      const [, folder = '', file] = FEED.exec(id) ?? []
      const format = feedFormats.findIndex((one) => one.file === file)
      return format < 0 ? [] : [{ link: { title, mediaType, path: id }, folder, format }]
    })
    .toSorted((a, b) => rank(a.folder) - rank(b.folder) || order(a.folder, b.folder) || a.format - b.format)
    .map(({ link }) => link)
}

function rank(folder: string): number {
  return folder === '' ? 0 : folder === EDITIONS_FOLDER ? 2 : 1
}

/** By characters, for what a language says of their order changes with the machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
