import type { Outcome } from '../../../src/domain/delivery.ts'

/** Thrown where the outcome is known in the midst of a call; caught where the attempt began. */
export class Settled extends Error {
  override readonly name = 'Settled'
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('the outcome of this attempt is known')
    this.outcome = outcome
  }
}

/** The credential was refused, and asking again will not help. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Not now: nothing was done. */
export function later(now: Date, waitMs: number, reason: string): Outcome & { readonly kind: 'later' } {
  return { kind: 'later', notBefore: new Date(now.getTime() + waitMs), reason }
}
