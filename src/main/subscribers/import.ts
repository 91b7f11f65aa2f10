import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import type { Command } from '../../cli.ts'
import type { ReaderStore } from '../../ports.ts'
import { UsageError, type Terminal } from '../terminal.ts'
import { admit, type Told } from './admit.ts'
import { readEntry, type EntryDefaults } from './entry.ts'
import { importReport, type ImportReport } from './import-report.ts'
import { readRows, type Row } from './rows.ts'
import { openSeen, type Seen } from './seen.ts'
import { openTable, widthOf, type Table } from './table.ts'

/** Readers of one transaction. */
const BATCH = 1000

/** @throws UsageError when there is no such file. */
export async function openInput(file: string, terminal: Terminal, signal: AbortSignal): Promise<Readable> {
  if (file === '-') {
    if (!terminal.input) throw new UsageError('there is no standard input to import from; name a file.')
    return addAbortSignal(signal, terminal.input)
  }
  const path = resolve(terminal.folder, file)
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new UsageError(`there is no file ${path}.`)
  if (found.isDirectory()) throw new UsageError(`${path} is a folder; name a file.`)
  return createReadStream(path, { signal })
}

/**
 * Takes in the readers of a table, a thousand in each transaction: what is good goes in, what is not is told by its line.
 * Whoever is known is left as they are; whoever left, or must not be written to, stays out. The same file again
 * changes nothing, so an import that was stopped is taken up by starting it anew.
 *
 * @returns 1 when there were lines that could not be read.
 * @throws UsageError when the file names no column of addresses, or nobody says how its readers agreed.
 */
export async function importReaders(
  command: Extract<Command, { kind: 'subscribers'; action: 'import' }>,
  work: {
    readonly input: AsyncIterable<Uint8Array>
    readonly store: ReaderStore
    readonly terminal: Terminal
    readonly signal: AbortSignal
    readonly now: Date
    readonly callOptions: string
  },
): Promise<number> {
  const { input, store, terminal, signal, now, callOptions } = work
  const report = importReport(command, terminal, callOptions)
  const defaults = { consent: command.consent, now }
  const seen = openSeen()
  try {
    let table: Table | undefined
    for await (const rows of readRows(input)) {
      signal.throwIfAborted()
      const known: Table = table ?? openTable(headerOf(rows), command.consent === undefined)
      const lines = table || known.hasNoHeader ? rows : rows.slice(1)
      table = known
      await takeRows(lines, { table: known, defaults, seen, store, report })
    }
    if (!table) throw new UsageError('the file is empty.')
    return await report.end()
  } catch (error) {
    const exitCode = await report.fail(error)
    if (exitCode === undefined) throw error
    return exitCode
  } finally {
    seen.close()
  }
}

function headerOf([first]: readonly Row[]): readonly string[] {
  if (!first || 'cells' in first) return first?.cells ?? []
  throw new UsageError(`the first line of the file, which names the columns, cannot be read: ${first.problem}.`)
}

interface Import {
  readonly table: Table
  readonly defaults: EntryDefaults
  readonly seen: Seen
  readonly store: ReaderStore
  readonly report: ImportReport
}

async function takeRows(rows: readonly Row[], { table, defaults, seen, store, report }: Import): Promise<void> {
  const told: Told[] = []
  const candidates = rows.flatMap((row) => {
    const { line } = row
    if ('cells' in row && widthOf(row.cells) === 0) return []
    const entry = 'cells' in row ? readEntry(table, row.cells, defaults) : { address: '', problem: row.problem }
    if ('problem' in entry) told.push({ line, outcome: 'invalid', address: entry.address, message: entry.problem })
    return 'reader' in entry ? [{ line, reader: entry.reader }] : []
  })
  for (let from = 0; from < candidates.length; from += BATCH)
    told.push(...(await admit(candidates.slice(from, from + BATCH), seen, store)))
  await report.tell(told.toSorted((a, b) => a.line - b.line))
}
