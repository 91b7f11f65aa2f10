import type { LedgerEntry, Outcome } from '../domain/delivery.ts'
import type { FrozenRendering } from './freeze.ts'

/**
 * Deliveries of one attempt group, claimed by this worker alone. Readers who unsubscribed or were suppressed since the
 * freeze are taken out of a `fresh` claim (and settled as rejected); a `doubtful` one stays as it was called.
 */
export interface Claim {
  readonly channel: string
  readonly group: string
  readonly rendering: FrozenRendering
  /** To be settled, in the order of planning. */
  readonly deliveries: readonly LedgerEntry[]
  /** The other deliveries that every call under this key carried; settled by now. Empty unless the claim is doubtful. */
  readonly settled: readonly LedgerEntry[]
  /** How the claim was come by: `fresh` deliveries were never tried or are known not to have left; `doubtful` may have left. */
  readonly kind: 'fresh' | 'doubtful'
}

export interface ClaimRequest {
  readonly worker: string
  readonly now: Date
  /** Only these channels. */
  readonly channels: readonly string[]
  /** Claims that others made before this instant are given up; a worker's own never grow old (see `giveUp`). */
  readonly staleBefore: Date
  /** Workers known to be gone: their claims are stale whatever their age. */
  readonly gone: readonly string[]
}

/**
 * An outcome as it is written down. `unknown` says when it may be looked at again (never at once, or a failing channel
 * would be asked in a tight loop); `review` is the verdict that only a person can tell what became of it.
 */
export type Settlement =
  | Exclude<Outcome, { kind: 'unknown' }>
  | { readonly kind: 'unknown'; readonly reason: string; readonly notBefore: Date; readonly refused?: boolean }
  | { readonly kind: 'review'; readonly reason: string }
