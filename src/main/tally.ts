import { finalStates, type DeliveryState } from '../domain/delivery.ts'
import type { LedgerCount } from '../ports.ts'

/** Always in the sum, also when there are none. */
const named: ReadonlySet<DeliveryState> = new Set(['sent', 'rejected', 'review'])
const figures = new Intl.NumberFormat('en-GB')
/** What a state is called where it is not its own name. */
const names: Partial<Record<DeliveryState, string>> = { review: 'needs review', superseded: 'overtaken' }

/** `1,204`. */
export function figure(count: number): string {
  return figures.format(count)
}

/** `1 reader`, `1,204 readers`. */
export function plural(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`
}

export function stateName(state: DeliveryState): string {
  return names[state] ?? state
}

/** `2 sent` or `1,207 sent, 1 waiting`; of several channels together. */
export function tallyCounts(counts: readonly LedgerCount[]): string {
  const states = [...new Set(counts.map(({ state }) => state))]
  return states.map((state) => `${figure(countOf(counts, state))} ${stateName(state)}`).join(', ')
}

export function countOf(counts: readonly LedgerCount[], ...states: readonly DeliveryState[]): number {
  return counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0)
}

export function countOpen(counts: readonly LedgerCount[]): number {
  return counts.filter(({ state }) => !finalStates.includes(state)).reduce((sum, { count }) => sum + count, 0)
}

/** `1,214 frozen = 1,208 sent + 3 rejected + 1 needs review + 2 still open`: everybody is in it once. Empty for none. */
export function sumLine(counts: readonly LedgerCount[]): string {
  const all = counts.reduce((sum, { count }) => sum + count, 0)
  if (all === 0) return ''
  const ended = finalStates
    .map((state) => [state, countOf(counts, state)] as const)
    .filter(([state, count]) => count > 0 || named.has(state))
    .map(([state, count]) => `${figure(count)} ${stateName(state)}`)
  const open = countOpen(counts)
  return `${figure(all)} frozen = ${[...ended, ...(open > 0 ? [`${figure(open)} still open`] : [])].join(' + ')}`
}
