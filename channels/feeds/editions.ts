import type { PublicHouse } from '../../src/channel.ts'
import type { PastEdition } from '../../src/channel/published.ts'
import type { Amendment } from '../../src/domain/amendment.ts'
import { editionItems } from '../../src/domain/edition.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { escapeHtml } from '../../src/domain/html.ts'
import type { Item } from '../../src/domain/item.ts'
import { cleanLine, cleanText } from '../../src/domain/text.ts'
import { plainDay } from '../../src/domain/time.ts'
import { webAddress } from './address.ts'
import { sourceLines } from './content.ts'
import { correctionsHtml, correctionsOf } from './corrections.ts'
import { cleanLinks, type MadeEntry } from './entries.ts'

/**
 * A digest as one entry: all that it carries, as it now stands. What was put right since says so, what was taken back is
 * named as that and no longer linked. An edition of which nothing is left has no entry.
 */
export function editionEntry(past: PastEdition, house: PublicHouse): MadeEntry {
  const { edition } = past
  const said = Map.groupBy(past.amendments, ({ url }) => url)
  const stands = ({ url }: { readonly url: string }): boolean => !withdrawalOf(said.get(url))
  const told = toldCorrections(edition, said).flatMap(({ source }) => source ?? [])
  const standing = editionItems(edition).filter(stands)
  const carried = cleanLinks([...standing.flatMap(({ sources }) => sources), ...told])
  if (carried.length === 0) return { findings: [] }
  const id = webAddress(pageOf(edition.id, house)) ?? house.publicUrl
  // What sums up the edition may speak of what was taken back.
  const isWhole = standing.length === editionItems(edition).length
  const intro = isWhole ? paragraphs(edition.intro) : []
  const published = new Date(edition.plannedAt)
  return {
    entry: {
      id,
      title: editionTitle(past, house),
      summary: isWhole ? cleanLine(edition.preheader) || intro.join(' ') : titlesOf(standing),
      html: contentOf(past, said, intro, house),
      published,
      updated: lastChange(past, published),
      authors: [],
      tags: [],
      sources: cleanLinks([...carried, ...edition.background.filter(stands).flatMap(({ sources }) => sources)]),
      attachments: [],
      corrections: [],
    },
    findings: [],
  }
}

function titlesOf(items: readonly Item[]): string {
  return items.map(({ title }) => cleanLine(title)).join(' · ')
}

/** Where an edition can be read. */
export function pageOf(edition: string, { publicUrl }: Pick<PublicHouse, 'publicUrl'>): string {
  return `${publicUrl}/editions/${edition}`
}

/** Its subject; where that speaks of a first story that was taken back, its day. */
export function editionTitle({ edition, amendments }: PastEdition, { publication }: PublicHouse): string {
  const first = editionItems(edition)[0]?.url
  const isGone = amendments.some(({ kind, url }) => kind === 'retraction' && url === first)
  const subject = isGone ? '' : cleanLine(edition.subject)
  return subject || `Edition of ${plainDay(edition.date, publication.language)}`
}

type Said = ReadonlyMap<string, readonly Amendment[]>

function contentOf({ edition }: PastEdition, said: Said, intro: readonly string[], house: PublicHouse): string {
  const item = (heading: (text: string) => string, withSummary: boolean) => (one: Item) => {
    const own = said.get(one.url)
    const withdrawn = withdrawalOf(own)
    if (withdrawn) return withdrawnHtml(withdrawn)
    const summary = withSummary ? paragraph(cleanLine(one.summary)) : ''
    const corrections = correctionsHtml(correctionsOf(own, house.publication))
    return `${heading(linked(one))}\n${corrections}${summary}${sourceLines(cleanLinks(one.sources))}`
  }
  const brief = item((text) => `<p>${text}</p>`, false)
  const withdrawn = (edition.amendments ?? []).filter(({ kind }) => kind === 'retraction')
  return [
    ...intro.map((text) => paragraph(text).trim()),
    ...edition.stories.map(item((text) => `<h2>${text}</h2>`, true)),
    ...list('In brief', edition.briefs.map(brief)),
    ...list('Corrections', toldCorrections(edition, said).map(toldHtml)),
    ...list('Withdrawn', withdrawn.map(withdrawnHtml)),
    ...list('Background', edition.background.map(brief)),
  ].join('\n')
}

/** What it tells of items of earlier editions, unless they were taken back since. */
function toldCorrections({ amendments = [] }: PastEdition['edition'], said: Said): Amendment[] {
  return amendments.filter(({ kind, url }) => kind === 'correction' && !withdrawalOf(said.get(url)))
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return []
  return [`<h2>${title}</h2>\n<ul>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`]
}

function linked({ url, title }: { readonly url: string; readonly title: string }): string {
  const address = webAddress(url)
  const text = escapeHtml(cleanLine(title) || url)
  return address === undefined ? text : `<a href="${escapeHtml(address)}">${text}</a>`
}

function toldHtml(amendment: Amendment): string {
  const source = amendment.source ? sourceLines(cleanLinks([amendment.source])) : ''
  return `<p>${linked(amendment)}</p>\n${paragraph(cleanLine(amendment.note))}${source}`.trim()
}

/** Neither link nor summary: it is no longer to be read. */
function withdrawnHtml({ title, note }: Amendment): string {
  const words = [`<strong>Withdrawn:</strong> ${escapeHtml(cleanLine(title))}`, escapeHtml(cleanLine(note))]
  return words
    .filter((text) => text !== '')
    .map((text) => `<p>${text}</p>`)
    .join('\n')
}

function withdrawalOf(said: readonly Amendment[] | undefined): Amendment | undefined {
  return said?.find(({ kind }) => kind === 'retraction')
}

/** In milliseconds that follow from the edition, for one amendment may be of several editions, which share no instant then. */
function lastChange({ edition, amendments }: PastEdition, published: Date): Date {
  const last = Math.max(...amendments.map(({ at }) => Date.parse(at)))
  if (!(last > published.getTime())) return published
  return new Date(last + (Number.parseInt(sha256(edition.id).slice(0, 8), 16) % 1000))
}

function paragraph(plain: string): string {
  return plain === '' ? '' : `<p>${escapeHtml(plain)}</p>\n`
}

function paragraphs(text: string): string[] {
  return cleanText(text)
    .split(/\n\s*\n/)
    .map(cleanLine)
    .filter((one) => one !== '')
}
