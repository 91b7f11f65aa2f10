/** How fast something may be called, by all workers of a store together. */
export interface Pace {
  /** What is limited: `resend`, `smtp`. */
  readonly name: string
  /** Calls a second to begin with; also the most, until the other side says what it allows. */
  readonly perSecond: number
}

/** What an answer says about the pace. */
export interface PaceHint {
  /** What the other side allows, calls a second. */
  readonly limitPerSecond?: number
  /** It was too much: slow down. */
  readonly throttled?: boolean
  /** Nothing at all before this instant. */
  readonly pauseUntil?: Date
}

/** Leave to make `calls` calls: the first at `from`, each further one `everyMs` later. */
export interface Reservation {
  readonly from: Date
  readonly everyMs: number
  /** 0 when nothing may be called within the horizon that was asked for; then nothing was reserved. */
  readonly calls: number
}

/**
 * One limiter for all workers of a store: evenly spaced calls (GCRA without burst). In one second from any instant there
 * are at most as many calls as the fastest rate in force, rounded up. A clock that is set back by more than two minutes
 * takes what is reserved and paused back with it.
 */
export interface PaceStore {
  /**
   * Reserves as many calls as fit into `spanMs` at the present rate, at least one, the first no later than `horizonMs`
   * from now. Committed before it resolves.
   */
  reserve(
    pace: Pace,
    request: { readonly now: Date; readonly spanMs: number; readonly horizonMs: number },
  ): Promise<Reservation>
  /**
   * Learns from an answer. Throttled: half the rate (at least one call in ten seconds; once only while a pause lasts, for
   * then the answer is to an earlier call), and nothing before `pauseUntil` or a second from now. A pause lasts 32 days at
   * most. A limit: the rate may grow to 95 % of it, and falls to that at once when it is above. Writes nothing when nothing changes.
   */
  adjust(pace: Pace, hint: PaceHint, now: Date): Promise<void>
  /** A step faster (a quarter), up to what is allowed. False, and nothing written, when it is there already or paused. */
  quicken(pace: Pace, now: Date): Promise<boolean>
  /** As it stands, for people; undefined when nothing was called yet. `pausedUntil` may be over. */
  pace(
    name: string,
  ): Promise<{ readonly perSecond: number; readonly limitPerSecond?: number; readonly pausedUntil?: Date } | undefined>
}
