import { editionItems, type Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'
import { countGraphemes, shorten } from '../domain/text.ts'
import { canonicalUrl, hostOf } from '../domain/url.ts'
import { findTwins, type Twins } from './similar.ts'

/** Longer than this and a summary stops being one: about four lines of the digest. */
export const SUMMARY_GRAPHEMES = 300
const TITLE_GRAPHEMES = 140

/**
 * What an editor should know about the items of an edition before it leaves. What is about one channel's rendering (size, length, a post
 * that cannot fit) is found by that channel and stands in the rendering. Pure.
 */
export function check(edition: Edition): Finding[] {
  const items = editionItems(edition)
  return [...items.flatMap(checkItem), ...duplicates(items), ...findTwins(items).map(twinFinding)]
}

function checkItem(item: Item): Finding[] {
  return [...item.sources.flatMap(({ url }) => weakSource(item, url)), ...lengths(item), ...ownSource(item)]
}

/** A home page or a section page cannot be what an item was checked against: it changes, and nobody finds the claim there. */
function weakSource(item: Item, url: string): Finding[] {
  const about = { item: item.url, field: 'sources' } as const
  if (canonicalUrl(url) === undefined) {
    const message = `The source of ${quoted(item)} is not an http or https address: ${url}`
    return [{ ...about, severity: 'error', code: 'link-not-http', message, advice: 'Correct the address.' }]
  }
  const { pathname, search } = new URL(url)
  const parts = pathname.split('/').filter((part) => part !== '')
  const advice = 'Link the very page, paper or post that the item was checked against.'
  if (isHome(parts) && search === '') {
    const message = `The source of ${quoted(item)} is the bare home page of ${hostOf(url)}.`
    return [{ ...about, severity: 'warning', code: 'source-home-page', message, advice }]
  }
  if (isSection(pathname, parts) && search === '') {
    const message = `The source of ${quoted(item)} looks like a section of ${hostOf(url)}, not a page: ${url}`
    return [{ ...about, severity: 'warning', code: 'source-section-page', message, advice }]
  }
  return []
}

function isHome(parts: readonly string[]): boolean {
  return parts.length === 0 || (parts.length === 1 && /^(index|default)\.\w+$/i.test(parts[0] ?? ''))
}

/**
 * `/news`, `/artificial-intelligence`, `/technology/google-deepmind/`: names that stand for many pages. A product's own
 * page (`/fugu/`) and a repository (`/owner/name/`) look much the same, so only known names count.
 */
function isSection(pathname: string, [first = '', second, ...rest]: readonly string[]): boolean {
  if (second === undefined) return SECTION_NAME.test(first) || TOPIC_NAME.test(first)
  return rest.length === 0 && pathname.endsWith('/') && TOPIC_NAME.test(first) && /^[a-z]+(-[a-z]+)?$/i.test(second)
}

const SECTION_NAME = /^(blog|news|newsroom|press|articles?|papers?|posts?|updates|archive)$/i
const TOPIC_NAME =
  /^(technology|science|research|ai|artificial-intelligence|machine-learning|topics?|tags?|categor(y|ies)|authors?)$/i

function ownSource(item: Item): Finding[] {
  const home = hostOf(item.url)
  if (item.sources.length === 0 || !item.sources.every(({ url }) => hostOf(url) === home)) return []
  const message = `The source of ${quoted(item)} is on the publication's own site (${home}).`
  return [{ severity: 'warning', code: 'source-own-site', item: item.url, field: 'sources', message }]
}

function lengths(item: Item): Finding[] {
  const findings: Finding[] = []
  const summary = countGraphemes(item.summary)
  const title = countGraphemes(item.title)
  const warn = (code: string, field: string, message: string, advice: string): void => {
    findings.push({ severity: 'warning', code, item: item.url, field, message, advice })
  }
  if (summary === 0) warn('summary-missing', 'summary', `${quoted(item)} has no summary.`, 'Add one or two sentences.')
  if (summary > SUMMARY_GRAPHEMES)
    warn(
      'summary-long',
      'summary',
      `The summary of ${quoted(item)} has ${summary} characters.`,
      `Keep it to ${SUMMARY_GRAPHEMES}.`,
    )
  if (title > TITLE_GRAPHEMES)
    warn('title-long', 'title', `The title ${quoted(item)} has ${title} characters.`, `Keep it to ${TITLE_GRAPHEMES}.`)
  return findings
}

/** The store keeps one item for each address; this guards editions that were put together by hand. */
function duplicates(items: readonly Item[]): Finding[] {
  const seen = new Set<string>()
  return items.flatMap((item): Finding[] => {
    if (!seen.has(item.url)) {
      seen.add(item.url)
      return []
    }
    const message = `${item.url} is in this edition twice.`
    return [
      { severity: 'error', code: 'duplicate-url', item: item.url, field: 'url', message, advice: 'Take one out.' },
    ]
  })
}

/** The title between quotation marks, short enough for a line of a list. */
function quoted({ title }: Item): string {
  return `“${shorten(title, 90)}”`
}

function twinFinding({ first, second, source }: Twins): Finding {
  const about = { severity: 'warning', item: second.url } as const
  const pair = `${quoted(second)} and ${quoted(first)}`
  const advice = 'Both are kept. Drop or merge one if they tell the same story.'
  if (source === undefined)
    return { ...about, code: 'same-story', message: `${pair} seem to tell the same story.`, advice }
  return { ...about, code: 'source-shared', field: 'sources', message: `${pair} share a source: ${source}`, advice }
}
