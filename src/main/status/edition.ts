import { channels } from '../../../channels/index.ts'
import type { LedgerEntry } from '../../domain/delivery.ts'
import { missedKinds } from '../../domain/report.ts'
import type { EditionSummary, LedgerCount, Store, Wait } from '../../ports.ts'
import type { Configuration } from '../configuration.ts'
import type { Screen } from '../screen.ts'
import { shownText } from '../shown.ts'
import { countOf, countOpen, figure, sumLine, tallyCounts } from '../tally.ts'
import type { Terminal } from '../terminal.ts'
import { laterWords, troubleLines } from '../waits.ts'
import { entryLine, foldedLine, missedLines, missedName } from './entries.ts'

/** An edition up to this size is listed whole; of a larger one, as many that did not get it. */
const LISTED = 50
/** Up to as many documents of a channel that have left are listed one by one. */
const UNFOLDED = 6
const documentChannels = new Set(channels.filter(({ document }) => document).map(({ id }) => id))

export type EditionHead = Pick<EditionSummary, 'id' | 'subject' | 'state' | 'reason'>

export function headLines(
  { id: edition, subject, state, reason }: EditionHead,
  counts: readonly LedgerCount[],
): string[] {
  const ids = [...new Set(counts.map(({ channel }) => channel))]
  return [
    `${edition}  ${state}${reason && `: ${shownText(reason)}`}`,
    `  “${subject}”`,
    ...ids.map((id) => `  ${id.padEnd(9)} ${tallyCounts(counts.filter(({ channel }) => channel === id))}`),
  ]
}

/** One edition for a person: the sum, who did not get it and what can be done, and every line when there are few. */
export async function showEdition(
  store: Store,
  head: EditionHead,
  counts: readonly LedgerCount[],
  configuration: Configuration,
  screen: Screen,
  terminal: Terminal,
): Promise<void> {
  const { callOptions: options } = configuration
  const sum = sumLine(counts)
  const lines = [...headLines(head, counts), ...(sum ? [`  ${sum}`] : [])]
  const waits = await store.waits(head.id)
  lines.push(...leavingLines(head, counts, waits, configuration, screen))
  if (head.state !== 'held') lines.push(...waitingLines(waits, options, screen))
  lines.push(...(await missedSection(store, head.id, counts, options, screen)))
  lines.push(...(await listSection(store, head, counts, options, screen)))
  terminal.out(`${lines.join('\n')}\n`)
}

/** Every line when there are few. Documents that have left are one line: dozens of files would hide the posts. */
async function listSection(
  store: Store,
  { id, state }: EditionHead,
  counts: readonly LedgerCount[],
  options: string,
  screen: Screen,
): Promise<string[]> {
  const total = counts.reduce((all, { count }) => all + count, 0)
  const folded = counts.filter((of) => of.state === 'sent' && of.count > UNFOLDED && documentChannels.has(of.channel))
  const left = folded.reduce((all, { count }) => all + count, 0)
  const all = `  All ${figure(total)}: groundwire status ${id}${options} --json, or --csv`
  if (total === 0) return []
  if (total - left > LISTED) return ['', all]
  const isFolded = (entry: LedgerEntry): boolean =>
    folded.some((of) => of.channel === entry.channel && of.state === entry.state)
  const entries = await store.ledger({ edition: id, limit: total })
  const lines = entries.filter((entry) => !isFolded(entry)).map((entry) => entryLine(entry, screen, state))
  return ['', ...lines, ...folded.map(foldedLine), ...(left > 0 ? ['', all] : [])]
}

/** What leaves when; of an edition that is held nothing does until somebody lets it go. */
export function leavingLines(
  { id, state }: Pick<EditionHead, 'id' | 'state'>,
  counts: readonly LedgerCount[],
  waits: readonly Wait[],
  configuration: Configuration,
  screen: Screen,
): string[] {
  const open = countOpen(counts)
  if (state === 'held')
    return [
      ...(open > 0 ? [`  ${figure(open)} still to leave, and none before it is let go.`] : []),
      `  To let it go: groundwire approve ${id}${configuration.callOptions}`,
    ]
  const later = laterWords(waits, configuration, screen)
  return later === undefined ? [] : [`  ${later}`]
}

function waitingLines(waits: readonly Wait[], options: string, screen: Screen): string[] {
  const lines = troubleLines(waits, screen).map((line) => `  Waiting: ${line}`)
  const hurry = `  Or at once: groundwire run --now${options}, which sends all that waits, also what is spaced or in quiet hours.`
  return lines.length === 0 ? [] : [...lines, hurry]
}

async function missedSection(
  store: Store,
  id: string,
  counts: readonly LedgerCount[],
  options: string,
  screen: Screen,
): Promise<string[]> {
  const told = await tellMissed(store, id, countOf(counts, 'cancelled'))
  if (told.count === 0) return []
  const more = told.count - told.shown.length
  return [
    '',
    '  Who did not get it',
    ...told.shown.map((entry) => missedLines(entry, screen)),
    ...(more > 0 ? [`  and ${figure(more)} more: groundwire status ${id}${options} --failed`] : []),
    '',
    ...advice
      .filter(({ names }) => names.some((name) => told.names.has(name)))
      .map(({ words }) => `  ${words.replaceAll('OPTIONS', options)}`),
  ]
}

interface Told {
  readonly shown: readonly LedgerEntry[]
  readonly count: number
  readonly names: ReadonlySet<string>
}

/** The first of them, and how many there are. A cancelled edition may have missed everybody: those are counted, not read. */
async function tellMissed(store: Store, edition: string, cancelled: number): Promise<Told> {
  const shown: LedgerEntry[] = []
  const names = new Set<string>()
  let count = cancelled
  const failed = store.walk({ edition, states: ['review', 'rejected'], receipts: missedKinds })
  for await (const entry of failed) {
    count += 1
    names.add(missedName(entry))
    if (shown.length < LISTED) shown.push(entry)
  }
  const room = LISTED - shown.length
  if (cancelled > 0) names.add('cancelled')
  if (cancelled > 0 && room > 0) shown.push(...(await store.ledger({ edition, states: ['cancelled'], limit: room })))
  return { shown, count, names }
}

const advice: readonly { readonly names: readonly string[]; readonly words: string }[] = [
  {
    names: ['needs review'],
    words:
      'Needs review: it may have left. Look on the other side, then groundwire resolve KEYOPTIONS --sent, --retry (who has it gets it twice) or --drop.',
  },
  {
    names: ['rejected'],
    words: 'Rejected: it did not leave. When the cause is gone, groundwire resolve KEYOPTIONS --retry.',
  },
  {
    names: ['bounced', 'failed', 'suppressed'],
    words:
      'Bounced, failed, suppressed: the provider took it and could not deliver it. Ask the reader for another address.',
  },
  {
    names: ['cancelled'],
    words: 'Cancelled: the edition ended, or its reader left, before it was sent; nothing more leaves.',
  },
]
