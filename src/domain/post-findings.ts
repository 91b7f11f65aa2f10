import type { Finding } from './finding.ts'
import type { Item } from './item.ts'
import type { FittedPost } from './post.ts'
import { httpUrl } from './schema.ts'
import { cleanLine } from './text.ts'

/** Addresses that may be linked: those that are http or https. */
export interface PostLinks {
  readonly item?: string
  readonly source?: string
}

/** Which network is spoken of. */
interface Network {
  /** Channel id. */
  readonly channel: string
  /** As people call it. */
  readonly network: string
}

/** What could not be shortened, by how much it is too long, and what a person can do. */
export interface TooLong {
  readonly code: string
  readonly what: string
  readonly advice: string
}

export function linksOf(item: Item): PostLinks {
  const source = item.sources[0]?.url
  return { ...(isWeb(item.url) && { item: item.url }), ...(isWeb(source) && { source }) }
}

/** An absolute http or https address. */
export function isWeb(url: string | undefined): url is string {
  return httpUrl.safeParse(url).success
}

/** What keeps an item from being posted on any network: no source, or no address of its own. */
export function linkFindings(item: Item, { channel }: Network): Finding[] {
  const about = { item: item.url, channel, severity: 'error' } as const
  const links = linksOf(item)
  return [
    ...(links.source
      ? []
      : [
          {
            ...about,
            code: 'no-source',
            field: 'sources',
            message: 'This item has no primary source with an http or https address, so it is not posted.',
            advice: 'Add the address of its primary source where the item is published.',
          },
        ]),
    ...(links.item
      ? []
      : [
          {
            ...about,
            code: 'bad-link',
            field: 'url',
            message: `The item's own address "${cleanLine(item.url)}" is not an http or https address, so it is not posted.`,
            advice: 'Correct the address where the item is published.',
          },
        ]),
  ]
}

/**
 * How the text came out.
 *
 * @param item what it is about; undefined for a whole edition.
 * @param excess by how much it is too long, in words: `12 graphemes`.
 */
export function lengthFindings(
  item: string | undefined,
  post: FittedPost,
  tooLong: TooLong,
  { channel, network, excess }: Network & { readonly excess: string },
): Finding[] {
  const about = { channel, ...(item !== undefined && { item }) }
  if (!post.fits) {
    const message = `${tooLong.what} ${excess} longer than a ${network} post may be, so it is not posted.`
    return [{ ...about, severity: 'error', code: tooLong.code, message, advice: tooLong.advice }]
  }
  return post.shortened ? [{ ...about, severity: 'note', code: 'post-shortened', ...shortened(post, network) }] : []
}

function shortened({ prose, kept }: FittedPost, network: string): Pick<Finding, 'field' | 'message'> {
  if (prose === '')
    return { field: 'title', message: `None of the text fits into the ${network} post, only its links.` }
  const end = (kept || prose).split(/\s+/u).slice(-4).join(' ').slice(-60).toWellFormed()
  return { field: 'summary', message: `The text was shortened to fit into a ${network} post; it ends with "${end}".` }
}
