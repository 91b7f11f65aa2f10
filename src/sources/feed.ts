import { parseFeed } from 'feedsmith'
import { cleanLine } from '../domain/text.ts'
import type { SourceEvent } from '../ports.ts'
import { itemFrom } from './draft.ts'
import type { Draft } from './draft.ts'
import { fromAtom, fromJson, fromRss } from './feed-formats.ts'
import type { FeedDraft } from './feed-formats.ts'
import { absoluteHtml } from './feed-html.ts'
import { withoutFrame } from './feed-own.ts'
import { quoted, reasonOf, SourceProblem } from './problem.ts'

export interface FeedOptions {
  readonly base?: string | undefined
  readonly section: string
  /** Has one group; finds sources in the HTML of items that name none. */
  readonly pattern?: RegExp | undefined
}

/** How much of an item's HTML a configured pattern is tried on, in UTF-16 units. */
const PATTERN_REACH = 200_000

/**
 * Reads RSS 2.0, Atom 1.0 and JSON Feed 1.1. The parser needs the whole document, so the size limit bounds the memory.
 * Throws `SourceProblem` when the document is no feed.
 */
export async function* readFeed(pieces: AsyncIterable<string>, options: FeedOptions): AsyncGenerator<SourceEvent> {
  const parts: string[] = []
  for await (const piece of pieces) parts.push(piece)
  const feed = parsed(parts.join(''))
  const base = resolved(feed.base, options.base)
  yield { kind: 'about', about: feed.about }
  for (const [index, draft] of feed.drafts.entries()) {
    const place = `item ${index + 1}`
    const item = feed.own ? withoutFrame(draft) : draft
    const section = cleanLine(draft.section ?? '') || options.section
    const full: Draft = { ...item, section, sources: sourcesOf(item, options.pattern) }
    const made = itemFrom(full, { place, base, link: absoluteHtml })
    for (const finding of made.findings) yield { kind: 'problem', finding }
    if (made.item) yield { kind: 'item', item: made.item }
  }
}

function parsed(text: string): FeedDraft {
  if (text.trim() === '') {
    throw new SourceProblem('source-empty', 'The feed is empty.', 'Check that it was written and uploaded completely.')
  }
  try {
    const document: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : text
    const { format, feed } = parseFeed(document)
    if (format === 'rss') return fromRss(feed)
    if (format === 'atom') return fromAtom(feed)
    if (format === 'json') return fromJson(feed, document)
  } catch (error) {
    // The parser throws many kinds of errors, none of which is more than "this is no feed".
    throw notAFeed(`it begins ${quoted(text)} (${reasonOf(error)})`, error)
  }
  throw notAFeed('it is RSS 1.0 (RDF), which is not read')
}

function notAFeed(reason: string, cause?: unknown): SourceProblem {
  return new SourceProblem(
    'source-not-a-feed',
    `The source is no feed that can be read: ${reason}.`,
    'Expected is RSS 2.0, Atom 1.0 or JSON Feed 1.1; check that it arrives complete and well-formed.',
    cause,
  )
}

function resolved(own: string | undefined, base: string | undefined): string | undefined {
  return own !== undefined && URL.canParse(own, base) ? new URL(own, base).href : base
}

function sourcesOf({ sources, body }: Omit<Draft, 'section'>, pattern: RegExp | undefined): Draft['sources'] {
  if (sources.length > 0 || !pattern) return sources
  return Array.from(body.text.slice(0, PATTERN_REACH).matchAll(pattern), ([, url = '']) => ({ url }))
}
