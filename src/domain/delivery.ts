import type { ReportKind } from './report.ts'

/**
 * `planned → claimed → sent | rejected | waiting | unknown`, and for `unknown` what its channel can prove: replay,
 * look-up, or `review` by a person. `superseded` is a document (a feed) that a newer one overtook before it left,
 * `cancelled` what had not left when its edition was cancelled or its reader left.
 */
export const deliveryStates = [
  'planned',
  'claimed',
  'sent',
  'rejected',
  'waiting',
  'unknown',
  'review',
  'superseded',
  'cancelled',
] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** States from which nothing moves by itself any more. */
export const finalStates: readonly DeliveryState[] = ['sent', 'rejected', 'review', 'superseded', 'cancelled']

/**
 * One thing owed to one target through one channel.
 *
 * `key` is derived (`email/daily/2026-06-29/<subscriber>`, `bluesky/<account>/<item>`): the same for ever, so a second plan of the
 * same thing is the same row. `group` names the attempt group, and is the idempotency key of its call: all deliveries
 * that name it are exactly those of every call that was ever made under it; '' once it was taken out before it was called.
 * `rendering` is
 * the id of the frozen rendering that leaves; `target` who or what it is for (subscriber id, item URL, file name);
 * `address` is personal data and set for e-mail alone.
 */
export interface Delivery {
  readonly key: string
  readonly group: string
  readonly edition: string
  readonly channel: string
  readonly rendering: string
  readonly target: string
  readonly address?: string
  /** Not to leave before this instant (RFC 3339, UTC), by plan. */
  readonly notBefore?: string
}

/** A delivery as the ledger knows it. Instants are RFC 3339 in UTC. */
export interface LedgerEntry extends Delivery {
  readonly state: DeliveryState
  /** It waits for its time alone: nothing is wrong. */
  readonly byPlan?: boolean
  readonly attempts: number
  /** Attempts and looks since it fell into doubt whether it has left; 0 while there is none. */
  readonly doubts: number
  /** Answers running that refused its call as it was, however often it is made; absent: none. */
  readonly refusals?: number
  readonly firstAttemptAt?: string
  readonly reason?: string
  readonly remoteId?: string
  readonly url?: string
  readonly settledAt?: string
  /** What the other side told later of what it had accepted. */
  readonly receipt?: ReportKind
  readonly receiptAt?: string
}

/**
 * What became of one attempt for one delivery.
 * `later` means the other side is known *not* to have acted; `unknown` that it may have.
 */
export type Outcome =
  | { readonly kind: 'sent'; readonly remoteId: string; readonly url?: string }
  | { readonly kind: 'rejected'; readonly reason: string }
  | {
      readonly kind: 'later'
      readonly notBefore: Date
      readonly reason: string
      /**
       * The call as a whole was refused, and would be whenever it is made: nothing of it has left or will. What is
       * named alike goes on together, by itself.
       */
      readonly part?: string
      /** The call was refused as it was, and not for the moment. */
      readonly refused?: boolean
      /** It is not its turn yet: nothing was called, and nothing is wrong. */
      readonly byPlan?: boolean
    }
  | {
      readonly kind: 'unknown'
      readonly reason: string
      /** No replay and no look will tell: a person must find out. */
      readonly isFinal?: boolean
      /** The replay was refused as it was, which says nothing of the first call. */
      readonly refused?: boolean
    }
