import type { Report } from '../domain/report.ts'
import type { Subscriber, SubscriberState, SuppressionReason } from '../domain/subscriber.ts'

/** What is known of an address. */
export interface AddressStatus {
  /** Undefined: nobody subscribed with it. */
  readonly id?: string
  readonly state?: SubscriberState
  readonly suppressed?: SuppressionReason
}

export interface ReportRules {
  /** Soft bounces in a row, each of another edition, after which an address is suppressed. */
  readonly softBounceEditions: number
  readonly now: Date
}

/** Readers, their consent, and who must not be written to. Addresses that differ in case alone are the same. */
export interface ReaderStore {
  /** Existing addresses are left as they are; how many were new. A suppressed address stays suppressed. */
  addSubscribers(subscribers: readonly Subscriber[]): Promise<number>
  /** In the order asked. */
  addressStatuses(addresses: readonly string[]): Promise<AddressStatus[]>
  subscriber(id: string): Promise<Subscriber | undefined>
  /** In a stable order, read in pages. */
  subscribers(query?: { readonly states?: readonly SubscriberState[] }): AsyncIterable<Subscriber>
  /** Subscribers by state; those who are suppressed count as `suppressed`. */
  countSubscribers(): Promise<Readonly<Record<SubscriberState | 'suppressed', number>>>
  /** `already` when they were; undefined when there is no such subscriber. Consent stays on record. */
  unsubscribe(id: string, reason: string, at: Date): Promise<'done' | 'already' | undefined>
  /** A reader who left or was suppressed agrees anew: active again, and off the suppression list. False when unknown. */
  renewConsent(id: string, consent: string, at: Date): Promise<boolean>
  /** Puts an address on the list of those never written to, also one that nobody subscribed with. */
  suppress(address: string, reason: SuppressionReason, detail: string, at: Date): Promise<void>
  /**
   * Takes in what a provider tells, once for each `id`: the heavier receipt stays, a delivery in doubt is settled as
   * sent, hard bounces, complaints and the provider's own suppressions suppress, a complaint also unsubscribes, soft
   * bounces suppress after so many editions without a delivery between (and no longer once one is told of that was).
   * The order in which reports come makes no difference; what happened before consent was renewed leaves the reader alone.
   * @returns `repeated` when it was told before, `foreign` when there is no such delivery; then nothing changed.
   */
  report(report: Report, rules: ReportRules): Promise<'applied' | 'repeated' | 'foreign'>
}
