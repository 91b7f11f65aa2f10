import { parse } from 'csv-parse/sync'
import { readLines, type Line } from './lines.ts'

/** Lines that one row may span by line breaks inside quotation marks; past it, a mark was left open. */
const LONGEST_ROW = 50
const DELIMITERS = [',', ';', '\t'] as const

/** `line`: where it begins. */
export type Row =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string }

/** One row as it stands in the file; `problem`: it cannot be a row. */
interface Source {
  readonly line: number
  readonly text: string
  readonly problem?: string
}

/**
 * Rows of a table in text (RFC 4180, also with `;` or tabs, as its first line has it), those of one chunk at a time.
 * A line that cannot be read is a row with a problem and never takes the lines after it along, as a quotation mark that
 * is left open would. Blank lines are left out; cells are trimmed.
 */
export async function* readRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Row[]> {
  let delimiter: string | undefined
  let pending: Line[] = []
  for await (const lines of readLines(bytes)) {
    pending = pending.concat(lines)
    delimiter ??= delimiterOf(pending)
    const [sources, rest] = takeRows(pending, delimiter ?? ',', false)
    pending = rest
    if (sources.length > 0) yield parseRows(sources, delimiter ?? ',')
  }
  const [sources] = takeRows(pending, delimiter ?? ',', true)
  if (sources.length > 0) yield parseRows(sources, delimiter ?? ',')
}

/** What separates the cells of the first line that has any; undefined while there is none. */
function delimiterOf(lines: readonly Line[]): string | undefined {
  const first = lines.find(({ text }) => text.trim() !== '')?.text.replace(/"[^"]*"/g, '')
  if (first === undefined) return undefined
  const count = (delimiter: string): number => first.split(delimiter).length
  return DELIMITERS.toSorted((a, b) => count(b) - count(a))[0]
}

/** Joins lines to rows as their quotation marks ask; also the lines from which that cannot be told yet. */
function takeRows(lines: readonly Line[], delimiter: string, isEnd: boolean): [rows: Source[], rest: Line[]] {
  const rows: Source[] = []
  for (let at = 0; at < lines.length;) {
    const end = endOfRow(lines, at)
    if (end === undefined && !isEnd && lines.length - at < LONGEST_ROW) return [rows, lines.slice(at)]
    const row = rowFrom(lines.slice(at, (end ?? at) + 1), end !== undefined, delimiter)
    if (row) rows.push(row)
    // What made no row together is looked at line by line.
    at = row?.problem === undefined && end !== undefined ? end + 1 : at + 1
  }
  return [rows, []]
}

/** The line on which the quotation marks that were opened are closed; undefined when none of these is. */
function endOfRow(lines: readonly Line[], from: number): number | undefined {
  let isOpen = false
  for (let at = from; at < Math.min(lines.length, from + LONGEST_ROW); at += 1) {
    const { text = '', isTooLong = false } = lines[at] ?? {}
    if (isTooLong && at > from) return undefined
    if (text.includes('"') && (text.split('"').length - 1) % 2 === 1) isOpen = !isOpen
    if (!isOpen) return at
  }
  return undefined
}

function rowFrom([first, ...more]: readonly Line[], isClosed: boolean, delimiter: string): Source | undefined {
  if (!first) return undefined
  const { number: line, text, isTooLong } = first
  if (isTooLong) return { line, text: '', problem: 'it is too long to be a reader’s line' }
  if (!isClosed) return { line, text, problem: 'a quotation mark is opened and not closed' }
  if (more.length === 0) return text.trim() === '' ? undefined : { line, text }
  const whole = [text, ...more.map((one) => one.text)].join('\n')
  return 'cells' in parseRow({ line, text: whole }, delimiter)
    ? { line, text: whole }
    : { line, text, problem: 'a quotation mark is opened and not closed' }
}

/** All at once, which is seven times as fast; one by one when that fails, to know which one is to blame. */
function parseRows(sources: readonly Source[], delimiter: string): Row[] {
  const good = sources.filter(({ problem }) => problem === undefined)
  const cells = cellsOf(good.map(({ text }) => text).join('\n'), delimiter)
  if (cells?.length !== good.length) return sources.map((source) => parseRow(source, delimiter))
  const byLine = new Map(good.map(({ line }, index) => [line, cells[index] ?? []]))
  return sources.map(({ line, problem = '' }) => {
    const found = byLine.get(line)
    return found ? { line, cells: found } : { line, problem }
  })
}

function parseRow({ line, text, problem }: Source, delimiter: string): Row {
  if (problem !== undefined) return { line, problem }
  const [cells, ...others] = cellsOf(text, delimiter) ?? []
  if (!cells || others.length > 0) return { line, problem: 'a quotation mark stands where none may be' }
  return { line, cells }
}

function cellsOf(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, { delimiter, trim: true, relax_column_count: true, record_delimiter: '\n' })
  } catch {
    return undefined
  }
}
