import type { RunReport } from '../../pipeline/run.ts'
import type { LedgerCount } from '../../ports.ts'
import type { Configuration } from '../configuration.ts'
import { type Screen, screenOf, shownReason } from '../screen.ts'
import { countOf, countOpen, figure } from '../tally.ts'
import { countWaits, laterWords, troubles, troubleWords } from '../waits.ts'
import { othersInWords } from './others.ts'
import { placesInWords } from './places.ts'

/** What became of the edition, and of others, and what a person can do about it. */
export function headline(report: RunReport, configuration: Configuration): string {
  const others = othersInWords(report)
  const nothingWritten = report.dryRun && report.verdict !== 'planned' ? ['dry run: nothing was written'] : []
  return [ownHeadline(report, configuration), ...(others === undefined ? [] : [others]), ...nothingWritten].join('; ')
}

function ownHeadline(report: RunReport, configuration: Configuration): string {
  const { dataFolder, callOptions } = configuration
  const { verdict, state, id, counts, edition } = report
  const reason = shownReason(screenOf(configuration, report.endedAt, report.collected.day), report.reason)
  switch (verdict) {
    case 'approved':
      return state === 'sent'
        ? `sent ${placesInWords(report)}${exceptions(counts, id)}`
        : `approved; ${remainder(report, configuration)}`
    case 'resumed':
      return `taken up where the last run stopped${countOpen(counts) > 0 ? `; ${remainder(report, configuration)}` : ''}`
    case 'unchanged':
      if (state === 'cancelled') return `nothing to do: it was cancelled (${reason})`
      return state === 'sent'
        ? `nothing to do: it has left already${exceptions(counts, id)}`
        : `nothing to do now: ${state}; ${remainder(report, configuration)}`
    case 'empty':
      return report.others.length > 0 ? 'nothing new to send' : 'nothing to send'
    case 'draft':
      return `a draft; let it go with groundwire approve ${id}${callOptions}`
    case 'held':
      // Of a dry run there is no such edition that could be let go.
      if (report.dryRun && report.renderings.length > 0) return `it would be held: ${reason}`
      return `held${unsent(counts)}: ${reason}. Let it go all the same with groundwire approve ${id}${callOptions}`
    case 'foreign':
      return `nothing was made: ${dataFolder} has an edition of this day from ${edition?.source}; use --data for another folder`
    case 'planned':
      return 'dry run: this is the plan, nothing was written'
  }
}

/** Of an edition that is held in the midst of leaving. */
function unsent(counts: readonly LedgerCount[]): string {
  return counts.length === 0 ? '' : ` with ${figure(countOpen(counts))} still to leave`
}

/** What will not leave by itself any more. */
function exceptions(counts: readonly LedgerCount[], id: string): string {
  const failed = countOf(counts, 'rejected', 'review')
  return failed > 0 ? `, except for ${figure(failed)}; see groundwire status ${id}` : ''
}

/** What is left to do, and who does it. */
function remainder(report: RunReport, configuration: Configuration): string {
  const { counts, waits, collected, endedAt } = report
  const screen = screenOf(configuration, endedAt, collected.day)
  const later = laterWords(waits, configuration, screen)
  const owed = countOpen(counts) - countWaits(waits.filter(({ byPlan }) => byPlan))
  if (later !== undefined && owed === 0) return later
  return [...(later === undefined ? [] : [later]), owedWords(report, owed, screen)].join('; ')
}

/** Of several reasons each has a line of its own further down. */
function owedWords({ counts, waits, id }: RunReport, owed: number, screen: Screen): string {
  if (owed > 0 && owed === countOf(counts, 'claimed')) return 'another run is finishing it'
  const [trouble, ...more] = troubles(waits)
  const why = trouble && more.length === 0 ? `: ${troubleWords(trouble, screen)}` : ''
  return `${figure(owed)} still owed${why}; see groundwire status ${id}`
}
