import type { Store } from './ports/store.ts'
import type { Clock, Files, Http, Log, Outbox } from './ports/world.ts'

export type * from './ports/items.ts'
export type * from './ports/source.ts'
export type * from './ports/store.ts'
export type * from './ports/world.ts'

/** What the core asks of the world. Functions take `Pick<Ports, ...>`: their parameters are their permission. */
export interface Ports {
  readonly clock: Clock
  readonly http: Http
  readonly log: Log
  readonly store: Store
  readonly files: Files
  readonly outbox: Outbox
}
