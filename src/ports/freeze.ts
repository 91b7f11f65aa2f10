import type { Delivery } from '../domain/delivery.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Rendering } from '../domain/rendering.ts'

/** A rendering as frozen at approval, with the hash of its content. */
export interface FrozenRendering extends Rendering {
  readonly channel: string
  readonly hash: string
}

/**
 * One rendering owed to every subscriber who is active, not suppressed, and asked for this frequency. The store expands it inside the approving transaction, by one
 * statement over its own subscribers: nothing is held in memory, and a subscriber who comes later is not in it.
 * Delivery key: `<key>/<subscriber id>`; attempt group: `<key>/chunk/<n>` with `n` from 0, `perAttempt` deliveries
 * each, in the order of subscriber ids; `target` is the subscriber's id and `address` their address.
 */
export interface Mailing {
  readonly key: string
  readonly channel: string
  readonly rendering: string
  readonly perAttempt: number
  /** Id of the schedule: only subscribers who asked for it. */
  readonly frequency: string
}

/** What approval writes in one transaction. */
export interface Freeze {
  readonly edition: Edition
  readonly findings: readonly Finding[]
  readonly at: string
  readonly renderings: readonly FrozenRendering[]
  readonly deliveries: readonly Delivery[]
  readonly mailings: readonly Mailing[]
  /**
   * Ids of all corrections and retractions of the item that were known when this one was made. Has more been said of it
   * since, this one was made without knowing, and is not approved. Absent: none.
   */
  readonly said?: readonly string[]
  /** Keys of deliveries that a retraction ends, whatever became of them, unless they were sent. */
  readonly withdrawn?: readonly string[]
  /** Channels whose renderings are whole documents: an older unsettled delivery to the same target is superseded. */
  readonly documents: readonly string[]
  /**
   * By channel with documents, the `Standing.token` that was known when this was made. Where something else stands by
   * now, this was made without knowing, and is not approved. Absent: nothing was asked.
   */
  readonly seen?: ReadonlyMap<string, string>
}

/**
 * The newest document of its id. It stays one whatever becomes of its edition and delivery, for what an older one left
 * lies there still.
 */
export interface StandingDocument {
  /** Of the rendering. */
  readonly id: string
  readonly title: string
  readonly mediaType: string
  /** Of the rendering, as frozen. */
  readonly hash: string
  /**
   * Absent when nobody can say what lies there: it was refused or given up, its edition was held or cancelled before it
   * left, or a version that wrote none down made it.
   */
  readonly basis?: string
  readonly edition: string
  /** Delivered; else it is still going to be, or never will. */
  readonly hasLeft: boolean
}

/**
 * What stands of a channel. `token` is another one whenever one of `documents` is, or can no longer be relied on, or can
 * again; that one has left makes no difference.
 */
export interface Standing {
  readonly token: string
  readonly documents: readonly StandingDocument[]
}
