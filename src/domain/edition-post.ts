import type { Edition } from './edition.ts'
import type { Finding } from './finding.ts'
import type { Item } from './item.ts'
import type { PostStyle } from './item-post.ts'
import { type FittedPost, fitPost, postText, type Segment, wholePost } from './post.ts'
import { lengthFindings, linkFindings, linksOf, type TooLong } from './post-findings.ts'
import { cleanLine, cleanText, languageTag, shorten } from './text.ts'
import { longDay } from './time.ts'

/** Of a longer title, in graphemes, only so much is said in a list, so that others have room too. */
const MAX_LISTED_TITLE = 100
/** For an item whose title is empty, or an address that would not survive being cut. */
const UNTITLED = 'Untitled'

/** How a network writes an edition. */
export interface EditionStyle extends Pick<PostStyle, 'channel' | 'network' | 'fits' | 'excess' | 'guard'> {
  /** An item in a list; `title` is guarded. */
  entry(title: string, source: string): readonly Segment[]
  /** The last line, with the link to the edition: `more` items are not named. Empty for none. */
  close(more: number): readonly Segment[]
}

export interface EditionPost extends FittedPost {
  readonly text: string
  /** URLs of the items that it names. */
  readonly named: readonly string[]
  readonly findings: readonly Finding[]
}

const TOO_LONG: TooLong = {
  code: 'post-too-long',
  what: 'With not even one item in it, or with the notes on corrections, the text is',
  advice: 'Use shorter addresses or a shorter note, or post items one by one.',
}

/** How a thread begins: what the edition is called, as far as it fits, and how many items follow. */
export function rootPost(edition: Edition, count: number, style: EditionStyle): EditionPost {
  const told = count === 1 ? '1 item, checked against its source.' : `${count} items, each checked against its source.`
  const tail = style.close(0)
  const around = (subject: string): string => style.guard([subject, told].filter((line) => line !== '').join('\n\n'))
  const fits = (segments: readonly Segment[]): boolean => style.fits(segments)
  const fitted = fitPost({ prose: cleanLine(edition.subject), tail, around }, fits)
  return finished(fitted.prose === '' ? wholePost(around(''), tail, fits) : fitted, [], style)
}

/**
 * One post for an edition: its day and as many of the items as fit, in order, each with its own primary source, then
 * how many more there are. Items without a source are not named, and have a finding.
 *
 * @param notes lines below the list that are never shortened: `Correction: …`.
 */
export function digestPost(
  edition: Edition,
  items: readonly Item[],
  notes: readonly string[],
  style: EditionStyle,
): EditionPost {
  const listed = items.filter((item) => linkFindings(item, style).length === 0)
  const findings = items.flatMap((item) => linkFindings(item, style))
  const draft = (count: number, firstTitle?: string): Segment[] =>
    drawList(edition, listed, notes, style, count, firstTitle)
  const fits = (count: number): boolean => style.fits(draft(count))
  let count = listed.length
  if (!fits(count)) for (count = 0; count + 1 < listed.length && fits(count + 1);) count += 1
  if (count > 0 || listed.length === 0) {
    const post = wholePost('', draft(count), (segments) => style.fits(segments))
    return finished(post, listed.slice(0, count), style, findings)
  }
  return finished(shortenedFirst(listed, draft, style), listed.slice(0, 1), style, findings)
}

/** When not even the first title fits whole. */
function shortenedFirst(
  listed: readonly Item[],
  draft: (count: number, firstTitle: string) => Segment[],
  style: EditionStyle,
): FittedPost {
  const fits = ([prose]: readonly Segment[]): boolean => style.fits(draft(1, prose?.text ?? ''))
  const fitted = fitPost({ prose: cleanLine(listed[0]?.title ?? ''), tail: [] }, fits)
  const kept = fitted.kept || UNTITLED
  const segments = draft(1, kept)
  return { segments, prose: kept, kept, shortened: true, fits: style.fits(segments) }
}

function drawList(
  edition: Edition,
  listed: readonly Item[],
  notes: readonly string[],
  style: EditionStyle,
  count: number,
  firstTitle?: string,
): Segment[] {
  const entries = listed.slice(0, count).map((item, place) => {
    const title = place === 0 && firstTitle !== undefined ? firstTitle : listedTitle(item)
    return style.entry(style.guard(title), linksOf(item).source ?? '')
  })
  const day = longDay(edition.date, languageTag(edition.publication.language) ?? 'en')
  const told = notes.map((note) => cleanText(note).trim()).filter((note) => note !== '')
  const close = style.close(listed.length - count)
  const blocks: (readonly Segment[])[] = [
    [{ text: style.guard(day) }],
    entries.flatMap((entry, place) => (place === 0 ? entry : [{ text: '\n' }, ...entry])),
    ...told.map((note) => [{ text: style.guard(note) }]),
    close,
  ]
  const filled = blocks.filter((block) => block.length > 0)
  return filled.flatMap((block, place) => (place === 0 ? [...block] : [{ text: '\n\n' }, ...block]))
}

function listedTitle(item: Item): string {
  return shorten(cleanLine(item.title) || cleanLine(item.summary) || UNTITLED, MAX_LISTED_TITLE)
}

function finished(
  post: FittedPost,
  named: readonly Item[],
  style: EditionStyle,
  findings: readonly Finding[] = [],
): EditionPost {
  const { channel, network } = style
  const excess = post.fits ? '' : style.excess(post.segments)
  return {
    ...post,
    text: postText(post.segments),
    named: named.map(({ url }) => url),
    findings: [...findings, ...lengthFindings(undefined, post, TOO_LONG, { channel, network, excess })],
  }
}
