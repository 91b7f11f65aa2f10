import { wireAddress } from './address.ts'

export const subscriberStates = ['active', 'unconfirmed', 'unsubscribed'] as const
export type SubscriberState = (typeof subscriberStates)[number]

/** Why an address is not written to, whatever its reader's state. `editor`: somebody of the publication said so. */
export const suppressionReasons = ['hard-bounce', 'soft-bounces', 'complaint', 'provider', 'editor'] as const
export type SuppressionReason = (typeof suppressionReasons)[number]

export const DEFAULT_FREQUENCY = 'daily'

/**
 * A reader who asked for the digest. `id` is opaque, stable and safe in file names and URLs; the address is personal
 * and never reaches a log. `consent` says how they agreed, `consentAt` when (RFC 3339, UTC).
 */
export interface Subscriber {
  readonly id: string
  readonly address: string
  readonly state: SubscriberState
  readonly consent: string
  readonly consentAt?: string
  /** Id of the schedule whose editions they asked for; absent: `daily`. */
  readonly frequency?: string
  /** Why and when the state was last changed. */
  readonly reason?: string
  readonly changedAt?: string
  /** Set while the address is on the suppression list. */
  readonly suppressed?: SuppressionReason
}

/** `a…@example.com`: enough to tell readers apart in a list, not enough to write to them. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 1 ? '…' : `${address.slice(0, 1)}…${address.slice(at)}`
}

/**
 * An address as it is stored and looked up: one mailbox is one reader, however it is spelled. Composed letters are
 * single ones (NFC), the domain is in ASCII. NOCASE knows the letters of ASCII alone; all others are lower-cased here.
 */
export function folded(address: string): string {
  const composed = address.normalize('NFC')
  return (wireAddress(composed) ?? composed).replace(/\P{ASCII}+/gu, (letters) => letters.toLowerCase())
}
