import type { Finding } from './finding.ts'
import type { Item } from './item.ts'
import { type FittedPost, fitPost, postText, type Segment } from './post.ts'
import { httpUrl } from './schema.ts'
import { cleanLine, countGraphemes, slug } from './text.ts'

/** Less of a summary than this, in graphemes, says nothing: then the title stands alone. */
const LEAST_SUMMARY = 30
const MAX_ID = 60
const NOTHING: FittedPost = { segments: [], prose: '', shortened: false, fits: false }

/** What one network does with a post. */
export interface PostStyle {
  /** Channel id, for findings. */
  readonly channel: string
  /** The network as people call it. */
  readonly network: string
  /** Hashtags made of the item's tags, at most. */
  readonly hashtags: number
  fits(segments: readonly Segment[]): boolean
  /** Takes from editorial text what the network would read as a mention, a hashtag or an emoji. */
  guard(prose: string): string
  /**
   * The lines that stay whole, with the links that the text must carry: the best form first, the shortest last. Taken
   * is the first with which as much of the prose stays as with the last.
   */
  tails(links: PostLinks): readonly (readonly Segment[])[]
}

/** Addresses that may be linked: those that are http or https. */
export interface PostLinks {
  readonly item?: string
  readonly source?: string
}

export interface ItemPost extends FittedPost {
  readonly text: string
  readonly title: string
  readonly summary: string
  readonly findings: readonly Finding[]
  readonly mayLeave: boolean
}

/**
 * What a post says of an item: title, summary as far as it fits, the item's link and its primary source's.
 * Hostile or missing content never throws; what must not leave has a finding of severity `error`.
 */
export function itemPost(item: Item, style: PostStyle): ItemPost {
  const title = cleanLine(item.title)
  const summary = cleanLine(item.summary)
  const links = linksOf(item)
  const tags = hashtags(item.tags, style.hashtags)
  const forms = style.tails(links).map((tail) => {
    const lines = tail.length > 0 && tags.length > 0 ? [...tail, { text: '\n\n' }, ...tags] : [...tail, ...tags]
    return fitProse(style.guard(title), style.guard(summary), lines, style)
  })
  const shortest = forms.at(-1) ?? NOTHING
  const post = forms.find((form) => form.fits && form.prose === shortest.prose) ?? shortest
  const findings = findingsOf(item, links, post, style)
  const mayLeave = !findings.some(({ severity }) => severity === 'error')
  return { ...post, text: postText(post.segments), title, summary, findings, mayLeave }
}

/** `03-title-of-the-item` from the place in the edition (from 0): unique in it, and safe in a file name. */
export function postId(index: number, title: string): string {
  const number = String(index + 1).padStart(2, '0')
  return `${number}-${slug(title, MAX_ID - number.length - 1) || 'item'}`
}

function linksOf(item: Item): PostLinks {
  const source = item.sources[0]?.url
  return { ...(isWeb(item.url) && { item: item.url }), ...(isWeb(source) && { source }) }
}

function isWeb(url: string | undefined): url is string {
  return httpUrl.safeParse(url).success
}

function fitProse(title: string, summary: string, tail: readonly Segment[], style: PostStyle): FittedPost {
  const fit = (prose: string): FittedPost => fitPost({ prose, tail }, (segments) => style.fits(segments))
  if (title === '' || repeats(title, summary)) return fit(summary)
  if (summary === '' || repeats(summary, title)) return fit(title)
  const both = fit(`${title}\n\n${summary}`)
  const kept = both.prose.startsWith(title) ? both.prose.slice(title.length).trim() : ''
  const isStub = both.shortened && countGraphemes(kept) < LEAST_SUMMARY
  return isStub ? { ...fit(title), shortened: true } : both
}

/** Whether `longer` begins with the words of `shorter`, whatever their case and punctuation. */
function repeats(shorter: string, longer: string): boolean {
  const start = words(shorter)
  return start.trim() === '' ? shorter === longer : words(longer).startsWith(start)
}

function words(text: string): string {
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

function findingsOf(item: Item, links: PostLinks, post: FittedPost, { channel, network }: PostStyle): Finding[] {
  const about = { item: item.url, channel }
  const findings: Finding[] = []
  if (!links.source)
    findings.push({
      ...about,
      severity: 'error',
      code: 'no-source',
      field: 'sources',
      message: 'This item has no primary source with an http or https address, so it is not posted.',
      advice: 'Add the address of its primary source where the item is published.',
    })
  if (!links.item)
    findings.push({
      ...about,
      severity: 'error',
      code: 'bad-link',
      field: 'url',
      message: `The item's own address "${cleanLine(item.url)}" is not an http or https address, so it is not posted.`,
      advice: 'Correct the address where the item is published.',
    })
  if (!post.fits)
    findings.push({
      ...about,
      severity: 'error',
      code: 'post-too-long',
      message: `The links alone are longer than a ${network} post may be, so it is not posted.`,
      advice: 'Use a shorter address for the item or its source, or fewer hashtags.',
    })
  else if (post.shortened)
    findings.push({ ...about, severity: 'note', code: 'post-shortened', ...shortened(post, network) })
  return findings
}

function shortened({ prose }: FittedPost, network: string): Pick<Finding, 'field' | 'message'> {
  if (prose === '')
    return { field: 'title', message: `None of the text fits into the ${network} post, only its links.` }
  const end = prose.split(/\s+/u).slice(-4).join(' ').slice(-60).toWellFormed()
  return { field: 'summary', message: `The text was shortened to fit into a ${network} post; it ends with "${end}".` }
}
