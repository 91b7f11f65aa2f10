import type { OtherEdition, RunReport } from '../../pipeline/run.ts'
import type { Configuration } from '../configuration.ts'
import { type Screen, shownReason } from '../screen.ts'
import { countOf, countOpen, figure } from '../tally.ts'
import { countWaits, laterWords, troubles, troubleWords, waitAsJson } from '../waits.ts'

/** What this pass sent of the edition that the report is about. */
export function ownSent({ delivered, others }: Pick<RunReport, 'delivered' | 'others'>): number {
  return delivered - others.reduce((sum, { sent }) => sum + sent, 0)
}

/** `of other editions 2 sent, 1 not`; undefined when there is nothing to say of any. */
export function othersInWords({ others }: Pick<RunReport, 'others'>): string | undefined {
  const told = others.filter(isTold)
  if (told.length === 0) return undefined
  const sum = (count: (other: OtherEdition) => number): number => told.reduce((all, other) => all + count(other), 0)
  const [sent, failed, open] = [sum((other) => other.sent), sum((other) => other.failed), sum(owedNow)]
  const later = sum(({ counts }) => countOpen(counts)) - open
  const parts = [
    ...(sent > 0 ? [`${figure(sent)} sent`] : []),
    ...(failed > 0 ? [`${figure(failed)} not delivered`] : []),
    ...(open > 0 ? [`${figure(open)} still owed`] : []),
    ...(later > 0 ? [`${figure(later)} to leave later`] : []),
  ]
  return `of other editions ${parts.join(', ')}`
}

/** `correction/2026-06-30-1f0c2b7a: 1 sent, 1 still owed: busy, next try 07:05`, one line an edition. */
export function otherLines(
  { others }: Pick<RunReport, 'others'>,
  configuration: Configuration,
  screen: Screen,
): string[] {
  const { callOptions } = configuration
  return others.filter(isTold).map((other) => {
    const { id, state, reason, sent, failed, counts, waits } = other
    const status = `see groundwire status ${id}${callOptions}`
    const open = countOpen(counts)
    const parts = [
      ...(sent > 0 ? [`${figure(sent)} sent`] : []),
      ...(failed > 0 ? [`${figure(failed)} not delivered; ${status}`] : []),
    ]
    if (state === 'held' && open > 0)
      return `${id}: ${[...parts, `held with ${figure(open)} still to leave: ${shownReason(screen, reason)}. Let it go with groundwire approve ${id}${callOptions}`].join(', ')}`
    const owed = owedNow(other)
    const [trouble, ...more] = troubles(waits)
    const why = trouble && more.length === 0 ? `: ${troubleWords(trouble, screen)}` : `; ${status}`
    const later = laterWords(waits, configuration, screen)
    return `${id}: ${[
      ...parts,
      ...(later === undefined ? [] : [later]),
      ...(owed > 0 && owed === countOf(counts, 'claimed') ? ['another run is finishing it'] : []),
      ...(owed > 0 && owed !== countOf(counts, 'claimed') ? [`${figure(owed)} still owed${why}`] : []),
    ].join(', ')}`
  })
}

/** Whether of an edition of another day something failed in this pass, or is still owed through one of its channels that could have left. */
export function isOtherWrong({ state, failed, counts, waits }: OtherEdition, channels: ReadonlySet<string>): boolean {
  if (failed > 0) return true
  if (state !== 'approved' && state !== 'sending') return false
  const isMine = ({ channel }: { readonly channel: string }): boolean => channels.has(channel)
  return countOf(counts.filter(isMine), 'planned', 'unknown') > 0 || troubles(waits).some(isMine)
}

export function otherAsJson({ id, state, sent, failed, counts, waits }: OtherEdition, screen: Screen): object {
  return {
    edition: id,
    state,
    sent,
    failed,
    deliveries: counts.map(({ channel, state: at, count }) => ({ channel, state: at, count })),
    waits: waits.map((wait) => waitAsJson(wait, screen)),
  }
}

/** An edition that was worked on in vain, or had nothing left to leave, is not worth a word. */
function isTold({ sent, failed, counts }: OtherEdition): boolean {
  return sent > 0 || failed > 0 || countOpen(counts) > 0
}

/** What is owed and does not wait for its time alone. */
function owedNow({ counts, waits }: OtherEdition): number {
  return countOpen(counts) - countWaits(waits.filter(({ byPlan }) => byPlan))
}
