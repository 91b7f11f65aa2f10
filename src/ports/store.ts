import type { DeliveryState, LedgerEntry } from '../domain/delivery.ts'
import type { Edition, EditionState } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { ReportKind } from '../domain/report.ts'
import type { AmendmentStore } from './amendments.ts'
import type { ItemLine, ItemQuery, Reading, Recorded, SourceState, StoredItem } from './items.ts'
import type { Claim, ClaimRequest, Settlement } from './claims.ts'
import type { Freeze, FrozenRendering, Standing } from './freeze.ts'
import type { Notes } from './notes.ts'
import type { PaceStore } from './pace.ts'
import type { ReaderStore } from './readers.ts'

/** What lists and decisions need of an edition, without reading all of it. */
export interface EditionSummary {
  readonly id: string
  readonly date: string
  readonly subject: string
  readonly items: number
  readonly state: EditionState
  readonly reason: string
  readonly approvedAt?: string
  /** When it is meant to leave, RFC 3339. */
  readonly plannedAt: string
  /** When it was last let go: approved, or released after a hold. */
  readonly letGoAt?: string
}

export interface StoredEdition {
  readonly edition: Edition
  readonly state: EditionState
  readonly findings: readonly Finding[]
  /** Why it is held or cancelled; '' otherwise. */
  readonly reason: string
  readonly approvedAt?: string
}

export interface SlotRequest {
  readonly schedule: string
  readonly slot: Date
  readonly worker: string
  readonly now: Date
  readonly staleBefore: Date
  readonly gone: readonly string[]
}

export interface LedgerQuery {
  readonly edition?: string
  readonly channel?: string
  /** In one of these states, or with one of these receipts; both absent: all. */
  readonly states?: readonly DeliveryState[]
  readonly receipts?: readonly ReportKind[]
}

/** What a person decides about a delivery: it has left; it is to be tried anew; it is given up. */
export type Resolution = 'sent' | 'retry' | 'drop'

/** Why deliveries of an edition wait: those through one channel for one reason together. */
export interface Wait {
  readonly channel: string
  readonly reason: string
  /** For their time alone: nothing is wrong. */
  readonly byPlan: boolean
  readonly count: number
  /** When the first of them may be tried, RFC 3339 in UTC. */
  readonly notBefore: string
}

/** What an edition still owes through one channel. */
export interface Owed {
  readonly channel: string
  /** The earliest planned time of what is open (RFC 3339, UTC), also of what was tried since; absent: some has none. */
  readonly plannedFor?: string
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
export interface Store extends AmendmentStore, ReaderStore, PaceStore, Notes {
  /** Brings the schema up to date; names of the migrations that were applied. */
  migrate(): Promise<string[]>

  source(id: string): Promise<SourceState | undefined>
  /** `firstDay` counts only when the source is new. Writes nothing at all when nothing differs. */
  record(reading: Reading, firstDay: string): Promise<Recorded>
  /** Newest day first, then the source's order; the undated last. */
  items(query: ItemQuery): Promise<StoredItem[]>
  /** The same in the same order, for decisions over all that there is: ten thousand take some ten milliseconds. */
  lines(query: ItemQuery): Promise<ItemLine[]>

  edition(id: string): Promise<StoredEdition | undefined>
  /** Newest date first; `states`: only these. */
  editions(limit: number, states?: readonly EditionState[]): Promise<EditionSummary[]>
  /**
   * Keeps a draft or a held edition (writing nothing when nothing differs); false (and no change) when the edition is
   * already past that, which one is that was approved and is held in the midst of leaving.
   */
  keep(edition: Edition, state: 'draft' | 'held', findings: readonly Finding[], reason: string): Promise<boolean>
  /**
   * Freezes and plans in one transaction; false (and no change) when the edition is past draft or held, or one of its
   * items or amendments is by now carried by another edition, or more was said of the item that it amends, or other
   * documents stand than it was made to replace. An edition that amends is written down as an amendment; when it
   * retracts, its item never leaves again.
   */
  approve(freeze: Freeze): Promise<boolean>
  /**
   * Holds an edition, also in the midst of sending: nothing more of it is claimed until it is let go. A second hold
   * changes the reason. Undefined when there is no such edition; no change when it is sent or cancelled.
   * @returns the state it now has.
   */
  hold(id: string, reason: string): Promise<EditionState | undefined>
  /** Lets a held edition that was approved go on; no change to any other. @returns the state it now has. */
  release(id: string, at: Date): Promise<EditionState | undefined>
  /**
   * Ends an edition that is not sent: what is known not to have left becomes `cancelled`, what is in doubt `review`;
   * a call in flight is settled by its worker. @returns the state it now has.
   */
  cancel(id: string, reason: string, at: Date): Promise<EditionState | undefined>
  /**
   * Sets `sending` or `sent` from the ledger alone; the state it now has. `sent` only when as many deliveries as were
   * frozen have come to an end.
   * @throws StoreError when the ledger has fewer or more rows than were frozen.
   */
  settleEdition(id: string): Promise<EditionState>
  /** Of a document that a newer one has replaced since, and that is settled, `content` and `page` are '': they are not kept. */
  renderings(edition: string): Promise<FrozenRendering[]>
  /** The newest document of each id, in the order of ids. */
  standing(channel: string): Promise<Standing>

  /**
   * To be called before a pass. What this worker claimed in an earlier one and never settled may be claimed again, in
   * doubt. What waits or is in doubt since a time that is yet to come, or was planned then, is due: the clock was set
   * back, and how old its key is nobody knows. Writes nothing when there is nothing.
   */
  giveUp(worker: string, channels: readonly string[], now: Date): Promise<void>
  /** What waits for a time is due now, and no pause that a provider asked for holds any more: somebody knows better. */
  hurry(channels: readonly string[], now: Date): Promise<void>
  /** Whether `claim` would find something; reads only. */
  isDue(request: ClaimRequest): Promise<boolean>
  /**
   * The next attempt group that is due, in the order of planning, of those that waited the one that is due for longest;
   * undefined when nothing is. Committed before it resolves.
   */
  claim(request: ClaimRequest): Promise<Claim | undefined>
  /**
   * Writes the outcomes of a claim. Entries that this worker no longer holds are left alone. Deliveries that are known
   * not to have left while others of their group have get a group (and with it a key) of their own; while others of it
   * may have, they are `unknown` with them, for the call can only be repeated as it was. A delivery without an outcome
   * stays claimed, and with it all of its group that has not come to an end.
   */
  settle(worker: string, outcomes: ReadonlyMap<string, Settlement>, at: Date): Promise<void>
  /**
   * A person's word on a delivery, or on all of an edition that need review. `sent` and `drop`: of what is in review,
   * unknown, or not called yet. `retry`: also of what was rejected; under a new key, and only when the edition is not
   * cancelled, nothing else of its group is open (a replay must carry it), and no newer document took its place.
   * @returns how many were settled so.
   */
  resolve(
    which: { readonly delivery: string } | { readonly edition: string },
    resolution: Resolution,
    reason: string,
    at: Date,
  ): Promise<number>
  /** In the order of planning. */
  ledger(query: LedgerQuery & { readonly limit?: number }): Promise<LedgerEntry[]>
  /** The same, read in pages: the ledger of a large edition need not fit into memory. */
  walk(query: LedgerQuery): AsyncIterable<LedgerEntry>
  counts(edition?: string): Promise<LedgerCount[]>
  /** What of an edition waits or is unknown; what waits by plan comes last, else what may be tried first comes first. */
  waits(edition: string): Promise<Wait[]>
  /** By channel, what of an edition has not come to an end. */
  owedBy(edition: string): Promise<Owed[]>
  /** Whether anything is still owed that can leave, by state; without walking the ledger. */
  owed(): Promise<number>
  /** Earliest `notBefore` among what still waits, apart from what waits by plan; undefined when nothing does. */
  nextDue(channels: readonly string[]): Promise<Date | undefined>
  /** Names of workers that hold claims or unfinished slots at this moment. */
  holders(): Promise<string[]>

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
