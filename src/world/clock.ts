import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../ports.ts'

/** What a timer can hold (2^31 - 1 ms, 24 days); longer, it would fire at once. */
const LONGEST_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => new Date(),
  deadline: (ms) => AbortSignal.timeout(ms),
  wait: async (ms, signal) => {
    try {
      await setTimeout(Math.min(ms, LONGEST_MS), undefined, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  },
}
