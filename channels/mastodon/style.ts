import type { EditionStyle } from '../../src/domain/edition-post.ts'
import type { PostStyle } from '../../src/domain/item-post.ts'
import type { Segment } from '../../src/domain/post.ts'
import type { PostLinks } from '../../src/domain/post-findings.ts'
import type { Measure } from '../../src/domain/rendering.ts'
import { countGraphemes } from '../../src/domain/text.ts'
import { sameSourceKey } from '../../src/domain/url.ts'
import type { Limits } from './limits.ts'

const ZERO_WIDTH_SPACE = '\u200B'

type Counted = Pick<Limits, 'maxCharacters' | 'urlCharacters' | 'spoiler'>

export function itemStyle(limits: Counted): PostStyle {
  return {
    channel: 'mastodon',
    network: 'Mastodon',
    guard: guardProse,
    fits(segments) {
      const text = countedText(segments, limits.urlCharacters, limits.spoiler)
      // There are never more graphemes than code units, and counting them is what takes time.
      return text.length <= limits.maxCharacters || countGraphemes(text) <= limits.maxCharacters
    },
    excess(segments) {
      const excess = lengthOf(segments, limits) - limits.maxCharacters
      return excess === 1 ? '1 character' : `${excess} characters`
    },
    tails: (links) => [tailOf(links)],
  }
}

/** @param link to the edition; undefined where there is none. */
export function editionStyle(link: string | undefined, limits: Counted): EditionStyle {
  return {
    ...itemStyle(limits),
    entry: (title, source) => line(`• ${title}\n`, source),
    close(more) {
      const words = `and ${more} more`
      if (link === undefined) return more === 0 ? [] : [{ text: words }]
      return line(more === 0 ? 'Read on: ' : `${words}: `, link)
    },
  }
}

/** How long the longest of these posts is. */
export function measuresOf(posts: readonly (readonly Segment[])[], limits: Counted): Measure[] {
  const value = Math.max(...posts.map((segments) => lengthOf(segments, limits)))
  return [{ name: 'characters', value, limit: limits.maxCharacters }]
}

function lengthOf(segments: readonly Segment[], { urlCharacters, spoiler }: Counted): number {
  return countCharacters(segments, urlCharacters, spoiler)
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
 * Length as the server counts it (StatusLengthValidator): graphemes, those of the content warning too, with
 * `urlCharacters` for each of our links whatever its length. Other addresses, in prose, count at least that and never
 * less than they are, for not every server finds the same ones.
 */
export function countCharacters(segments: readonly Segment[], urlCharacters: number, spoiler = ''): number {
  return countGraphemes(countedText(segments, urlCharacters, spoiler))
}

function countedText(segments: readonly Segment[], urlCharacters: number, spoiler: string): string {
  const counted = segments.map(({ text, link }) =>
    link === undefined
      ? text.replace(/https?:\/\/[^\s<>"]+/giu, (url) => 'x'.repeat(Math.max(urlCharacters, countGraphemes(url))))
      : 'x'.repeat(urlCharacters),
  )
  return spoiler + counted.join('')
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
