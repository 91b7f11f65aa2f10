import * as z from 'zod'
import type { Pace, PaceHint, PaceStore, Reservation } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

/** Of what the other side allows: the rest is for calls that it counts and we do not. */
const SHARE = 0.95
/** Calls a second that no complaint brings it below. */
const SLOWEST = 0.1
const STEP = 1.25
/** A complaint stops everything for at least so long. */
const LEAST_PAUSE_MS = 1000
/** No quota has a longer period; what asks for more was misread, and must not stop everything for years. */
const LONGEST_PAUSE_MS = 32 * 86_400_000
/**
 * Workers read the clock before they wait for the lock, so that one may come with an instant somewhat older than what
 * is written. One that is older than this comes from a clock that was set back.
 */
const SET_BACK_MS = 120_000

const paceRow = z.object({
  perSecond: z.number(),
  configured: z.number(),
  limitPerSecond: z.number().exactOptional(),
  nextAt: z.string(),
  blockedUntil: z.string().exactOptional(),
  seenAt: z.string(),
})

/** A row as it is reckoned with: rates in calls a second, instants in milliseconds. */
interface Standing {
  readonly perSecond: number
  readonly limitPerSecond: number | undefined
  readonly nextAt: number
  readonly blockedUntil: number
}

/** One row for each name; whoever reserves or learns does so in a transaction of its own. */
export function paceMethods(db: Connection): PaceStore {
  return {
    reserve: (pace, request) => db.write(() => reserve(db, pace, request)),
    adjust: (pace, hint, now) => change(db, pace, now, (standing) => adjusted(standing, hint, now.getTime())),
    quicken: async (pace, now) => {
      let quicker = false
      await change(db, pace, now, (standing) => {
        const next = quickened(standing, pace, now.getTime())
        quicker = next !== standing
        return next
      })
      return quicker
    },
    pace: (name) =>
      db.read(() => {
        const row = rowOf(db, name)
        if (!row) return undefined
        const { perSecond, limitPerSecond, blockedUntil } = row
        return {
          perSecond,
          ...(limitPerSecond !== undefined && { limitPerSecond }),
          ...(blockedUntil !== undefined && { pausedUntil: new Date(blockedUntil) }),
        }
      }),
  }
}

/** Looks first, without the lock: most answers say nothing new. */
async function change(db: Connection, pace: Pace, now: Date, next: (standing: Standing) => Standing): Promise<void> {
  const isNews = await db.read(() => {
    const standing = standingOf(db, pace, now)
    return next(standing) !== standing
  })
  if (!isNews) return
  await db.write(() => {
    const standing = standingOf(db, pace, now)
    const changed = next(standing)
    if (changed !== standing) put(db, pace, changed, now)
  })
}

function reserve(
  db: Connection,
  pace: Pace,
  { now, spanMs, horizonMs }: Parameters<PaceStore['reserve']>[1],
): Reservation {
  const standing = standingOf(db, pace, now)
  const from = Math.max(now.getTime(), standing.nextAt, standing.blockedUntil)
  const everyMs = 1000 / standing.perSecond
  if (from > now.getTime() + horizonMs) return { from: new Date(from), everyMs, calls: 0 }
  // What fits exactly must not be lost to the last binary digit.
  const calls = Math.max(1, Math.floor(spanMs / everyMs + 1e-9))
  put(db, pace, { ...standing, nextAt: Math.ceil(from + calls * everyMs) }, now)
  return { from: new Date(from), everyMs, calls }
}

/** The same object when the hint says nothing new. */
function adjusted(standing: Standing, { limitPerSecond, throttled, pauseUntil }: PaceHint, now: number): Standing {
  let next = standing
  const isLimit = limitPerSecond !== undefined && Number.isFinite(limitPerSecond) && limitPerSecond > 0
  if (isLimit && limitPerSecond !== next.limitPerSecond)
    next = { ...next, limitPerSecond, perSecond: Math.min(next.perSecond, limitPerSecond * SHARE) }
  // A complaint while all is paused already answers a call that was made before.
  if (throttled && now >= next.blockedUntil)
    next = { ...next, perSecond: Math.min(next.perSecond, Math.max(next.perSecond / 2, SLOWEST)) }
  const asked = Math.min(pauseUntil?.getTime() ?? 0, now + LONGEST_PAUSE_MS)
  const blockedUntil = Math.max(asked, throttled ? now + LEAST_PAUSE_MS : 0)
  return blockedUntil > Math.max(next.blockedUntil, now) ? { ...next, blockedUntil } : next
}

/** The same object when it is as fast as is allowed, or paused. */
function quickened(standing: Standing, pace: Pace, now: number): Standing {
  const most = ceiling(standing.limitPerSecond, pace)
  if (standing.perSecond >= most || now < standing.blockedUntil) return standing
  return { ...standing, perSecond: Math.min(standing.perSecond * STEP, most) }
}

function ceiling(limitPerSecond: number | undefined, { perSecond }: Pace): number {
  return limitPerSecond === undefined ? perSecond : limitPerSecond * SHARE
}

function rowOf(db: Connection, name: string): z.output<typeof paceRow> | undefined {
  const row = db.get(
    `SELECT per_second AS perSecond, configured, limit_per_second AS limitPerSecond, next_at AS nextAt,
       blocked_until AS blockedUntil, seen_at AS seenAt
     FROM paces WHERE name = :name`,
    { name },
  )
  return row && rowAs(paceRow, row, 'paces')
}

/**
 * How things stand at this instant. A configured rate that was lowered since counts at once, one that was raised is
 * grown into. When the clock was set back, what is reserved and paused moves back with it: the time that is left to wait
 * stays what it was.
 */
function standingOf(db: Connection, pace: Pace, now: Date): Standing {
  const row = rowOf(db, pace.name)
  if (!row) return { perSecond: pace.perSecond, limitPerSecond: undefined, nextAt: 0, blockedUntil: 0 }
  const behind = Date.parse(row.seenAt) - now.getTime()
  const back = behind > SET_BACK_MS ? behind : 0
  const begun = pace.perSecond < row.configured ? Math.min(row.perSecond, pace.perSecond) : row.perSecond
  return {
    perSecond: Math.min(begun, ceiling(row.limitPerSecond, pace)),
    limitPerSecond: row.limitPerSecond,
    nextAt: Date.parse(row.nextAt) - back,
    blockedUntil: row.blockedUntil === undefined ? 0 : Date.parse(row.blockedUntil) - back,
  }
}

function put(db: Connection, pace: Pace, standing: Standing, now: Date): void {
  const { perSecond, limitPerSecond, nextAt, blockedUntil } = standing
  db.run(
    `INSERT INTO paces (name, per_second, configured, limit_per_second, next_at, blocked_until, seen_at)
     VALUES (:name, :perSecond, :configured, :limitPerSecond, :nextAt, :blockedUntil, :now)
     ON CONFLICT (name) DO UPDATE
     SET per_second = excluded.per_second, configured = excluded.configured, limit_per_second = excluded.limit_per_second,
       next_at = excluded.next_at, blocked_until = excluded.blocked_until, seen_at = excluded.seen_at`,
    {
      name: pace.name,
      perSecond,
      configured: pace.perSecond,
      limitPerSecond: limitPerSecond ?? null,
      nextAt: new Date(nextAt).toISOString(),
      blockedUntil: blockedUntil > 0 ? new Date(blockedUntil).toISOString() : null,
      now: now.toISOString(),
    },
  )
}
