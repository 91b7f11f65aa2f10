import type { PublicHouse } from '../../src/channel.ts'
import type { Published } from '../../src/channel/published.ts'
import { FEEDS_FOLDER } from '../../src/domain/feed-format.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { basisOf, sharedBasis } from './basis.ts'
import type { Catalogue } from './catalogue.ts'
import { editionTitle, pageOf } from './editions.ts'
import { feedCss } from './feed-css.ts'
import { feedsPage } from './list.ts'
import { llmsFullTxt, llmsTxt, type LlmsInput } from './llms.ts'
import { opml } from './opml.ts'
import type { FeedsSettings } from './settings.ts'

/** How many of the latest editions `llms.txt` names. */
const LLMS_EDITIONS = 30

/** A file beside the feeds. `content` is asked for only where it is to be written. */
export interface Companion {
  readonly path: string
  readonly title: string
  readonly mediaType: string
  readonly basis: string
  content(): Promise<string>
}

/** The page that lists the feeds, the list for import, the style sheet and the texts for language models. */
export function companionsOf(
  { list, lines }: Pick<Catalogue, 'list' | 'lines'>,
  published: Published,
  settings: FeedsSettings,
  house: PublicHouse,
): Companion[] {
  const own = [
    ready('index.html', 'The page of the feeds', 'text/html', feedsPage({ ...list, hasLlms: settings.llmsItems > 0 })),
    ready('feeds.opml', 'All feeds, for import (OPML)', 'text/x-opml', opml(list)),
    ready('feed.css', 'The style sheet of the feeds', 'text/css', feedCss),
  ]
  const { llmsItems } = settings
  const files = ['llms.txt', 'llms-full.txt'].filter((path) => llmsItems > 0 || published.standing.has(path))
  if (files.length === 0) return own
  const items = lines.slice(0, llmsItems)
  const editions = llmsItems === 0 ? [] : published.editions.slice(0, LLMS_EDITIONS)
  const basis = basisOf([sharedBasis(house, settings), list, items.map(urlAndHash), editions.map(idAndHash)])
  const input = once(async (): Promise<LlmsInput> => ({
    list,
    zone: house.publication.zone,
    items: await published.itemsOf(items.map(({ url }) => url)),
    editions: (await published.editionsOf(editions.map(({ id }) => id))).map((past) => ({
      url: pageOf(past.edition.id, house),
      title: editionTitle(past, house),
    })),
  }))
  const text = (path: string): Companion => ({
    path,
    title: path,
    mediaType: 'text/plain',
    basis,
    content: async () => (path === 'llms.txt' ? llmsTxt : llmsFullTxt)(await input()),
  })
  return [...own, ...files.map(text)]
}

/** These are small: their bytes are what they are made of. */
function ready(name: string, title: string, mediaType: string, content: string): Companion {
  const path = `${FEEDS_FOLDER}/${name}`
  return { path, title, mediaType, basis: sha256(content), content: async () => content }
}

function urlAndHash({ url, hash }: Published['items'][number]): readonly string[] {
  return [url, hash]
}

function idAndHash({ id, hash }: Published['editions'][number]): readonly string[] {
  return [id, hash]
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => (made ??= make())
}
