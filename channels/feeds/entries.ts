import type { RecentItem } from '../../src/channel/published.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Attachment, Item, Link } from '../../src/domain/item.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { canonicalUrl } from '../../src/domain/url.ts'
import { webAddress } from './address.ts'
import { convert } from './content.ts'
import { correctionsOf } from './corrections.ts'
import type { Entry } from './document.ts'
import { leftOut, quoted, repeated, untitled } from './findings.ts'

/** What became of an item or edition. Without an entry it cannot stand in a feed. */
export interface MadeEntry {
  readonly entry?: Entry
  /** Told where this entry stands below one with its address. */
  readonly repeat?: Finding
  readonly findings: readonly Finding[]
}

interface Entries {
  readonly entries: readonly Entry[]
  readonly findings: readonly Finding[]
}

/** Those that can stand in one feed, in their order. What is wrong with one never touches another. */
export function standTogether(made: readonly MadeEntry[]): Entries {
  const entries: Entry[] = []
  const findings: Finding[] = []
  const taken = new Set<string>()
  for (const { entry, repeat, findings: own } of made) {
    findings.push(...own)
    if (!entry) continue
    if (!taken.has(entry.id)) entries.push(entry)
    else if (repeat) findings.push(repeat)
    taken.add(entry.id)
  }
  return { entries: withDistinctUpdates(entries), findings }
}

/** What all feeds and formats say of an item. To convert its body is the dear part. */
export function itemEntry(
  { item, published, updated, corrections: amendments }: RecentItem,
  publication: Publication,
): MadeEntry {
  const dropped = (field: string, why: string): MadeEntry => ({ findings: [leftOut(item, field, why)] })
  const id = webAddress(canonicalUrl(item.url) ?? '')
  if (!id) return dropped('url', `its address ${quoted(item.url)} is not an http or https address.`)
  const sources = cleanLinks(item.sources)
  if (sources.length === 0) return dropped('sources', 'it has no primary source with an http or https address.')
  const wrongDate = [published, updated].find((date) => !isInstant(date))
  if (wrongDate !== undefined) return dropped('published', `its date ${quoted(wrongDate)} cannot be read.`)

  const title = cleanLine(item.title)
  const section = cleanLine(item.section)
  const image = cleanImage(item)
  const summary = cleanLine(item.summary)
  const corrections = correctionsOf(amendments, publication)
  const { html, findings } = convert({ item, id, summary, sources, corrections, ...(image && { image }) })
  const entry: Entry = {
    id,
    title: title || id,
    summary,
    html,
    published: new Date(published),
    updated: new Date(updated),
    ...(section && { section }),
    ...(sources[0] && { about: sources[0].url }),
    authors: cleanLines(item.authors),
    tags: cleanLines(item.tags),
    sources,
    ...(image && { image }),
    attachments: cleanAttachments(item),
    corrections,
  }
  return { entry, repeat: repeated(item), findings: title ? findings : [...findings, untitled(item)] }
}

/**
 * Validators and readers tell versions apart by `updated`. Of equal ones the upper is moved on by a millisecond: items
 * are added on top, so that what is already in the feed keeps its instant. It is the last resort: documents that hold
 * different items may then tell different instants of one.
 */
function withDistinctUpdates(entries: readonly Entry[]): Entry[] {
  const used = new Set<number>()
  const upwards: Entry[] = []
  for (const entry of entries.toReversed()) {
    let instant = entry.updated.getTime()
    while (used.has(instant)) instant += 1
    used.add(instant)
    upwards.push({ ...entry, updated: new Date(instant) })
  }
  return upwards.toReversed()
}

/** Without repeats. */
export function cleanLinks(links: readonly Link[]): Link[] {
  const byUrl = new Map<string, Link>()
  for (const link of links) {
    const url = webAddress(link.url)
    const title = cleanLine(link.title ?? '')
    if (url && !byUrl.has(url)) byUrl.set(url, title ? { url, title } : { url })
  }
  return [...byUrl.values()]
}

/** A size or length of 0 says nothing: RSS means by it that the size is not known. */
function cleanAttachments({ attachments = [] }: Item): Attachment[] {
  const byUrl = new Map<string, Attachment>()
  for (const { url: address, mediaType, title: given = '', bytes, seconds } of attachments) {
    const url = webAddress(address)
    const title = cleanLine(given)
    const size = { ...(bytes && { bytes }), ...(seconds && { seconds }) }
    if (url && !byUrl.has(url)) byUrl.set(url, { url, mediaType, ...(title && { title }), ...size })
  }
  return [...byUrl.values()]
}

function cleanImage({ image }: Item): Item['image'] {
  const url = image && webAddress(image.url)
  return url ? { url, alt: cleanLine(image.alt) } : undefined
}

function cleanLines(lines: readonly string[]): string[] {
  return [...new Set(lines.map(cleanLine))].filter((line) => line !== '')
}

/** RFC 3339 has four digits for the year, XML Schema no year 0, and in some zone the last day of 9999 is over already. */
function isInstant(text: string): boolean {
  const year = new Date(text).getUTCFullYear()
  return year >= 1 && year <= 9998
}
