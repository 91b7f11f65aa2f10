import type { Command } from '../../cli.ts'
import { DEFAULT_FREQUENCY, maskAddress, type Subscriber } from '../../domain/subscriber.ts'
import type { ReaderStore } from '../../ports.ts'
import { batches, writeJsonList } from '../lists.ts'
import { shownText } from '../shown.ts'
import { figure } from '../tally.ts'
import { writeOut, type Terminal } from '../terminal.ts'
import { listedState, walkReaders } from './walk.ts'

const NOBODY = { active: 0, unconfirmed: 0, unsubscribed: 0, suppressed: 0 }

/** Totals of all readers, then one line a reader: addresses are masked, since a terminal might be logged. */
export async function listReaders(
  { state, json }: Extract<Command, { kind: 'subscribers'; action: 'list' | 'export' }>,
  store: ReaderStore | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { active, unconfirmed, unsubscribed, suppressed } = (await store?.countSubscribers()) ?? NOBODY
  const counts = { active, unconfirmed, unsubscribed, suppressed }
  const found = walkReaders(store, state, signal)
  if (json) return writeJsonList(terminal, { counts }, 'subscribers', found, readerAsJson)
  if (Object.values(counts).every((count) => count === 0)) {
    terminal.out('No readers yet. Begin with groundwire subscribers add ADDRESS --consent "how they agreed".\n')
    return 0
  }
  const totals = Object.entries(counts).map(([name, count]) => `${figure(count)} ${name}`)
  await writeOut(terminal, `${totals.join(' · ')}\n`)
  for await (const batch of batches(found)) await writeOut(terminal, batch.map(readerLine).join(''))
  return 0
}

function readerLine(reader: Subscriber): string {
  const { id, address, suppressed, reason, frequency = DEFAULT_FREQUENCY } = reader
  const since = (reader.changedAt ?? reader.consentAt ?? '').slice(0, 10)
  const more = [
    maskAddress(address),
    frequency === DEFAULT_FREQUENCY ? undefined : frequency,
    suppressed,
    reason === undefined ? undefined : shownText(reason),
  ].filter(Boolean)
  return `  ${id}  ${listedState(reader).padEnd(12)}  ${since.padEnd(10)}  ${more.join('  ')}\n`
}

function readerAsJson({ id, address, state, suppressed, frequency, ...reader }: Subscriber): object {
  return {
    id,
    address: maskAddress(address),
    state,
    suppressed: suppressed ?? null,
    frequency: frequency ?? DEFAULT_FREQUENCY,
    since: reader.changedAt ?? reader.consentAt ?? null,
    reason: reader.reason === undefined ? null : shownText(reader.reason),
  }
}
