import type { ListedState } from '../../cli/command.ts'
import type { Subscriber } from '../../domain/subscriber.ts'
import type { ReaderStore } from '../../ports.ts'

/** Where a reader is counted: whoever is on the suppression list is `suppressed`, whatever else they are. */
export function listedState({ state, suppressed }: Subscriber): ListedState {
  return suppressed === undefined ? state : 'suppressed'
}

/** Readers one by one, until `signal` is aborted. */
export async function* walkReaders(
  store: ReaderStore | undefined,
  state: ListedState | undefined,
  signal: AbortSignal,
): AsyncGenerator<Subscriber> {
  if (!store) return
  const query = state === undefined || state === 'suppressed' ? {} : { states: [state] }
  for await (const reader of store.subscribers(query)) {
    signal.throwIfAborted()
    if (state === undefined || listedState(reader) === state) yield reader
  }
}
