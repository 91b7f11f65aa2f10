import { light } from '../../../emails/theme.ts'
import type { PublicHouse } from '../../../src/channel.ts'
import { cleanLine } from '../../../src/domain/text.ts'
import { within } from './fit.ts'

/** Lexicon `site.standard.publication`: maxGraphemes and maxLength (UTF-8 bytes). */
const NAME = { graphemes: 500, bytes: 5000 }
const DESCRIPTION = { graphemes: 3000, bytes: 30_000 }

export interface PublicationRecord {
  readonly $type: 'site.standard.publication'
  readonly url: string
  readonly name: string
  readonly [field: string]: unknown
}

/** The same publication gives the same bytes. */
export function publicationRecord({ publication }: Pick<PublicHouse, 'publication'>): PublicationRecord {
  const description = within(cleanLine(publication.description), DESCRIPTION)
  return {
    $type: 'site.standard.publication',
    url: publicationUrl(publication.url) ?? publication.url,
    name: within(cleanLine(publication.name), NAME),
    ...(description && { description }),
    basicTheme: {
      $type: 'site.standard.theme.basic',
      background: rgb(light.paper),
      foreground: rgb(light.ink),
      // For links and buttons, which in this house are of ink: the accent says "checked against the source", nothing else.
      accent: rgb(light.ink),
      accentForeground: rgb(light.paper),
    },
  }
}

/**
 * What, put behind the publication's address, makes the page's. Bluesky compares the two by scheme, host and path
 * (bluesky-social/atproto, packages/bsky, util/standard-site.ts); the query is kept, for it may lead to the page.
 *
 * @returns undefined for a page that does not lie under the publication's address.
 */
export function pathOf(page: string, { publication }: Pick<PublicHouse, 'publication'>): string | undefined {
  const base = publicationUrl(publication.url)
  if (base === undefined || !URL.canParse(page)) return undefined
  const { origin, pathname, search } = new URL(page)
  const folder = new URL(base)
  const prefix = folder.pathname.replace(/\/$/, '')
  if (origin !== folder.origin || !`${pathname}/`.startsWith(`${prefix}/`)) return undefined
  return (pathname.slice(prefix.length) || '/') + search
}

/** The publication's own path, as a well-known address carries it at its end: `/news`, '' for the root. */
export function publicationPath({ publication }: Pick<PublicHouse, 'publication'>): string {
  const url = publicationUrl(publication.url)
  return url === undefined ? '' : new URL(url).pathname.replace(/\/$/, '')
}

/** Without trailing slash, query and fragment; undefined for what is no http(s) address. */
function publicationUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname } = new URL(text)
  return protocol === 'https:' || protocol === 'http:' ? origin + pathname.replace(/\/+$/, '') : undefined
}

/** @param color `#rrggbb` */
function rgb(color: string) {
  const [r, g, b] = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16))
  return { $type: 'site.standard.theme.color#rgb', r, g, b }
}
