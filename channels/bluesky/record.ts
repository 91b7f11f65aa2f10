import type { Item } from '../../src/domain/item.ts'
import { itemPost, type ItemPost, type PostStyle } from '../../src/domain/item-post.ts'
import { postText, type Segment } from '../../src/domain/post.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine, countGraphemes, languageTag, shorten, utf8Bytes } from '../../src/domain/text.ts'
import { type Facet, facetsOf, labelsAt } from './facets.ts'
import type { BlueskySettings } from './settings.ts'

/** Lexicon `app.bsky.feed.post`, `text`: maxGraphemes and maxLength (UTF-8 bytes). Links count in full. */
export const MAX_GRAPHEMES = 300
export const MAX_BYTES = 3000
/** Server and worker may follow different versions of Unicode. */
const SLACK_GRAPHEMES = 2
/** `langs`, maxLength. */
const MAX_LANGS = 3
/** Lengths of the source's label, best first: it gives way before the text does. */
const LABELS = [40, 26]
const MAX_CARD_TITLE = 200
const MAX_CARD_DESCRIPTION = 300

/**
 * An `app.bsky.feed.post` as it is frozen at approval, complete but for `createdAt`: that is stamped once, before the
 * first attempt, by whoever sends it, and stored with it.
 */
interface PostRecord {
  readonly $type: 'app.bsky.feed.post'
  readonly text: string
  readonly facets: readonly Facet[]
  readonly langs: readonly string[]
  readonly embed: {
    readonly $type: 'app.bsky.embed.external'
    readonly external: { readonly uri: string; readonly title: string; readonly description: string }
  }
}

export interface BlueskyPost extends ItemPost {
  readonly record: PostRecord
}

export function blueskyPost(item: Item, publication: Publication, settings: BlueskySettings): BlueskyPost {
  const post = itemPost(item, { ...style, hashtags: settings.hashtags })
  const record = recordOf(item, post, publication, settings)
  const labels = post.segments
    .filter(({ link, tag }) => link !== undefined || tag !== undefined)
    .map(({ text }) => text)
  const isTrue = labelsAt(record.text, record.facets).every((label, index) => label === labels[index])
  if (isTrue) return { ...post, record }
  const message = 'A link of this post does not lie on its own words; this is a fault of groundwire, please report it.'
  const finding = { severity: 'error', code: 'facet-mismatch', message, item: item.url, channel: 'bluesky' } as const
  return { ...post, record, findings: [...post.findings, finding], mayLeave: false }
}

const style: Omit<PostStyle, 'hashtags'> = {
  channel: 'bluesky',
  network: 'Bluesky',
  // Nothing is linked that has no facet, so prose needs no guarding.
  guard: (prose) => prose,
  fits(segments) {
    const text = postText(segments)
    return countGraphemes(text) <= MAX_GRAPHEMES - SLACK_GRAPHEMES && utf8Bytes(text) <= MAX_BYTES
  },
  // Every post has a card, and the card is the item's link; a second one in the text would only take its room.
  tails: ({ source }) => (source ? LABELS.map((maxLength) => sourceLine(source, maxLength)) : [[]]),
}

function sourceLine(url: string, maxLength: number): Segment[] {
  return [{ text: 'Source: ' }, { text: linkLabel(url, maxLength), link: new URL(url).href }]
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

function recordOf(item: Item, post: ItemPost, publication: Publication, settings: BlueskySettings): PostRecord {
  const langs = (settings.langs ?? [publication.language]).flatMap((tag) => languageTag(tag) ?? [])
  // The card tells what the text had no room for; where the text told all, who is speaking.
  const description = post.shortened ? post.summary : cleanLine(publication.description)
  return {
    $type: 'app.bsky.feed.post',
    text: post.text,
    facets: facetsOf(post.segments),
    langs: langs.slice(0, MAX_LANGS),
    embed: {
      $type: 'app.bsky.embed.external',
      external: {
        uri: URL.canParse(item.url) ? new URL(item.url).href : item.url,
        title: shorten(post.title, MAX_CARD_TITLE),
        description: shorten(description, MAX_CARD_DESCRIPTION),
      },
    },
  }
}
