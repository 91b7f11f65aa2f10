import type { LedgerEntry } from '../../domain/delivery.ts'
import { writeOut, type Terminal } from '../terminal.ts'
import { batches, csvColumns, entryAsJson, entryAsRow, missedLines } from './entries.ts'

/** A table of any length, written in pieces. Cells that a spreadsheet would take for a formula are disarmed. */
export async function writeCsv(entries: AsyncIterable<LedgerEntry>, terminal: Terminal): Promise<void> {
  const { stringify } = await import('csv-stringify/sync')
  const options = { columns: [...csvColumns], escape_formulas: true }
  await writeOut(terminal, stringify([], { ...options, header: true }))
  for await (const batch of batches(entries)) await writeOut(terminal, stringify(batch.map(entryAsRow), options))
}

/** One object of any length, written in pieces: what `head` has, then `deliveries`. */
export async function writeJson(head: object, entries: AsyncIterable<LedgerEntry>, terminal: Terminal): Promise<void> {
  const opening = JSON.stringify({ ...head, deliveries: [] }).slice(0, -2)
  let separator = ''
  await writeOut(terminal, opening)
  for await (const batch of batches(entries)) {
    await writeOut(terminal, separator + batch.map((entry) => JSON.stringify(entryAsJson(entry))).join(','))
    separator = ','
  }
  await writeOut(terminal, ']}\n')
}

/** Who did not get it, edition by edition, however many they are. */
export async function writeMissed(entries: AsyncIterable<LedgerEntry>, terminal: Terminal): Promise<void> {
  let edition: string | undefined
  for await (const batch of batches(entries)) {
    const lines = batch.flatMap((entry) => {
      const heading = entry.edition === edition ? [] : [`${edition === undefined ? '' : '\n'}${entry.edition}`]
      edition = entry.edition
      return [...heading, missedLines(entry)]
    })
    await writeOut(terminal, `${lines.join('\n')}\n`)
  }
  if (edition === undefined) await writeOut(terminal, 'Nothing failed.\n')
}
