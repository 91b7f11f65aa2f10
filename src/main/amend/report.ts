import { channels } from '../../../channels/index.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Amended, AmendWords, StillOwed } from '../../pipeline/amend.ts'
import type { FrozenRendering, LedgerCount, Store } from '../../ports.ts'
import type { Configuration } from '../configuration.ts'
import { nextStep } from '../next-step.ts'
import { shownText } from '../shown.ts'
import { headLines } from '../status/edition.ts'
import { requireEdition } from '../status/require.ts'
import { figure, plural } from '../tally.ts'
import type { OpenDraft } from './drafts.ts'

/** Many documents carry the item, and all tell the same. */
const SHOWN_DOCUMENTS = 3

interface AmendReport {
  readonly amended: Amended
  /** Of an item that never left: editions that it would leave with. */
  readonly drafts: readonly OpenDraft[]
  readonly words: AmendWords
  readonly store: Store
  readonly configuration: Configuration
}

type Composed = Extract<Amended, { readonly edition: unknown }>

/** What a person reads: what leaves through each channel, what is wrong with it, and what is next. */
export async function describeAmend(report: AmendReport): Promise<string> {
  const { amended } = report
  const lines = [
    ...(await head(report)),
    ...('edition' in amended ? [...channelLines(amended), ...findingLines(findingsOf(amended, report.words))] : []),
    '',
    ...(await sentences(report)).map((sentence) => `  ${sentence}`),
  ]
  return `${lines.join('\n')}\n`
}

async function head({ amended, words, store }: AmendReport): Promise<string[]> {
  if (amended.verdict === 'approved' || amended.verdict === 'said') {
    const { edition, state, reason } = await requireEdition(store, idOf(amended) ?? '')
    return headLines({ id: edition.id, subject: edition.subject, state, reason }, await countsOf(store, amended))
  }
  if (!('edition' in amended)) return [shownText(words.url)]
  const { id, subject } = amended.edition
  return [`${id}  ${amended.verdict === 'planned' ? 'dry run' : 'not said'}`, `  “${subject}”`]
}

function idOf(amended: Amended): string | undefined {
  return 'edition' in amended ? amended.edition.id : 'id' in amended ? amended.id : undefined
}

async function countsOf(store: Store, amended: Amended): Promise<LedgerCount[]> {
  const id = idOf(amended)
  return id === undefined ? [] : store.counts(id)
}

function channelLines({ renderings }: Composed): string[] {
  const lines = channels.flatMap((channel) => {
    const own = renderings.filter((rendering) => rendering.channel === channel.id)
    if (own.length > 0) return renderingLines(channel.title, own)
    return channel.amend ? [row(channel.title, 'nothing of it has left there')] : []
  })
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Of whole documents the names of the first alone, of a post its words. */
function renderingLines(label: string, renderings: readonly FrozenRendering[]): string[] {
  const documents = renderings.filter(({ text }) => text === undefined).map(({ title }) => shownText(title))
  const posts = renderings.flatMap(({ title, text }) => {
    const words = (text?.split('\n') ?? []).map((line) => row('', `  ${shownText(line)}`).trimEnd())
    return text === undefined ? [] : [row('', shownText(title)), ...words]
  })
  const more = documents.length - SHOWN_DOCUMENTS
  const names = `${documents.slice(0, SHOWN_DOCUMENTS).join(', ')}${more > 0 ? ` and ${figure(more)} more` : ''}`
  const [first = '', ...others] = [...(documents.length > 0 ? [row('', names)] : []), ...posts]
  return [row(label, first.trimStart()), ...others]
}

/** Feeds say what is wrong with any of their items; here only what is about this one counts. */
function findingsOf({ findings, renderings }: Composed, { url }: AmendWords): Finding[] {
  const all = [...findings, ...renderings.flatMap((rendering) => rendering.findings)]
  const about = all.filter(({ item }) => item === undefined || item === url)
  return [...new Map(about.map((finding) => [finding.severity + finding.message, finding])).values()]
}

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  return [
    '',
    ...findings.map(({ severity, message, advice = '' }, place) =>
      row(place === 0 ? 'Checked' : '', shownText(`${severity}: ${message} ${advice}`)),
    ),
  ]
}

async function sentences(report: AmendReport): Promise<string[]> {
  const { amended, words, store, configuration } = report
  const isCorrection = words.kind === 'correction'
  switch (amended.verdict) {
    case 'said': {
      const { edition, state } = await requireEdition(store, amended.id)
      const before = isCorrection ? 'said' : 'taken back'
      if (state === 'cancelled') return [`It was ${before} before, and cancelled. To say it again, use other words.`]
      const next = state === 'approved' || state === 'sending' ? [await nextStep(edition, store, configuration)] : []
      return [`It was ${before} before; nothing changed.`, ...next]
    }
    case 'never-left':
      if (report.drafts.length > 0) return report.drafts.flatMap((draft) => draftSentences(draft, report))
      return isCorrection
        ? [
            'No edition carries it and no feed shows it: there is nothing to correct. The edition that will tells what it says then.',
          ]
        : [
            'No edition carries it and no feed shows it: there is nothing to take back. Once its source no longer lists it, none will.',
          ]
    case 'blocked':
      return ['Nothing was said, in any channel: an error keeps it from leaving.']
    case 'planned':
      return ['Nothing was written, and nothing leaves.', ...owedSentences(amended, report)]
    case 'approved':
      return [
        'It is frozen as it is shown here. The next digest tells of it.',
        ...owedSentences(amended, report),
        await nextStep(amended.edition, store, configuration),
      ]
    case 'unknown':
    case 'missing':
    case 'withdrawn':
      return []
  }
}

/** A draft has its items as they were when it was made; a pass makes it anew, and leaves alone what is held. */
function draftSentences({ id, date, state }: OpenDraft, { words, configuration }: AmendReport): string[] {
  const { callOptions } = configuration
  const cancel = `groundwire cancel ${id}${callOptions}`
  const anew =
    state === 'draft'
      ? `make the draft anew (groundwire run --date ${date}${callOptions}), or end it (${cancel})`
      : `end that edition (${cancel})`
  const first = words.kind === 'correction' ? 'Put it right' : 'Take the item out'
  return [
    `Nothing was done: the item has not left, and ${id} (${state}) would carry it as it was.`,
    `${first} where it is published, then ${anew}.`,
  ]
}

function owedSentences({ owed }: Composed, { words, configuration: { callOptions } }: AmendReport): string[] {
  return owed.map(({ edition, channel, count }) => {
    const what = `${plural(count, 'delivery').replace(/deliverys$/, 'deliveries')} of ${edition} by ${channel}`
    return words.kind === 'correction'
      ? `Not left yet: ${what}. It goes as it was frozen, and what is said here comes after it.`
      : `Not left yet: ${what}, which tells of it. To stop that: groundwire hold ${edition}${callOptions}, or cancel.`
  })
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(9)} ${text}`
}

/** The same for a program. */
export async function amendAsJson(report: AmendReport): Promise<string> {
  const { amended, drafts, words, store } = report
  const made = 'edition' in amended ? amended : undefined
  const counts = await countsOf(store, amended)
  return `${JSON.stringify({
    edition: idOf(amended) ?? null,
    kind: words.kind,
    item: words.url,
    note: words.note,
    verdict: amended.verdict,
    renderings: (made?.renderings ?? []).map(({ channel, id, title, text, mayLeave }) => ({
      channel,
      id,
      title,
      text: text ?? null,
      mayLeave,
    })),
    findings: made ? findingsOf(made, words) : [],
    drafts: drafts.map(({ id, state }) => ({ edition: id, state })),
    owed: (made?.owed ?? []) satisfies readonly StillOwed[],
    deliveries: counts.map(({ channel, state, count }) => ({ channel, state, count })),
    message: (await sentences(report)).join(' '),
  })}\n`
}
