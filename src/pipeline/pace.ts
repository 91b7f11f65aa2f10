import type { Pace, PaceHint, Ports, Reservation } from '../ports.ts'

/** Calls are reserved in the store for about this long ahead: at a high rate many at once, at a low one singly. */
const SPAN_MS = 100
/** Nothing shorter is waited for: timers are no finer. */
const SHORTEST_WAIT_MS = 2
/** So long without a complaint before a step faster is tried. */
const CALM_MS = 10_000
/** Complaints within this time are answers to calls that were made before the first was heard. */
const ONE_COMPLAINT_MS = 1000
/** A turn is worth waiting for at least this long, however impatient the pass. */
const LEAST_HORIZON_MS = 30_000

/** Gives the lanes of one channel their turns. */
export interface Pacer {
  /** Waits for the next turn; false when none comes within the pass's patience, or the signal is aborted. */
  turn(signal: AbortSignal): Promise<boolean>
  /** Whether a turn is at hand that need not be waited for. */
  isReady(): boolean
  /** What an answer said. */
  readonly heard: (hint: PaceHint) => void
  /** Resolves when what was heard is known to all workers, and tries to go faster when all has been calm. */
  settled(): Promise<void>
}

/**
 * Turns within one rate for all workers of a store, evenly spaced: the store reserves them, this process hands them
 * out. A turn whose time has passed unused is lost, so that saved-up turns never become a storm.
 *
 * @param pace undefined: as fast as it goes, until the other side asks for a pause.
 */
export function openPacer(ports: Pick<Ports, 'clock' | 'store'>, pace: Pace | undefined, patienceMs: number): Pacer {
  const { clock } = ports
  const horizonMs = Math.max(patienceMs, LEAST_HORIZON_MS)
  const turns = pace && turnsOf(ports, pace, horizonMs)
  const learner = pace && learnerOf(ports, pace)
  let pausedUntil = 0
  const wait = async (until: number, signal: AbortSignal): Promise<boolean> => {
    const ms = until - clock.now().getTime()
    if (ms > horizonMs) return false
    if (ms >= SHORTEST_WAIT_MS) await clock.wait(ms, signal)
    return !signal.aborted
  }
  return {
    isReady: () => pausedUntil <= clock.now().getTime() && turns?.isReady() === true,
    async turn(signal) {
      const at = turns ? await turns.next(signal) : 0
      // Meanwhile another lane may have been told to stop.
      return at !== undefined && (await wait(at, signal)) && wait(pausedUntil, signal)
    },
    heard(hint) {
      if (hint.pauseUntil) pausedUntil = Math.max(pausedUntil, hint.pauseUntil.getTime())
      learner?.heard(hint)
    },
    async settled() {
      if (await learner?.learn()) turns?.drop()
    },
  }
}

/** Turns that were reserved for this process, handed to one lane after the other. */
function turnsOf(
  { clock, store }: Pick<Ports, 'clock' | 'store'>,
  pace: Pace,
  horizonMs: number,
): { isReady(): boolean; next(signal: AbortSignal): Promise<number | undefined>; drop(): void } {
  let lot = emptyLot
  let reserving: Promise<Reservation> | undefined
  const reserve = async (): Promise<Reservation> => {
    const reservation = await store.reserve(pace, { now: clock.now(), spanMs: SPAN_MS, horizonMs })
    lot = lotOf(reservation)
    reserving = undefined
    return reservation
  }
  return {
    async next(signal) {
      while (!signal.aborted) {
        const at = lot.take(clock.now().getTime())
        if (at !== undefined) return at
        const { calls } = await (reserving ??= reserve())
        if (calls === 0) return undefined
      }
      return undefined
    },
    isReady() {
      const now = clock.now().getTime()
      return (lot.coming(now) ?? Infinity) <= now
    },
    drop: () => void (lot = emptyLot),
  }
}

interface Lot {
  /** The next turn whose time has not passed; it stays. */
  coming(now: number): number | undefined
  take(now: number): number | undefined
}

const emptyLot: Lot = { coming: () => undefined, take: () => undefined }

function lotOf({ from, everyMs, calls }: Reservation): Lot {
  let taken = 0
  let isFresh = calls > 0
  const at = (turn: number): number => from.getTime() + everyMs * turn
  const coming = (now: number): number | undefined => {
    while (taken < calls && at(taken + 1) < now) taken += 1
    return taken < calls ? at(taken) : undefined
  }
  return {
    coming,
    take(now) {
      const turn = coming(now)
      if (turn !== undefined) taken += 1
      // Where reserving took longer than what was reserved, one turn is still good: its time has passed, not come.
      else if (!isFresh) return undefined
      isFresh = false
      return turn ?? now
    },
  }
}

/** Tells the store what the answers say. Lanes that are refused together are one complaint, not several. */
function learnerOf(
  { clock, store }: Pick<Ports, 'clock' | 'store'>,
  pace: Pace,
): { heard(hint: PaceHint): void; learn(): Promise<boolean> } {
  let hints: PaceHint[] = []
  let slowed = 0
  let calmSince = clock.now().getTime()
  return {
    heard(hint) {
      const now = clock.now().getTime()
      hints.push({ ...hint, throttled: hint.throttled === true && now >= slowed })
      if (hint.throttled) slowed = Math.max(slowed, now + ONE_COMPLAINT_MS, hint.pauseUntil?.getTime() ?? 0)
      if (hint.throttled || hint.pauseUntil) calmSince = now
    },
    /** @returns whether turns that were reserved before are out of date. */
    async learn() {
      const told = hints
      hints = []
      for (const hint of told) await store.adjust(pace, hint, clock.now())
      if (told.some(({ throttled, pauseUntil }) => throttled || pauseUntil)) return true
      const now = clock.now()
      if (now.getTime() - calmSince < CALM_MS) return false
      calmSince = now.getTime()
      return store.quicken(pace, now)
    },
  }
}
