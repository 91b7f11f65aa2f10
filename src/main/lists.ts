import { safeCell } from './cells.ts'
import { printable, writeOut, type Terminal } from './terminal.ts'

/** A few hundred at a time, so that a long list is written in pieces and never held. */
export async function* batches<T>(entries: AsyncIterable<T>, size = 500): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const one of entries) {
    batch.push(one)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A table of any length (RFC 4180), written in pieces, every cell in quotation marks and none a formula. */
export async function writeTable<T, Column extends string>(
  terminal: Terminal,
  columns: readonly Column[],
  entries: AsyncIterable<T>,
  asRow: (entry: T) => Readonly<Record<Column, string | number>>,
): Promise<void> {
  const { stringify } = await import('csv-stringify/sync')
  const cellsOf = (entry: T): string[] => {
    const row = asRow(entry)
    return columns.map((column) => safeCell(String(row[column])))
  }
  await writeOut(terminal, `${columns.join(',')}\n`)
  for await (const batch of batches(entries))
    await writeOut(terminal, stringify(batch.map(cellsOf), { quoted: true, quoted_empty: true }))
}

/**
 * One object of any length, written in pieces: what `head` has, then the entries under `name`. Nothing is written before
 * the first of them could be read; when a later one cannot, the object ends with `error`.
 *
 * @returns the exit code.
 */
export async function writeJsonList<T>(
  terminal: Terminal,
  head: object,
  name: string,
  entries: AsyncIterable<T>,
  asJson: (entry: T) => object,
): Promise<number> {
  const beginning = JSON.stringify({ ...head, [name]: [] }).slice(0, -2)
  let opening = beginning
  try {
    for await (const batch of batches(entries)) {
      await writeOut(terminal, opening + batch.map((entry) => JSON.stringify(asJson(entry))).join(','))
      opening = ','
    }
  } catch (error) {
    if (opening === beginning) throw error
    return await breakOff(terminal, {}, error)
  }
  await writeOut(terminal, `${opening === beginning ? beginning : ''}]}\n`)
  return 0
}

/** Ends a list that was begun, and the object around it, with what `rest` has and why nothing more comes. @returns the exit code. */
export async function breakOff(terminal: Terminal, rest: object, reason: unknown): Promise<number> {
  const error = reason instanceof Error ? reason.message : String(reason)
  await writeOut(terminal, `],${JSON.stringify({ ...rest, error, exitCode: 1 }).slice(1)}\n`)
  terminal.err(`groundwire: ${printable(error)}\n`)
  return 1
}
