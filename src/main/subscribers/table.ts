import { plainCell } from '../cells.ts'
import { UsageError } from '../terminal.ts'

/** Names of columns, in small letters and without anything else; the first that there is counts. */
const NAMES = {
  address: ['email', 'emailaddress', 'mail', 'address'],
  state: ['state', 'status'],
  suppressed: ['suppressed'],
  frequency: ['frequency'],
  consent: ['consent'],
  consentAt: ['consentat', 'consentedat', 'date'],
  reason: ['reason'],
  changedAt: ['changedat'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Column = keyof typeof NAMES
/** '' for a column that the table or the line does not have. */
export type CellOf = (column: Column) => string

export interface Table {
  /** The first line is a reader's already. */
  readonly hasNoHeader: boolean
  readonly width: number
  cellsOf(line: readonly string[]): CellOf
}

/**
 * What the first line says about the others: it names the columns, or is an address itself.
 *
 * @throws UsageError when there is no column of addresses, or none of consent where one is needed.
 */
export function openTable(first: readonly string[], needsConsent: boolean): Table {
  const names = first.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''))
  const at = (column: Column): number =>
    NAMES[column].map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1
  const hasNoHeader = at('address') < 0 && widthOf(first) === 1 && first[0]?.includes('@') === true
  if (at('address') < 0 && !hasNoHeader)
    throw new UsageError(
      'the first line of the file names no column of addresses; name one email, or give one address a line and nothing else.',
    )
  if (needsConsent && at('consent') < 0)
    throw new UsageError(
      'nothing says how these readers agreed; say it with --consent TEXT, or line by line in a column named consent.',
    )
  return {
    hasNoHeader,
    width: hasNoHeader ? 1 : first.length,
    cellsOf: (line) => (column) => plainCell((hasNoHeader && column === 'address' ? line[0] : line[at(column)]) ?? ''),
  }
}

/** Cells up to the last that has anything in it. */
export function widthOf(line: readonly string[]): number {
  return line.findLastIndex((cell) => cell !== '') + 1
}
