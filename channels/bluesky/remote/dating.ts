import { isDoubtful, type Work } from './context.ts'
import { stamp, type Wanted, writeDown } from './dress.ts'
import { later, Settled } from './settled.ts'
import { IN_FLIGHT_MS, type Kept, sinceCall } from './stamp.ts'
import { lookAt } from './write.ts'

/** What is dated further back than this sorts into the past: as long as it cannot have left it is dated anew. */
const STALE_MS = 60 * 60_000
/** Bluesky says of what is dated further back that it is from an archive (social-app, pull request 6156). */
const ARCHIVED_MS = 24 * 60 * 60_000

/**
 * The stamp under which this attempt writes: the one before, unless its date lies too far off, in the past or in the
 * future of a clock that was ahead. The note says, before any call, that one is about to be made.
 *
 * @throws Settled while what may have left must not be dated anew, for a call may be under way.
 */
export async function dated(work: Work, wanted: Wanted, before: Kept | undefined): Promise<Kept> {
  if (!before) return stamp(work, wanted, before)
  const now = work.context.ports.clock.now()
  const age = Math.abs(now.getTime() - Date.parse(before.stamp.at))
  if (isDoubtful(work.delivery)) {
    if (age > ARCHIVED_MS && !(await lookAt(work, before)).ours) return datedAnew(work, wanted, before, now)
  } else if (age > STALE_MS) return stamp(work, wanted, before)
  return writeDown(work, before, { ...before.stamp, calledAt: now.toISOString() })
}

/** It is not there, and cannot arrive any more once no call is under way. */
async function datedAnew(work: Work, wanted: Wanted, before: Kept, now: Date): Promise<Kept> {
  const waitMs = IN_FLIGHT_MS - Math.abs(sinceCall(before.stamp, now))
  if (waitMs > 0) throw new Settled(later(now, waitMs, 'it is dated anew when no call can be under way'))
  return stamp(work, wanted, before)
}
