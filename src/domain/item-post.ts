import type { Finding } from './finding.ts'
import type { Item } from './item.ts'
import { type FittedPost, fitPost, postText, type Segment, wholePost } from './post.ts'
import { lengthFindings, linkFindings, linksOf, type PostLinks, type TooLong } from './post-findings.ts'
import { fillTemplate, USUAL_TEMPLATE, type Words } from './template.ts'
import { cleanLine, cleanText, countGraphemes, slug } from './text.ts'

/** Less of a summary than this, in graphemes, says nothing: then the title stands alone. */
const LEAST_SUMMARY = 30
const MAX_ID = 60

/** What one network does with a post. */
export interface PostStyle {
  /** Channel id, for findings. */
  readonly channel: string
  /** The network as people call it. */
  readonly network: string
  fits(segments: readonly Segment[]): boolean
  /** By how much it is too long, for people: `12 graphemes`. Asked only of what does not fit. */
  excess(segments: readonly Segment[]): string
  /** Takes from editorial text what the network would read as a mention, a hashtag or an emoji. */
  guard(prose: string): string
  /**
   * The lines that stay whole, with the links that the text must carry: the best form first, the shortest last. Taken
   * is the first with which as much of the prose fits as with the last.
   */
  tails(links: PostLinks): readonly (readonly Segment[])[]
}

/** What an editor decides about the words. */
export interface Wording {
  /** See `fillTemplate`. */
  readonly template?: string
  /** Name of the publication. */
  readonly publication?: string
  /** Hashtags made of the item's tags, at most. */
  readonly hashtags?: number
  /** Said instead of the template; never shortened. */
  readonly text?: string | undefined
  /** A line that stands below, and is never shortened: `Correction: it is 12, not 21.` */
  readonly note?: string
}

export interface ItemPost extends FittedPost {
  readonly text: string
  readonly title: string
  readonly summary: string
  readonly findings: readonly Finding[]
  readonly mayLeave: boolean
}

const LINKS_TOO_LONG: TooLong = {
  code: 'post-too-long',
  what: 'The links alone are',
  advice: 'Use a shorter address for the item or its source, or fewer hashtags.',
}
const TEXT_TOO_LONG: TooLong = {
  code: 'text-too-long',
  what: 'The text that an editor set for this item is, with its links,',
  advice: 'Shorten the text of this item in the configuration of the channel: it is never shortened by itself.',
}
const NOTE_TOO_LONG: TooLong = {
  code: 'note-too-long',
  what: 'The note is, with the links,',
  advice: 'Say it in fewer words: a note is never shortened by itself.',
}

/**
 * What a post says of an item: by default title, summary as far as it fits, the item's link and its primary source's.
 * Hostile or missing content never throws; what must not leave has a finding of severity `error`.
 */
export function itemPost(item: Item, style: PostStyle, wording: Wording = {}): ItemPost {
  const words = wordsOf(item, wording)
  const tags = hashtags(item.tags, wording.hashtags ?? 0)
  const tails = style
    .tails(linksOf(item))
    .map((tail) => (tail.length > 0 && tags.length > 0 ? [...tail, { text: '\n\n' }, ...tags] : [...tail, ...tags]))
  const fits = (segments: readonly Segment[]): boolean => style.fits(segments)
  const post = bestForm(tails, fits, (tail) => fitWords(words, wording, tail, style))
  const tooLong = wording.note ? NOTE_TOO_LONG : wording.text === undefined ? LINKS_TOO_LONG : TEXT_TOO_LONG
  return finished(item, post, words, tooLong, style)
}

/**
 * What is said to a post that left before: `say` puts as much of the item's title as fits into it, '' included, and what
 * it says without the title is never shortened.
 *
 * @param isTakenBack then it may leave without a source, and without an address of the item.
 */
export function notePost(item: Item, say: (title: string) => string, style: PostStyle, isTakenBack = false): ItemPost {
  const words = wordsOf(item, {})
  const around = (title: string): string => style.guard(cleanText(say(title)).trim())
  const fits = (segments: readonly Segment[]): boolean => style.fits(segments)
  const post = bestForm(style.tails(linksOf(item)), fits, (tail) => {
    const fitted = fitPost({ prose: words.title, tail, around }, fits)
    return fitted.prose === '' ? wholePost(around(''), tail, fits) : fitted
  })
  return finished(item, post, words, NOTE_TOO_LONG, style, isTakenBack)
}

/** `03-title-of-the-item` from the place in the edition (from 0): unique in it, and safe in a file name. */
export function postId(index: number, title: string): string {
  const number = String(index + 1).padStart(2, '0')
  return `${number}-${slug(title, MAX_ID - number.length - 1) || 'item'}`
}

function finished(
  item: Item,
  post: FittedPost,
  words: Words,
  tooLong: TooLong,
  style: PostStyle,
  isTakenBack = false,
): ItemPost {
  const { channel, network } = style
  const excess = post.fits ? '' : style.excess(post.segments)
  const findings = [
    ...(isTakenBack ? [] : linkFindings(item, style)),
    ...lengthFindings(item.url, post, tooLong, { channel, network, excess }),
  ]
  const mayLeave = !findings.some(({ severity }) => severity === 'error')
  return { ...post, text: postText(post.segments), title: words.title, summary: words.summary, findings, mayLeave }
}

function wordsOf(item: Item, { publication = '' }: Wording): Words {
  return {
    title: cleanLine(item.title),
    summary: cleanLine(item.summary),
    section: cleanLine(item.section),
    publication: cleanLine(publication),
  }
}

/** What fits with the shortest tail, with the best tail that it fits with. */
function bestForm(
  tails: readonly (readonly Segment[])[],
  fits: (segments: readonly Segment[]) => boolean,
  fit: (tail: readonly Segment[]) => FittedPost,
): FittedPost {
  const shortest = fit(tails.at(-1) ?? [])
  const forms = tails.slice(0, -1).map((tail) => wholePost(shortest.prose, tail, fits))
  const best = shortest.fits ? forms.find((form) => form.fits) : undefined
  return best ? { ...shortest, segments: best.segments } : shortest
}

function fitWords(words: Words, wording: Wording, tail: readonly Segment[], style: PostStyle): FittedPost {
  const fits = (segments: readonly Segment[]): boolean => style.fits(segments)
  const note = cleanText(wording.note ?? '').trim()
  const say = (text: string): string => style.guard([text, note].filter((part) => part !== '').join('\n\n'))
  if (wording.text !== undefined) return wholePost(say(cleanText(wording.text).trim()), tail, fits)
  const fitted = fitTemplate(words, wording.template ?? USUAL_TEMPLATE, say, tail, fits)
  // Without a single word of the item there is still the note to be said, whole.
  return note !== '' && fitted.prose === '' ? wholePost(say(''), tail, fits) : fitted
}

/** The summary gives way first, then the title. What the one says already is not said twice. */
function fitTemplate(
  words: Words,
  template: string,
  say: (text: string) => string,
  tail: readonly Segment[],
  fits: (segments: readonly Segment[]) => boolean,
): FittedPost {
  const isApart = template.includes('{summary}') && /^\s*\{title\}\s*$/m.test(template)
  const title = isApart && repeats(words.title, words.summary) ? '' : words.title
  const summary = title !== '' && repeats(words.summary, title) ? '' : words.summary
  const fill = (kept: Partial<Words>): string => say(fillTemplate(template, { ...words, title, summary, ...kept }))
  const both = fitPost({ prose: summary, tail, around: (kept) => fill({ summary: kept }) }, fits)
  if (!both.shortened || title === '' || !template.includes('{title}')) return both
  if (countGraphemes(both.kept) >= LEAST_SUMMARY) return both
  const alone = fitPost({ prose: title, tail, around: (kept) => fill({ title: kept, summary: '' }) }, fits)
  return { ...alone, shortened: true }
}

/** Whether `longer` begins with the words of `shorter`, whatever their case and punctuation. */
function repeats(shorter: string, longer: string): boolean {
  const start = plainWords(shorter)
  return start.trim() === '' ? shorter === longer : plainWords(longer).startsWith(start)
}

function plainWords(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `
}

/** `open models` becomes `#OpenModels`: with capitals a screen reader can tell the words. Tags without a letter are left out. */
function hashtags(tags: readonly string[], most: number): Segment[] {
  const names = tags.map((tag) =>
    (cleanLine(tag).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])
      .map((word) => word.replace(/^\p{L}/u, (letter) => letter.toUpperCase()))
      .join(''),
  )
  const chosen = [...new Set(names)].filter((name) => /\p{L}/u.test(name) && countGraphemes(name) <= 64).slice(0, most)
  return chosen.flatMap((tag) => [{ text: ' ' }, { text: `#${tag}`, tag }]).slice(1)
}
