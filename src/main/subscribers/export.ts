import type { Command } from '../../cli.ts'
import { DEFAULT_FREQUENCY, type Subscriber } from '../../domain/subscriber.ts'
import type { ReaderStore } from '../../ports.ts'
import { writeJsonList, writeTable } from '../lists.ts'
import type { Terminal } from '../terminal.ts'
import { walkReaders } from './walk.ts'

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
 * Readers with their whole addresses, as a table that `subscribers import` reads back to the same readers, but for line
 * breaks.
 */
export async function exportReaders(
  { state, json }: Extract<Command, { kind: 'subscribers'; action: 'list' | 'export' }>,
  store: ReaderStore | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const readers = walkReaders(store, state, signal)
  if (json) return writeJsonList(terminal, {}, 'subscribers', readers, readerAsRow)
  await writeTable(terminal, columns, readers, readerAsRow)
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
