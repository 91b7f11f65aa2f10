import * as z from 'zod'
import type { LedgerEntry } from '../../domain/delivery.ts'
import type { Claim, ClaimRequest, FrozenRendering, Store } from '../../ports.ts'
import type { Connection, Row, Values } from './connection.ts'
import { moved, recount } from './counts.ts'
import { abandonedInCancelled, firstDue, valuesOf } from './due.ts'
import { renderingOf } from './editions.ts'
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
  const isDue = (values: Values): boolean =>
    firstDue(db, values) !== undefined || abandonedInCancelled(db, values).length > 0
  return {
    isDue: (request) => db.read(() => isDue(valuesOf(request))),
    claim: async (request) => {
      const values = valuesOf(request)
      // Looking first keeps an idle worker from asking for the write lock; what it saw is looked up again under the lock.
      if (!(await db.read(() => isDue(values)))) return undefined
      return db.write(() => claim(db, request, values, frozen))
    },
  }
}

function claim(
  db: Connection,
  request: ClaimRequest,
  values: Values,
  frozen: (group: Group) => FrozenRendering,
): Claim | undefined {
  const now = request.now.toISOString()
  for (const group of abandonedInCancelled(db, values)) leaveToReview(db, group, now)
  for (;;) {
    const group = firstDue(db, values)
    if (!group) return undefined
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
  let group = due
  let rows = freshMembers(db, group)
  if (rows.some(({ left }) => left !== null)) {
    const rest = withoutThoseWhoLeft(db, group, rows, now)
    if (!rest) return undefined
    group = rest
    rows = freshMembers(db, group)
  }
  const { attempts, doubts, firstAttemptAt, reason } = take(db, group, worker, now)
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

/** `left` says why a reader is no longer to be written to; it is null for others, and where the target is no subscriber. */
function freshMembers(db: Connection, group: Group): Row[] {
  return db.all(
    `SELECT deliveries.id, deliveries.key, deliveries.target, deliveries.address,
       CASE
         WHEN subscribers.suppressed IS NOT NULL THEN 'suppressed'
         WHEN subscribers.state <> 'active' THEN 'unsubscribed'
       END AS left
     FROM deliveries
     LEFT JOIN subscribers ON subscribers.id = deliveries.target AND deliveries.address IS NOT NULL
     WHERE ${IN_GROUP}
     ORDER BY deliveries.id`,
    bounds(group),
  )
}

function withoutThoseWhoLeft(db: Connection, group: Group, rows: readonly Row[], now: string): Group | undefined {
  const reasons = {
    unsubscribed: 'the reader unsubscribed before it left',
    suppressed: 'the address was suppressed before it left',
  }
  let rest: Group | undefined = group
  for (const [left, reason] of Object.entries(reasons)) {
    const ids = rows.filter((row) => row['left'] === left).map(({ id }) => Number(id))
    if (rest && ids.length > 0) rest = endApart(db, rest, ids, { state: 'rejected', reason }, now)
  }
  return rest
}

/** One more attempt, by this worker. Nothing is known of doubts that were settled: they start anew with the next one. */
function take(db: Connection, group: Group, worker: string, now: string): z.output<typeof takenRow> {
  const row = db.get(
    `UPDATE attempt_groups
     SET state = 'claimed', claimed_by = :worker, claimed_at = :now, not_before = NULL, attempts = attempts + 1,
       doubts = doubts + (state IN ('claimed', 'unknown')), first_attempt_at = coalesce(first_attempt_at, :now)
     WHERE id = :id
     RETURNING attempts, doubts, first_attempt_at AS firstAttemptAt, reason`,
    { id: group.id, worker, now },
  )
  return rowAs(takenRow, row ?? {}, 'attempt_groups')
}

const takenRow = z.object({
  attempts: z.number(),
  doubts: z.number(),
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
