import type { RunReport } from '../../pipeline/run.ts'
import type { LedgerCount } from '../../ports.ts'
import type { Configuration } from '../configuration.ts'
import { countOf, countOpen, figure } from '../tally.ts'
import { placesInWords } from './places.ts'

/** What became of the edition, and what a person can do about it. */
export function headline(report: RunReport, { dataFolder, callOptions }: Configuration): string {
  const { verdict, reason, state, id, counts, edition } = report
  const date = id.split('/').at(-1)
  switch (verdict) {
    case 'approved':
      return state === 'sent'
        ? `sent ${placesInWords(report)}${exceptions(counts, id)}`
        : `approved; ${remainder(counts)}`
    case 'resumed':
      return 'taken up where the last run stopped'
    case 'unchanged':
      if (state === 'cancelled') return `nothing to do: it was cancelled (${reason})`
      return state === 'sent'
        ? `nothing to do: it has left already${exceptions(counts, id)}`
        : `nothing to do now: ${state}; ${remainder(counts)}`
    case 'empty':
      return 'nothing to send'
    case 'draft':
      return `a draft; let it go with npm run digest -- --date ${date}${callOptions} --approve`
    case 'held':
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
function remainder(counts: readonly LedgerCount[]): string {
  const left = countOpen(counts)
  return left > 0 && left === countOf(counts, 'claimed')
    ? 'another run is finishing it'
    : `${figure(left)} still owed; see groundwire status`
}
