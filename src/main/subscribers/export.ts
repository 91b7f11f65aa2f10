import { stringify } from 'csv-stringify/sync'
import type { Command } from '../../cli.ts'
import { DEFAULT_FREQUENCY, type Subscriber } from '../../domain/subscriber.ts'
import type { ReaderStore } from '../../ports.ts'
import { writeOut, type Terminal } from '../terminal.ts'
import { walkReaders, writeReadersAsJson } from './walk.ts'

const columns = [
  'address',
  'state',
  'suppressed',
  'frequency',
  'consent',
  'consent_at',
  'reason',
  'changed_at',
] as const

/**
 * Readers with their whole addresses, as a table that `subscribers import` reads back. Cells that a spreadsheet would
 * take for a formula get an apostrophe in front.
 */
export async function exportReaders(
  { state, json }: Extract<Command, { kind: 'subscribers'; action: 'list' | 'export' }>,
  store: ReaderStore | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const batches = walkReaders(store, state, signal)
  if (json) {
    await writeReadersAsJson(terminal, {}, batches, readerAsRow)
    return 0
  }
  await writeOut(terminal, stringify([columns]))
  for await (const batch of batches)
    await writeOut(terminal, stringify(batch.map(readerAsRow), { columns: [...columns], escape_formulas: true }))
  return 0
}

function readerAsRow(reader: Subscriber): Record<(typeof columns)[number], string> {
  const { address, state, suppressed = '', frequency = DEFAULT_FREQUENCY, consent, reason = '' } = reader
  return {
    address,
    state,
    suppressed,
    frequency,
    consent,
    consent_at: reader.consentAt ?? '',
    reason,
    changed_at: reader.changedAt ?? '',
  }
}
