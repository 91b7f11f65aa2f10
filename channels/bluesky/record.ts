import type { Finding } from '../../src/domain/finding.ts'
import type { Item } from '../../src/domain/item.ts'
import { itemPost, type ItemPost } from '../../src/domain/item-post.ts'
import { postText, type Segment } from '../../src/domain/post.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine, countGraphemes, languageTag, shorten, utf8Bytes } from '../../src/domain/text.ts'
import { overrideOf } from '../../src/channel/post-choice.ts'
import { type Facet, facetsOf, labelsAt } from './facets.ts'
import type { BlueskySettings } from './settings.ts'
import { hrefOf, itemStyle } from './style.ts'

/** Lexicon `app.bsky.feed.post`: `langs`, maxLength. */
const MAX_LANGS = 3
/** `tags`: maxLength, and of each maxGraphemes and maxLength. */
const MAX_TAGS = 8
const MAX_TAG_GRAPHEMES = 64
const MAX_TAG_BYTES = 640
const MAX_CARD_TITLE = 200
const MAX_CARD_DESCRIPTION = 300

/** `app.bsky.embed.external`, without its thumb. */
export interface Card {
  readonly uri: string
  readonly title: string
  readonly description: string
}

/**
 * An `app.bsky.feed.post` as it is frozen at approval, complete but for `createdAt` and what else is stamped once, before
 * the first attempt, by whoever sends it, and stored with it.
 */
export interface PostRecord {
  readonly $type: 'app.bsky.feed.post'
  readonly text: string
  readonly facets: readonly Facet[]
  readonly langs: readonly string[]
  readonly tags?: readonly string[]
  readonly embed?: { readonly $type: 'app.bsky.embed.external'; readonly external: Card }
}

export interface BlueskyPost extends ItemPost {
  readonly record: PostRecord
}

export function blueskyPost(item: Item, publication: Publication, settings: BlueskySettings): BlueskyPost {
  const post = itemPost(item, itemStyle, {
    template: settings.template,
    publication: publication.name,
    hashtags: settings.hashtags,
    text: overrideOf(settings, item.url)?.text,
  })
  // The card tells what the text had no room for; where the text told all, who is speaking.
  const isTold = !post.shortened && post.text.includes(post.summary)
  const description = isTold ? cleanLine(publication.description) : post.summary
  const card = cardOf(item.url, post.title, description)
  const record = recordOf(post.segments, langsOf(publication, settings), { card, tags: tagsOf(item, post.segments) })
  const findings = [...post.findings, ...facetFindings(record, post.segments, item.url)]
  return { ...post, record, findings, mayLeave: !findings.some(({ severity }) => severity === 'error') }
}

export function cardOf(uri: string, title: string, description: string): Card {
  return {
    uri: hrefOf(uri),
    title: shorten(title, MAX_CARD_TITLE),
    description: shorten(description, MAX_CARD_DESCRIPTION),
  }
}

export function recordOf(
  segments: readonly Segment[],
  langs: readonly string[],
  { card, tags = [] }: { readonly card?: Card; readonly tags?: readonly string[] } = {},
): PostRecord {
  return {
    $type: 'app.bsky.feed.post',
    text: postText(segments),
    facets: facetsOf(segments),
    langs,
    ...(tags.length > 0 && { tags }),
    ...(card && { embed: { $type: 'app.bsky.embed.external', external: card } }),
  }
}

export function langsOf(publication: Publication, settings: Pick<BlueskySettings, 'langs'>): string[] {
  const langs = (settings.langs ?? [publication.language]).flatMap((tag) => languageTag(tag) ?? [])
  return langs.slice(0, MAX_LANGS)
}

/** An error where a facet does not cover the words it was made for: the server would take it as it is. */
export function facetFindings({ text, facets }: PostRecord, segments: readonly Segment[], item?: string): Finding[] {
  const words = segments.filter(({ link, tag }) => link !== undefined || tag !== undefined)
  const labels = labelsAt(text, facets)
  if (words.every((word, index) => word.text === labels[index])) return []
  const message = 'A link of this post does not lie on its own words; this is a fault of groundwire, please report it.'
  return [
    { severity: 'error', code: 'facet-mismatch', message, channel: 'bluesky', ...(item !== undefined && { item }) },
  ]
}

/** The item's tags as they are, but for those that stand in the text already. */
function tagsOf(item: Item, segments: readonly Segment[]): string[] {
  const seen = new Set(segments.flatMap(({ tag }) => (tag === undefined ? [] : [joined(tag)])))
  const tags = item.tags.map((tag) => cleanLine(tag).replace(/^[#＃]+\s*/u, ''))
  return tags
    .filter((tag) => {
      const isNew = tag !== '' && !seen.has(joined(tag))
      seen.add(joined(tag))
      return isNew && countGraphemes(tag) <= MAX_TAG_GRAPHEMES && utf8Bytes(tag) <= MAX_TAG_BYTES
    })
    .slice(0, MAX_TAGS)
}

/** Hashtags know neither spaces nor capitals. */
function joined(tag: string): string {
  return tag.toLowerCase().replace(/\s/gu, '')
}
