import type { RecentItem } from '../../src/channel.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Item, Link } from '../../src/domain/item.ts'
import type { Publication } from '../../src/domain/publication.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { canonicalUrl } from '../../src/domain/url.ts'
import { webAddress } from './address.ts'
import { convert } from './content.ts'
import { correctionsOf } from './corrections.ts'
import type { Entry } from './document.ts'
import { leftOut, quoted, repeated, untitled } from './findings.ts'

interface Entries {
  readonly entries: readonly Entry[]
  readonly findings: readonly Finding[]
}

/** The first `limit` items that can stand in a feed, in their order. What is wrong with one never touches another. */
export function selectEntries(recent: readonly RecentItem[], limit: number, publication: Publication): Entries {
  const entries: Entry[] = []
  const findings: Finding[] = []
  const taken = new Set<string>()
  for (const candidate of recent) {
    if (entries.length === limit) break
    const made = entryFrom(candidate, publication)
    findings.push(...made.findings)
    if (!made.entry) continue
    if (taken.has(made.entry.id)) findings.push(repeated(candidate.item))
    else entries.push(made.entry)
    taken.add(made.entry.id)
  }
  return { entries: withDistinctUpdates(entries), findings }
}

interface Made {
  readonly entry?: Entry
  readonly findings: readonly Finding[]
}

function entryFrom({ item, published, updated, corrections: amendments }: RecentItem, publication: Publication): Made {
  const dropped = (field: string, why: string): Made => ({ findings: [leftOut(item, field, why)] })
  const id = webAddress(canonicalUrl(item.url) ?? '')
  if (!id) return dropped('url', `its address ${quoted(item.url)} is not an http or https address.`)
  const sources = cleanSources(item.sources)
  if (sources.length === 0) return dropped('sources', 'it has no primary source with an http or https address.')
  const wrongDate = [published, updated].find((date) => !isInstant(date))
  if (wrongDate !== undefined) return dropped('published', `its date ${quoted(wrongDate)} cannot be read.`)

  const title = cleanLine(item.title)
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
    authors: cleanLines(item.authors),
    tags: cleanLines(item.tags),
    sources,
    ...(image && { image }),
    corrections,
  }
  return { entry, findings: title ? findings : [...findings, untitled(item)] }
}

/**
 * Validators and readers tell versions apart by `updated`. Of equal ones the upper is moved on by a millisecond: items
 * are added on top, so that what is already in the feed keeps its instant.
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

function cleanSources(sources: readonly Link[]): Link[] {
  const byUrl = new Map<string, Link>()
  for (const source of sources) {
    const url = webAddress(source.url)
    const title = cleanLine(source.title ?? '')
    if (url && !byUrl.has(url)) byUrl.set(url, title ? { url, title } : { url })
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

/** RFC 3339 has four digits for the year. */
function isInstant(text: string): boolean {
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && /^\d{4}-/.test(instant.toISOString())
}
