import type { LedgerEntry } from '../../domain/delivery.ts'
import { batches } from '../lists.ts'
import type { Screen } from '../screen.ts'
import { writeOut, type Terminal } from '../terminal.ts'
import { missedLines } from './entries.ts'

/** Who did not get it, edition by edition, however many they are. */
export async function writeMissed(
  entries: AsyncIterable<LedgerEntry>,
  screen: Screen,
  terminal: Terminal,
): Promise<void> {
  let edition: string | undefined
  for await (const batch of batches(entries)) {
    const lines = batch.flatMap((entry) => {
      const heading = entry.edition === edition ? [] : [`${edition === undefined ? '' : '\n'}${entry.edition}`]
      edition = entry.edition
      return [...heading, missedLines(entry, screen)]
    })
    await writeOut(terminal, `${lines.join('\n')}\n`)
  }
  if (edition === undefined) await writeOut(terminal, 'Nothing failed.\n')
}
