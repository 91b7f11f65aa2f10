import * as z from 'zod'
import type { DeliveryState } from '../../domain/delivery.ts'
import { missedKinds, type Report } from '../../domain/report.ts'
import type { Settlement, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { moved, recount } from './counts.ts'
import { isCancelled } from './editions.ts'
import {
  bounds,
  close,
  end,
  endApart,
  GROUP_COLUMNS,
  groupRow,
  IN_GROUP,
  membersOf,
  regroup,
  type Ending,
  type Group,
  type Member,
  type Next,
} from './groups.ts'
import { rowAs } from './rows.ts'

/** Writing down what became of calls. */
export function settleMethods(db: Connection): Pick<Store, 'settle'> {
  return { settle: (worker, outcomes, at) => db.write(() => settle(db, worker, outcomes, at.toISOString())) }
}

/**
 * Settles a delivery as sent because the other side tells so: any that is open, one that was left to review or
 * cancelled, and one that was given up and is with its reader all the same. To be called within a transaction.
 */
export function settleSentByReport(
  db: Connection,
  { delivery: key, remoteId, kind }: Pick<Report, 'delivery' | 'remoteId' | 'kind'>,
  at: string,
): void {
  const ending: Ending = { state: 'sent', remoteId }
  const row = db.get(
    `SELECT id, edition, channel, state FROM deliveries JOIN outcomes ON outcomes.delivery = deliveries.id
     WHERE key = :key AND (state IN ('review', 'cancelled') OR state = 'rejected' AND :arrived)`,
    { key, arrived: missedKinds.includes(kind) ? 0 : 1 },
  )
  if (row) {
    const { id, edition, channel, state } = rowAs(endedRow, row, 'deliveries')
    end(db, [[id, ending]], at)
    recount(db, { edition, channel }, moved(1, state, 'sent'))
    return
  }
  const open = openDelivery(db, key)
  if (open) endApart(db, doubtOthers(db, open, at), [open.id], ending, at)
}

const endedRow = z.object({
  id: z.number(),
  edition: z.string(),
  channel: z.string(),
  state: z.enum(['review', 'cancelled', 'rejected']),
})

/**
 * A mail of a group that counts as not called was taken: what is known of its call is wrong, or it left under an earlier
 * key. Whether the others left with it nobody can tell from here: they are not called, and wait for their own reports
 * or for a person.
 */
function doubtOthers(db: Connection, { id, group }: { id: number; group: Group }, at: string): Group {
  if (group.state !== 'planned' && group.state !== 'waiting') return group
  const others = membersOf(db, group).filter((member) => member.state === undefined && member.id !== id)
  if (others.length === 0) return group
  const reason = 'another mail of its call was taken, as the other side tells; look there, then settle it by hand'
  const ids = others.map((member) => member.id)
  return endApart(db, group, ids, { state: 'review', reason }, at) ?? group
}

const IS_OPEN = 'NOT EXISTS (SELECT 1 FROM outcomes WHERE delivery = deliveries.id)'

/** An open delivery and its group; undefined when there is none with this key. */
export function openDelivery(db: Connection, key: string): { readonly id: number; readonly group: Group } | undefined {
  const row = db.get(
    `SELECT deliveries.id AS delivery, ${GROUP_COLUMNS}
     FROM deliveries JOIN attempt_groups ON attempt_groups.id = deliveries.group_id
     WHERE deliveries.key = :key AND ${IS_OPEN}`,
    { key },
  )
  return row && { id: Number(row['delivery']), group: rowAs(groupRow, row, 'attempt_groups') }
}

function settle(db: Connection, worker: string, outcomes: ReadonlyMap<string, Settlement>, at: string): void {
  const left = new Set(outcomes.keys())
  for (const key of left) {
    const group = heldGroup(db, worker, key)
    if (!group) continue
    const members = membersOf(db, group)
    settleGroup(db, group, members, outcomes, at)
    for (const member of members) left.delete(member.key)
  }
}

function heldGroup(db: Connection, worker: string, key: string): Group | undefined {
  const row = db.get(
    `SELECT ${GROUP_COLUMNS}
     FROM deliveries JOIN attempt_groups ON attempt_groups.id = deliveries.group_id
     WHERE deliveries.key = :key AND ${IS_OPEN} AND attempt_groups.claimed_by = :worker`,
    { key, worker },
  )
  return row && rowAs(groupRow, row, 'attempt_groups')
}

function hasReceipt(db: Connection, group: Group): boolean {
  const sql = `SELECT 1 FROM deliveries WHERE ${IN_GROUP} AND receipt IS NOT NULL LIMIT 1`
  return db.get(sql, bounds(group)) !== undefined
}

type Waiting = Extract<Settlement, { kind: 'later' | 'unknown' }>

function settleGroup(
  db: Connection,
  group: Group,
  members: readonly Member[],
  outcomes: ReadonlyMap<string, Settlement>,
  at: string,
): void {
  const cancelled = isCancelled(db, group.edition)
  // Told while the call was under way: such a call is taken whole or not at all.
  const isProven = members.some(({ state }) => state === 'sent') && hasReceipt(db, group)
  const changes = new Map<DeliveryState, number>()
  const endings: [id: number, ending: Ending][] = []
  const waits: (Waiting & Pick<Member, 'id'>)[] = []
  let silent = 0
  for (const { id, key, state } of members) {
    if (state !== undefined) continue
    const settlement = outcomes.get(key)
    if (!settlement) silent += 1
    else if (!cancelled && (settlement.kind === 'later' || settlement.kind === 'unknown'))
      waits.push({ id, ...(isProven ? { ...settlement, kind: 'unknown' as const } : settlement) })
    else {
      const ending = endingOf(settlement)
      endings.push([id, ending])
      changes.set(ending.state, (changes.get(ending.state) ?? 0) + 1)
    }
  }
  end(db, endings, at)
  changes.set('claimed', -endings.length)
  recount(db, group, changes)
  if (silent === 0) goOn(db, group, members.length, waits)
}

/** In an edition that was cancelled meanwhile `later` and `unknown` are ends too: it is not called again. */
function endingOf(settlement: Settlement): Ending {
  if (settlement.kind === 'sent') return { state: 'sent', remoteId: settlement.remoteId, url: settlement.url }
  const { kind, reason } = settlement
  if (kind === 'later') return { state: 'cancelled', reason }
  return { state: kind === 'unknown' ? 'review' : kind, reason }
}

/**
 * What may be called again, and how. While one delivery of a call is in doubt all that are open are: the call can only
 * be repeated as it was. A call that is known not to have acted has left its key as good as unused: the whole group
 * waits under it. A part of a group never does, for fewer deliveries would be another call; nor does a call that was
 * refused as a whole, whose parts go on as they were named. What came before its turn was no attempt.
 */
function goOn(db: Connection, group: Group, size: number, waits: readonly (Waiting & Pick<Member, 'id'>)[]): void {
  const told = waits.find(({ kind }) => kind === 'unknown') ?? waits[0]
  if (!told) {
    close(db, group)
    return
  }
  const state = told.kind === 'unknown' ? 'unknown' : 'waiting'
  const parts = Map.groupBy(waits, (wait) => (wait.kind === 'later' ? wait.part : undefined))
  const notBefore = new Date(Math.max(...waits.map((wait) => wait.notBefore.getTime()))).toISOString()
  recount(db, group, moved(waits.length, 'claimed', state))
  const byPlan = waits.every((wait) => wait.kind === 'later' && wait.byPlan)
  if (state === 'waiting' && (waits.length < size || !parts.has(undefined))) {
    close(db, group)
    const next: Next = { state, notBefore, reason: told.reason, ...(byPlan && { plannedFor: notBefore }) }
    for (const part of parts.values()) regroup(db, group, part, next)
    return
  }
  db.run(
    `UPDATE attempt_groups
     SET state = :state, not_before = :notBefore, reason = :reason, claimed_by = NULL, claimed_at = NULL,
       doubts = CASE WHEN :state = 'waiting' THEN 0 ELSE doubts END, refusals = iif(:refused, refusals + 1, 0),
       attempts = attempts - :byPlan, planned_for = iif(:byPlan, :notBefore, planned_for)
     WHERE id = :id`,
    {
      id: group.id,
      state,
      notBefore,
      reason: told.reason,
      refused: told.refused ? 1 : 0,
      byPlan: byPlan ? 1 : 0,
    },
  )
}
