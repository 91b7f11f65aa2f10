import type { Item } from '../../src/domain/item.ts'
import { itemPost, type ItemPost, type PostLinks } from '../../src/domain/item-post.ts'
import type { Segment } from '../../src/domain/post.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { countGraphemes, languageTag } from '../../src/domain/text.ts'
import { sameSourceKey } from '../../src/domain/url.ts'
import type { MastodonSettings } from './settings.ts'

const ZERO_WIDTH_SPACE = '\u200B'

/** Parameters of `POST /api/v1/statuses`, frozen at approval. */
interface Status {
  readonly status: string
  /** Absent when the publication's language is not a BCP 47 tag. */
  readonly language?: string
  readonly visibility: MastodonSettings['visibility']
}

export interface MastodonPost extends ItemPost {
  readonly status: Status
}

export function mastodonPost(item: Item, publication: Publication, settings: MastodonSettings): MastodonPost {
  const post = itemPost(item, {
    channel: 'mastodon',
    network: 'Mastodon',
    hashtags: settings.hashtags,
    guard: guardProse,
    fits: (segments) => countCharacters(segments, settings.urlCharacters) <= settings.maxCharacters,
    tails: (links) => [tailOf(links)],
  })
  const language = languageTag(publication.language)
  return { ...post, status: { status: post.text, ...(language && { language }), visibility: settings.visibility } }
}

/** The item first: the server makes its card of the first link. An item that is its own source has one link. */
function tailOf({ item, source }: PostLinks): Segment[] {
  if (!source) return item ? line('Read: ', item) : []
  const last = line('Source: ', source)
  return !item || sameSourceKey(item) === sameSourceKey(source)
    ? last
    : [...line('Read: ', item), { text: '\n' }, ...last]
}

function line(name: string, url: string): Segment[] {
  return [{ text: name }, { text: plainUrl(url), link: plainUrl(url) }]
}

/**
 * Length as the server counts it (StatusLengthValidator): graphemes, with `urlCharacters` for each of our links
 * whatever its length. Other addresses, in prose, count at least that and never less than they are, for not every
 * server finds the same ones.
 */
export function countCharacters(segments: readonly Segment[], urlCharacters: number): number {
  const counted = segments.map(({ text, link }) =>
    link === undefined
      ? text.replace(/https?:\/\/[^\s<>"]+/giu, (url) => 'x'.repeat(Math.max(urlCharacters, countGraphemes(url))))
      : 'x'.repeat(urlCharacters),
  )
  return countGraphemes(counted.join(''))
}

/** Puts a zero-width space where the server would make a mention (`@word`), a hashtag (`#word`) or an emoji (`:word:`). */
export function guardProse(prose: string): string {
  return prose
    .replace(/[@＠](?=[\p{L}\p{N}_])/gu, `$&${ZERO_WIDTH_SPACE}`)
    .replace(/[#＃](?=[\p{L}\p{N}\p{M}_·])/gu, `$&${ZERO_WIDTH_SPACE}`)
    .replace(/(?<![\w:]):(?=\w{2,}:)/g, `$&${ZERO_WIDTH_SPACE}`)
}

/**
 * The same address, written so that a server which finds links in plain text takes all of it: brackets and the like,
 * and a last character that would be read as the end of a sentence, are percent-encoded (Mastodon's twitter_regex.rb).
 */
export function plainUrl(url: string): string {
  const href = new URL(url).href.replace(/[()<>"'\\^`{|}]/g, encode)
  const mayEnd = href.includes('?') ? /[\w&=#/+-]$/ : /[\w#/+-]$/
  return mayEnd.test(href) ? href : href.replace(/.$/, encode)
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
