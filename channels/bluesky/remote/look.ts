import { XRPCError } from '@atproto/api'
import type { Outcome } from '../../../src/domain/delivery.ts'
import { classify } from './classify.ts'
import type { Work } from './context.ts'
import { later, Settled } from './settled.ts'

const RETRY_WAIT_MS = 30_000

/**
 * A call that only reads: that it failed says nothing against what is to be written.
 *
 * @param otherwise what is known of the write when nothing can be read: `later` that it was not done.
 * @throws Settled; and what tells that the session is over.
 */
export async function reading<T>(
  { context: { ports } }: Pick<Work, 'context'>,
  read: () => Promise<T>,
  otherwise: 'later' | 'unknown' = 'later',
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const now = ports.clock.now()
    const trouble = classify(error, now)
    if (trouble.kind === 'token' || trouble.kind === 'stopped') throw error
    const reason = `it could not be looked at: ${'reason' in trouble ? trouble.reason : trouble.kind}`
    const outcome: Outcome =
      otherwise === 'unknown'
        ? { kind: 'unknown', reason }
        : later(now, trouble.kind === 'later' ? trouble.notBefore.getTime() - now.getTime() : RETRY_WAIT_MS, reason)
    throw new Settled(outcome)
  }
}

/**
 * What follows once something is written: whatever fails of it, it never says that nothing was done.
 *
 * @throws Settled, as `unknown`: all of it is done again.
 */
export async function following<T>({ context: { ports } }: Pick<Work, 'context'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Settled && error.outcome.kind === 'later')
      throw new Settled({ kind: 'unknown', reason: error.outcome.reason })
    if (!(error instanceof XRPCError)) throw error
    const trouble = classify(error, ports.clock.now())
    const reason = `it is there, but not all is done: ${'reason' in trouble ? trouble.reason : trouble.kind}`
    throw new Settled({ kind: 'unknown', reason })
  }
}
