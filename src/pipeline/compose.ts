import type { Amendment } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'
import { cleanLine, shorten } from '../domain/text.ts'
import type { Publication } from '../domain/publication.ts'
import type { StoredItem } from '../ports.ts'

export interface ComposeSettings {
  /** How many items are shown with their summary; the rest become a short list. */
  readonly stories: number
  /** How many lessons the background block has at most. */
  readonly background: number
  /** Longest subject in graphemes: what a phone shows of it. */
  readonly subjectGraphemes: number
  readonly preheaderGraphemes: number
}

export const composeDefaults: ComposeSettings = {
  stories: 10,
  background: 3,
  subjectGraphemes: 78,
  preheaderGraphemes: 110,
}

export interface ComposeInput {
  readonly schedule: string
  readonly date: string
  /** First day whose items belong in; earlier than `date` when slots were missed. */
  readonly fromDay: string
  readonly plannedAt: Date
  readonly source: string
  readonly publication: Publication
  /** Items of `fromDay` to `date`, and before that those that came too late for the edition of their day. */
  readonly items: readonly StoredItem[]
  /** Undated items, for the background block. */
  readonly lessons: readonly Item[]
  /** What was put right or taken back and no edition has told of; an edition is not made of these alone. */
  readonly amendments?: readonly Amendment[]
}

export interface Composed {
  /** Undefined when there is nothing to send. */
  readonly edition: Edition | undefined
  readonly findings: readonly Finding[]
}

/**
 * Picks the day's items in the source's order. Items without a primary source stay out and are named in the
 * findings; items that came after the edition of their own day had left are taken in at the end. Pure.
 */
export function compose(input: ComposeInput, settings: ComposeSettings = composeDefaults): Composed {
  const ofTheDay = input.items.filter(({ day }) => day !== undefined && day >= input.fromDay && day <= input.date)
  const late = input.items.filter(({ day }) => day !== undefined && day < input.fromDay)
  const chosen = [...ofTheDay, ...late].map(({ item }) => item)
  const fit = chosen.filter((item) => item.sources.length > 0)
  const findings = [
    ...chosen.filter((item) => item.sources.length === 0).map(withoutSource),
    ...late.filter(({ item }) => item.sources.length > 0).map(cameLate),
  ]
  const lead = fit[0]
  if (!lead) return { edition: undefined, findings }
  return {
    findings,
    edition: {
      id: `${input.schedule}/${input.date}`,
      schedule: input.schedule,
      date: input.date,
      plannedAt: input.plannedAt.toISOString(),
      source: input.source,
      publication: input.publication,
      subject: shorten(cleanLine(lead.title), settings.subjectGraphemes),
      preheader: preheader(lead, fit.length - 1, settings.preheaderGraphemes),
      intro: '',
      stories: fit.slice(0, settings.stories),
      briefs: fit.slice(settings.stories),
      background: background(fit, input.lessons, settings.background),
      ...(input.amendments && input.amendments.length > 0 && { amendments: input.amendments }),
    },
  }
}

/** The lead's summary, so that an inbox row reads as headline and standfirst; the count when it has none. */
function preheader(lead: Item, others: number, graphemes: number): string {
  if (lead.summary !== '') return shorten(cleanLine(lead.summary), graphemes)
  return others > 0 ? `And ${others} more, each with its source.` : 'Checked against its source.'
}

/** Lessons that the day's items link to, the most linked first, then in the source's order; none without its papers (promise 3). */
function background(items: readonly Item[], lessons: readonly Item[], count: number): Item[] {
  const linked = new Map<string, number>()
  for (const { links } of items) for (const url of links) linked.set(url, (linked.get(url) ?? 0) + 1)
  return lessons
    .filter(({ url, sources }) => linked.has(url) && sources.length > 0)
    .sort((a, b) => (linked.get(b.url) ?? 0) - (linked.get(a.url) ?? 0))
    .slice(0, count)
}

function withoutSource(item: Item): Finding {
  return {
    severity: 'error',
    code: 'no-source',
    item: item.url,
    field: 'sources',
    message: `“${shorten(item.title, 90)}” names no primary source and stays out of the edition.`,
    advice: 'Add the source to the item where it is published; it then goes into the next edition.',
  }
}

function cameLate({ item, day }: StoredItem): Finding {
  return {
    severity: 'note',
    code: 'came-late',
    item: item.url,
    message: `“${shorten(item.title, 90)}” is dated ${day} but came after that day's edition had left; it is in this one.`,
  }
}
