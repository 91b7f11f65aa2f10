import { html } from 'hono/html'
import { editionItems } from '../../domain/edition.ts'
import type { Finding, Severity } from '../../domain/finding.ts'
import type { Rendering } from '../../domain/rendering.ts'
import type { ChannelView, EditionView } from '../../pipeline/view.ts'
import type { Html } from '../page.ts'
import { counted } from '../words.ts'

/** A finding with its place on the page. Numbers run from 1, errors first. */
export interface Numbered {
  readonly number: number
  readonly finding: Finding
}

/** Every finding of an edition exactly once, beside what it is about; errors before warnings before notes everywhere. */
export interface PlacedFindings {
  readonly all: readonly Numbered[]
  readonly edition: readonly Numbered[]
  /** By the URL of an item that the edition carries, background included. */
  readonly items: ReadonlyMap<string, readonly Numbered[]>
  /** By the URL of an item that the edition does not carry, most often because of this very finding. */
  readonly leftOut: ReadonlyMap<string, readonly Numbered[]>
  readonly channels: ReadonlyMap<string, readonly Numbered[]>
  readonly renderings: ReadonlyMap<Rendering, readonly Numbered[]>
}

const severities = ['error', 'warning', 'note'] as const satisfies readonly Severity[]

export function placeFindings(view: EditionView): PlacedFindings {
  const found: readonly Found[] = [...view.findings.map((finding) => ({ finding })), ...view.channels.flatMap(foundIn)]
  const numbered = severities
    .flatMap((severity) => found.filter(({ finding }) => finding.severity === severity))
    .map(({ finding, rendering }, index) => ({ finding, rendering, number: index + 1 }))
  const { amends, background } = view.edition
  const own = amends ? [amends.item] : []
  const carried = new Set([...editionItems(view.edition), ...background, ...own].map(({ url }) => url))
  const channels = new Set(view.channels.map(({ id }) => id))
  const ofView = numbered.filter(({ rendering }) => !rendering)
  const ofItems = ofView.filter(({ finding }) => finding.item !== undefined)
  const others = ofView.filter(({ finding }) => finding.item === undefined)
  const ofChannel = ({ finding }: Numbered): boolean => channels.has(finding.channel ?? '')
  return {
    all: numbered,
    edition: others.filter((entry) => !ofChannel(entry)),
    items: by(ofItems, ({ finding }) => (carried.has(finding.item ?? '') ? finding.item : undefined)),
    leftOut: by(ofItems, ({ finding }) => (carried.has(finding.item ?? '') ? undefined : finding.item)),
    channels: by(others.filter(ofChannel), ({ finding }) => finding.channel),
    renderings: by(numbered, ({ rendering }) => rendering),
  }
}

interface Found {
  readonly finding: Finding
  readonly rendering?: Rendering
}

/** What one channel found, equal findings of its whole documents once: three feeds of the same items say the same three times. */
function foundIn({ renderings }: ChannelView): Found[] {
  const once = new Map<string, Found>()
  for (const rendering of renderings)
    for (const finding of rendering.findings) {
      const { severity, code, message, advice, item, field } = finding
      const key = JSON.stringify([rendering.item, severity, code, message, advice, item, field])
      if (!once.has(key)) once.set(key, { finding, rendering })
    }
  return [...once.values()]
}

function by<Entry extends Numbered, Key>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => Key | undefined,
): Map<Key, Numbered[]> {
  const groups = new Map<Key, Numbered[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}

/** `1 error · 3 warnings · 2 notes`, each leading to its first, and behind it the list of all. */
export function findingsSummary({ all }: PlacedFindings): Html {
  if (all.length === 0) return html`<p class="quiet">The checks found nothing to say.</p>`
  const counts = severities.flatMap((severity) => {
    const some = all.filter(({ finding }) => finding.severity === severity)
    const first = some[0]
    return first ? [html`<a href="#finding-${first.number}">${counted(some.length, severity)}</a>`] : []
  })
  return html`<p class="line figures">${counts}</p>
    <details class="small">
      <summary class="quiet">All findings in one list</summary>
      <ol class="index">
        ${all.map(
          ({ number, finding }) =>
            html`<li>${words[finding.severity]}: <a href="#finding-${number}" dir="auto">${finding.message}</a></li>`,
        )}
      </ol>
    </details>`
}

/** The findings about one thing, to stand beside it; nothing when there are none. */
export function findingsBeside(findings: readonly Numbered[] | undefined): Html | '' {
  if (!findings || findings.length === 0) return ''
  return html`<ul class="findings" aria-label="Findings">
    ${findings.map(findingEntry)}
  </ul>`
}

const words: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', note: 'Note' }

function findingEntry({ number, finding }: Numbered): Html {
  const { severity, message, advice, field } = finding
  return html`<li class="finding ${severity}" id="finding-${number}" dir="auto">
    <b>${words[severity]}</b>${field ? ` in ${field}` : ''}: ${message}
    ${advice ? html`<span class="advice">${advice}</span>` : ''}
  </li>`
}
