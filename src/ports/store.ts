import type { Delivery, DeliveryState, LedgerEntry, Outcome } from '../domain/delivery.ts'
import type { Edition, EditionState } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Rendering } from '../domain/rendering.ts'
import type { Subscriber } from '../domain/subscriber.ts'
import type { ItemQuery, Reading, Recorded, SourceState, StoredItem } from './items.ts'

/** What lists and decisions need of an edition, without reading all of it. */
export interface EditionSummary {
  readonly id: string
  readonly date: string
  readonly subject: string
  readonly items: number
  readonly state: EditionState
  readonly reason: string
  readonly approvedAt?: string
}

export interface StoredEdition {
  readonly edition: Edition
  readonly state: EditionState
  readonly findings: readonly Finding[]
  /** Why it is held or cancelled; '' otherwise. */
  readonly reason: string
  readonly approvedAt?: string
}

/** A rendering as frozen at approval, with the hash of its content. */
export interface FrozenRendering extends Rendering {
  readonly channel: string
  readonly hash: string
}

/**
 * One rendering owed to every active subscriber. The store expands it inside the approving transaction, by one
 * statement over its own subscribers: nothing is held in memory, and a subscriber who comes later is not in it.
 * Delivery key: `<key>/<subscriber id>`; attempt group: `<key>/chunk/<n>` with `n` from 0, `perAttempt` deliveries
 * each, in the order of subscriber ids; `target` is the subscriber's id and `address` their address.
 */
export interface Mailing {
  readonly key: string
  readonly channel: string
  readonly rendering: string
  readonly perAttempt: number
}

/** What approval writes in one transaction. */
export interface Freeze {
  readonly edition: Edition
  readonly findings: readonly Finding[]
  readonly at: string
  readonly renderings: readonly FrozenRendering[]
  readonly deliveries: readonly Delivery[]
  readonly mailings: readonly Mailing[]
  /** Channels whose renderings are whole documents: an older unsettled delivery to the same target is superseded. */
  readonly documents: readonly string[]
}

/** Deliveries of one attempt group, claimed by this worker alone. */
export interface Claim {
  readonly channel: string
  readonly group: string
  readonly rendering: FrozenRendering
  readonly deliveries: readonly LedgerEntry[]
  /** How the claim was come by: `fresh` deliveries were never tried or are known not to have left; `doubtful` may have left. */
  readonly kind: 'fresh' | 'doubtful'
}

export interface ClaimRequest {
  readonly worker: string
  readonly now: Date
  /** Only these channels. */
  readonly channels: readonly string[]
  /** Claims made before this instant are given up by their worker. */
  readonly staleBefore: Date
  /** Workers known to be gone: their claims are stale whatever their age. */
  readonly gone: readonly string[]
}

export interface SlotRequest {
  readonly schedule: string
  readonly slot: Date
  readonly worker: string
  readonly now: Date
  readonly staleBefore: Date
  readonly gone: readonly string[]
}

export interface LedgerCount {
  readonly edition: string
  readonly channel: string
  readonly state: DeliveryState
  readonly count: number
}

/**
 * The ledger and everything else that must survive a crash. Each method is one transaction: after it resolves its
 * effect is durable, and when it rejects nothing of it happened. All methods may be called by several processes at once.
 */
export interface Store {
  /** Brings the schema up to date; names of the migrations that were applied. */
  migrate(): Promise<string[]>
  /** A value made once and kept for the life of the store (`secret`): the first writer wins, everyone gets the same. */
  remember(name: string, propose: () => string): Promise<string>

  source(id: string): Promise<SourceState | undefined>
  /** `firstDay` counts only when the source is new. Writes nothing at all when nothing differs. */
  record(reading: Reading, firstDay: string): Promise<Recorded>
  /** Newest day first, then the source's order; the undated last. */
  items(query: ItemQuery): Promise<StoredItem[]>

  edition(id: string): Promise<StoredEdition | undefined>
  /** Newest date first. */
  editions(limit: number): Promise<EditionSummary[]>
  /** Keeps a draft or a held edition (writing nothing when nothing differs); false (and no change) when the edition is already past that. */
  keep(edition: Edition, state: 'draft' | 'held', findings: readonly Finding[], reason: string): Promise<boolean>
  /**
   * Freezes and plans in one transaction; false (and no change) when the edition is past draft or held, or one of its
   * items is by now carried by another edition.
   */
  approve(freeze: Freeze): Promise<boolean>
  /** Sets `sending` or `sent` from the ledger alone; the state it now has. */
  settleEdition(id: string): Promise<EditionState>
  renderings(edition: string): Promise<FrozenRendering[]>

  /** The next attempt group that is due, in the order of planning; undefined when nothing is. Committed before it resolves. */
  claim(request: ClaimRequest): Promise<Claim | undefined>
  /** Writes the outcomes of a claim. Entries that this worker no longer holds are left alone. */
  settle(worker: string, outcomes: ReadonlyMap<string, Settlement>, at: Date): Promise<void>
  ledger(query: {
    readonly edition?: string
    readonly states?: readonly DeliveryState[]
    readonly limit?: number
  }): Promise<LedgerEntry[]>
  counts(edition?: string): Promise<LedgerCount[]>
  /** Earliest `notBefore` among what still waits; undefined when nothing does. */
  nextDue(channels: readonly string[]): Promise<Date | undefined>
  /** Names of workers that hold claims or unfinished slots at this moment. */
  holders(): Promise<string[]>

  /** Existing addresses are left as they are; how many were new. */
  addSubscribers(subscribers: readonly Subscriber[]): Promise<number>
  /** Active subscribers in a stable order, read in pages. */
  audience(): AsyncIterable<Subscriber>

  /**
   * True for exactly one caller per schedule and slot: when nobody claimed it, or whoever did is in `gone` or claimed it
   * before `staleBefore` without finishing it.
   */
  claimSlot(request: SlotRequest): Promise<boolean>
  finishSlot(schedule: string, slot: Date, at: Date): Promise<void>
  /** The latest slot of this schedule that was finished, at or before `upTo`: what a clock that was ahead did later does not count. */
  lastSlot(schedule: string, upTo: Date): Promise<Date | undefined>

  close(): Promise<void>
}

/**
 * An outcome as it is written down. `unknown` says when it may be looked at again (never at once, or a failing channel
 * would be asked in a tight loop); `review` is the verdict that only a person can tell what became of it.
 */
export type Settlement =
  | Exclude<Outcome, { kind: 'unknown' }>
  | { readonly kind: 'unknown'; readonly reason: string; readonly notBefore: Date }
  | { readonly kind: 'review'; readonly reason: string }
