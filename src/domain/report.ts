/**
 * What a provider tells of a message after it took it, in rising order of weight: reports come in any order, and of
 * two the heavier one counts. `accepted` alone proves that the message left; every other kind proves it too.
 */
export const reportKinds = [
  'accepted',
  'delayed',
  'delivered',
  'failed',
  'suppressed',
  'bounced',
  'complained',
] as const
export type ReportKind = (typeof reportKinds)[number]

/** Kinds after which the reader does not have the message. */
export const missedKinds: readonly ReportKind[] = ['failed', 'suppressed', 'bounced']

export interface Report {
  /** The provider's own id of this report, the same when it is told again. */
  readonly id: string
  readonly kind: ReportKind
  /** When it happened, RFC 3339 in UTC. */
  readonly at: string
  /** Key of the delivery it is about. */
  readonly delivery: string
  readonly remoteId: string
  /** For `bounced`: the address will never work, as opposed to not now. */
  readonly permanent: boolean
  /** One sentence; '' when the provider says nothing more. */
  readonly reason: string
}
