import type { Notes } from './ports/notes.ts'
import type { Pictures } from './ports/pictures.ts'
import type { Store } from './ports/store.ts'
import type { Api, Clock, Dns, Files, Http, Log, Outbox } from './ports/world.ts'

export type * from './ports/amendments.ts'
export type * from './ports/claims.ts'
export type * from './ports/freeze.ts'
export type * from './ports/items.ts'
export type * from './ports/notes.ts'
export type * from './ports/pace.ts'
export type * from './ports/pictures.ts'
export type * from './ports/readers.ts'
export type * from './ports/source.ts'
export type * from './ports/store.ts'
export type * from './ports/world.ts'

/** What the core asks of the world. Functions take `Pick<Ports, ...>`: their parameters are their permission. */
export interface Ports {
  readonly clock: Clock
  readonly http: Http
  readonly api: Api
  readonly dns: Dns
  readonly log: Log
  readonly store: Store
  readonly files: Files
  readonly outbox: Outbox
  readonly notes: Notes
  readonly pictures: Pictures
}
