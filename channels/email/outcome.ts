import type { Outcome } from '../../src/domain/delivery.ts'
import type { Clock } from '../../src/ports.ts'

/** Of a reader to whom no transport can write. */
export function notAnAddress(target: string): Outcome & { readonly kind: 'rejected' } {
  return { kind: 'rejected', reason: `the address of subscriber ${target} is not a mail address; correct or remove it` }
}

export function later({ clock }: { readonly clock: Clock }, afterMs: number, reason: string): Outcome {
  return { kind: 'later', notBefore: new Date(clock.now().getTime() + afterMs), reason }
}
