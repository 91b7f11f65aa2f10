import type { EditionStyle } from '../../src/domain/edition-post.ts'
import type { PostStyle } from '../../src/domain/item-post.ts'
import { postText, type Segment } from '../../src/domain/post.ts'
import type { Measure } from '../../src/domain/rendering.ts'
import { countGraphemes, utf8Bytes } from '../../src/domain/text.ts'

/** Lexicon `app.bsky.feed.post`, `text`: maxGraphemes and maxLength (UTF-8 bytes). Links count in full. */
const MAX_GRAPHEMES = 300
const MAX_BYTES = 3000
/** Server and worker may follow different versions of Unicode. */
const SLACK_GRAPHEMES = 2
/** Lengths of a link's label, best first: it gives way before the text does. */
const LABELS = [40, 26]

export const itemStyle: PostStyle = {
  channel: 'bluesky',
  network: 'Bluesky',
  // Nothing is linked that has no facet, so prose needs no guarding.
  guard: (prose) => prose,
  fits(segments) {
    const text = postText(segments)
    const most = MAX_GRAPHEMES - SLACK_GRAPHEMES
    // There are never more graphemes than code units, and counting them is what takes time.
    return utf8Bytes(text) <= MAX_BYTES && (text.length <= most || countGraphemes(text) <= most)
  },
  excess: (segments) => tooMany(segments).join(' and '),
  // Every post has a card, and the card is the item's link; a second one in the text would only take its room.
  tails: ({ source }) => (source ? LABELS.map((maxLength) => sourceLine(source, maxLength)) : [[]]),
}

/** @param link to the edition, which the card has too; undefined where there is none. */
export function editionStyle(link: string | undefined): EditionStyle {
  return {
    ...itemStyle,
    entry: (title, source) => [
      { text: `• ${title} (` },
      { text: linkLabel(source, 0), link: hrefOf(source) },
      { text: ')' },
    ],
    close(more) {
      if (more === 0) return []
      const words = `and ${more} more`
      return link === undefined
        ? [{ text: words }]
        : [{ text: `${words}: ` }, { text: linkLabel(link, 0), link: hrefOf(link) }]
    },
  }
}

/** How long the longest of these texts is, by each limit. */
export function measuresOf(texts: readonly string[]): Measure[] {
  return [
    { name: 'graphemes', value: Math.max(...texts.map(countGraphemes)), limit: MAX_GRAPHEMES },
    { name: 'bytes', value: Math.max(...texts.map(utf8Bytes)), limit: MAX_BYTES },
  ]
}

function tooMany(segments: readonly Segment[]): string[] {
  const text = postText(segments)
  const graphemes = countGraphemes(text) - (MAX_GRAPHEMES - SLACK_GRAPHEMES)
  const bytes = utf8Bytes(text) - MAX_BYTES
  return [
    ...(graphemes > 0 ? [graphemes === 1 ? '1 grapheme' : `${graphemes} graphemes`] : []),
    ...(bytes > 0 ? [bytes === 1 ? '1 byte' : `${bytes} bytes`] : []),
  ]
}

function sourceLine(url: string, maxLength: number): Segment[] {
  return [{ text: 'Source: ' }, { text: linkLabel(url, maxLength), link: hrefOf(url) }]
}

/** As the lexicon wants it: absolute, in ASCII. */
export function hrefOf(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url
}

/**
 * `arxiv.org/abs/2606.27608`: host and as much of the path as fits, cut between words where it can be. The host is
 * always whole, exact (with its `www.`) and without a space beside it: otherwise Bluesky's app warns its reader of a
 * link that is not what it says (social-app, `linkRequiresWarning`).
 */
export function linkLabel(url: string, maxLength: number): string {
  const { host, pathname, search } = new URL(url)
  const full = host + (pathname + search).replace(/\/$/, '')
  if (full.length <= maxLength) return full
  const room = maxLength - host.length - 1
  if (room < 4) return host
  const path = full.slice(host.length, host.length + room)
  const word = path.replace(/[-_.~/?&=+,][^-_./?&=+,]*$/, '')
  return `${host}${word.length >= room * 0.6 ? word : path}…`
}
