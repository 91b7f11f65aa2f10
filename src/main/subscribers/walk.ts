import type { ListedState } from '../../cli/command.ts'
import type { Subscriber } from '../../domain/subscriber.ts'
import type { ReaderStore } from '../../ports.ts'
import { writeOut, type Terminal } from '../terminal.ts'

const BATCH = 500

/** Where a reader is counted: whoever is on the suppression list is `suppressed`, whatever else they are. */
export function listedState({ state, suppressed }: Subscriber): ListedState {
  return suppressed === undefined ? state : 'suppressed'
}

/** Readers a few hundred at a time, so that a long list is written in pieces and never held. */
export async function* walkReaders(
  store: ReaderStore | undefined,
  state: ListedState | undefined,
  signal: AbortSignal,
): AsyncGenerator<Subscriber[]> {
  if (!store) return
  let batch: Subscriber[] = []
  const query = state === undefined || state === 'suppressed' ? {} : { states: [state] }
  for await (const reader of store.subscribers(query)) {
    if (state !== undefined && listedState(reader) !== state) continue
    batch.push(reader)
    if (batch.length < BATCH) continue
    signal.throwIfAborted()
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** One object of any length, written in pieces: what `head` has, then `subscribers`. */
export async function writeReadersAsJson(
  terminal: Terminal,
  head: object,
  batches: AsyncIterable<readonly Subscriber[]>,
  asJson: (reader: Subscriber) => object,
): Promise<void> {
  await writeOut(terminal, JSON.stringify({ ...head, subscribers: [] }).slice(0, -2))
  let separator = ''
  for await (const batch of batches) {
    await writeOut(terminal, separator + batch.map((reader) => JSON.stringify(asJson(reader))).join(','))
    separator = ','
  }
  await writeOut(terminal, ']}\n')
}
