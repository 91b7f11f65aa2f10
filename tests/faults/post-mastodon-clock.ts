import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../src/ports.ts'

/** A clock that processes share and that runs faster than that of the machine, so that hours of waiting take seconds. */
export interface FastClock {
  /** Instant of the machine (ms) at which it showed `at`. */
  readonly began: number
  readonly at: string
  readonly speed: number
}

const SLOWER = 30

export function fastClock({ began, at, speed }: FastClock): Clock {
  const start = Date.parse(at)
  return {
    now: () => new Date(start + (Date.now() - began) * speed),
    // What a deadline bounds (servers, the machine under load) runs no faster.
    deadline: (ms) => AbortSignal.timeout(Math.ceil(ms / Math.min(speed, SLOWER))),
    async wait(ms, signal) {
      await setTimeout(ms / speed, undefined, { signal }).catch(() => undefined)
    },
  }
}
