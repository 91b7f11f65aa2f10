import * as z from 'zod'
import type { LedgerEntry } from '../../domain/delivery.ts'
import type { Claim, ClaimRequest, FrozenRendering, Store } from '../../ports.ts'
import type { Connection, Row } from './connection.ts'
import { moved, recount } from './counts.ts'
import { firstDue, valuesOf } from './due.ts'
import { isCancelled, renderingOf } from './editions.ts'
import { bounds, endApart, IN_GROUP, membersOf, type Group } from './groups.ts'
import { rowAs, textOf } from './rows.ts'
import { entriesOf } from './ledger.ts'

/** Renderings are frozen, so the last few are kept: the chunks of a mailing share one object, and what is derived from it. */
const RENDERINGS_KEPT = 16

/** Taking the next attempt group. */
export function claimMethods(db: Connection): Pick<Store, 'claim' | 'isDue'> {
  const renderings = new Map<string, FrozenRendering>()
  const frozen = ({ edition, channel, rendering }: Group): FrozenRendering => {
    const name = JSON.stringify([edition, channel, rendering])
    const made = renderings.get(name) ?? renderingOf(db, edition, channel, rendering)
    renderings.delete(name)
    renderings.set(name, made)
    for (const oldest of renderings.keys()) if (renderings.size > RENDERINGS_KEPT) renderings.delete(oldest)
    return made
  }
  const isDue = (request: ClaimRequest): Promise<boolean> =>
    db.read(() => firstDue(db, valuesOf(request)) !== undefined)
  // Looking first keeps an idle worker from asking for the write lock. Where something was due more is to be expected.
  let isLikely = false
  return {
    isDue,
    claim: async (request) => {
      if (!isLikely && !(await isDue(request))) return undefined
      const made = await db.write(() => claim(db, request, frozen))
      isLikely = made !== undefined
      return made
    },
  }
}

function claim(db: Connection, request: ClaimRequest, frozen: (group: Group) => FrozenRendering): Claim | undefined {
  const values = valuesOf(request)
  const now = request.now.toISOString()
  for (;;) {
    const group = firstDue(db, values)
    if (!group) return undefined
    if (isCancelled(db, group.edition)) {
      leaveToReview(db, group, now)
      continue
    }
    const isDoubtful = group.state === 'claimed' || group.state === 'unknown'
    const taken = isDoubtful ? takeAgain(db, group, request.worker, now) : takeFresh(db, group, request.worker, now)
    if (taken) return { channel: group.channel, rendering: frozen(group), ...taken }
  }
}

type Taken = Omit<Claim, 'channel' | 'rendering'>

/** As it was called before, with all that the call carried. */
function takeAgain(db: Connection, group: Group, worker: string, now: string): Taken {
  take(db, group, worker, now)
  const entries = entriesOf(db, group)
  const deliveries = entries.filter(({ state }) => state === 'claimed')
  const settled = entries.filter(({ state }) => state !== 'claimed')
  recount(db, group, moved(deliveries.length, group.state, 'claimed'))
  return { group: group.key, kind: 'doubtful', deliveries, settled }
}

/** Without those who left since the freeze; undefined when that is everyone. */
function takeFresh(db: Connection, due: Group, worker: string, now: string): Taken | undefined {
  const group = withoutThoseWhoLeft(db, due, now)
  if (!group) return undefined
  const rows = db.all(`SELECT key, target, address FROM deliveries WHERE ${IN_GROUP} ORDER BY id`, bounds(group))
  const { attempts, doubts, refusals, firstAttemptAt, reason } = take(db, group, worker, now)
  const { key, edition, channel, rendering } = group
  const shared: Omit<LedgerEntry, 'key' | 'target' | 'address'> = {
    group: key,
    edition,
    channel,
    rendering,
    state: 'claimed',
    attempts,
    doubts,
    firstAttemptAt,
    ...(refusals !== undefined && { refusals }),
    ...(reason !== undefined && { reason }),
  }
  recount(db, group, moved(rows.length, group.state, 'claimed'))
  return { group: key, kind: 'fresh', deliveries: rows.map((row) => entryOf(row, shared)), settled: [] }
}

/** By hand, for it is done for every recipient: checking each by its schema costs more than reading it. */
function entryOf(row: Row, shared: Omit<LedgerEntry, 'key' | 'target' | 'address'>): LedgerEntry {
  const entry = { key: textOf(row, 'key', 'deliveries'), target: textOf(row, 'target', 'deliveries'), ...shared }
  return row['address'] === null ? entry : { ...entry, address: textOf(row, 'address', 'deliveries') }
}

/** Undefined when everyone has left. Where the target is no subscriber nobody has. */
function withoutThoseWhoLeft(db: Connection, group: Group, now: string): Group | undefined {
  const rows = db.all(
    `SELECT deliveries.id, iif(suppressed IS NULL, 'unsubscribed', 'suppressed') AS left
     FROM deliveries CROSS JOIN subscribers ON subscribers.id = deliveries.target
     WHERE ${IN_GROUP} AND deliveries.address IS NOT NULL AND (suppressed IS NOT NULL OR state <> 'active')`,
    bounds(group),
  )
  const reasons = {
    unsubscribed: 'the reader unsubscribed before it left',
    suppressed: 'the address was suppressed before it left',
  }
  let rest: Group | undefined = group
  for (const [left, reason] of Object.entries(reasons)) {
    const ids = rows.filter((row) => row['left'] === left).map(({ id }) => Number(id))
    if (rest && ids.length > 0) rest = endApart(db, rest, ids, { state: 'cancelled', reason }, now)
  }
  return rest
}

/** One more attempt, by this worker. What is known not to have acted is forgotten: doubts and the age of the key start anew. */
function take(db: Connection, group: Group, worker: string, now: string): z.output<typeof takenRow> {
  const row = db.get(
    `UPDATE attempt_groups
     SET state = 'claimed', claimed_by = :worker, claimed_at = :now, not_before = NULL, attempts = attempts + 1,
       doubts = doubts + (state IN ('claimed', 'unknown')), refusals = iif(state = 'claimed', 0, refusals),
       first_attempt_at = iif(state IN ('claimed', 'unknown'), coalesce(first_attempt_at, :now), :now)
     WHERE id = :id
     RETURNING attempts, doubts, nullif(refusals, 0) AS refusals, first_attempt_at AS firstAttemptAt, reason`,
    { id: group.id, worker, now },
  )
  return rowAs(takenRow, row ?? {}, 'attempt_groups')
}

const takenRow = z.object({
  attempts: z.number(),
  doubts: z.number(),
  refusals: z.number().exactOptional(),
  firstAttemptAt: z.string(),
  reason: z.string().exactOptional(),
})

function leaveToReview(db: Connection, group: Group, now: string): void {
  const open = membersOf(db, group).filter(({ state }) => state === undefined)
  const reason = 'it was being sent when its edition was cancelled; look on the other side, then settle it by hand'
  endApart(
    db,
    group,
    open.map(({ id }) => id),
    { state: 'review', reason },
    now,
  )
}
