import * as z from 'zod'
import type { DeliveryState } from '../../domain/delivery.ts'
import type { Connection } from './connection.ts'
import { moved, recount } from './counts.ts'
import { rowAs, textOf } from './rows.ts'

/** Of `attempt_groups`, as `groupRow` reads it. */
export const GROUP_COLUMNS = `attempt_groups.id, attempt_groups.key, attempt_groups.edition, attempt_groups.channel,
  attempt_groups.rendering, attempt_groups.state, attempt_groups.first_delivery AS first,
  attempt_groups.last_delivery AS last, attempt_groups.attempts, attempt_groups.doubts`

export const groupRow = z.object({
  id: z.number(),
  key: z.string(),
  edition: z.string(),
  channel: z.string(),
  rendering: z.string(),
  state: z.enum(['planned', 'claimed', 'waiting', 'unknown']),
  first: z.number(),
  last: z.number(),
  attempts: z.number(),
  doubts: z.number(),
})
export type Group = z.output<typeof groupRow>

/** `state` is absent while it is open. */
export interface Member {
  readonly id: number
  readonly key: string
  readonly state?: string
}

/** Condition for deliveries that name a group; parameters as `bounds` gives them. */
export const IN_GROUP = 'deliveries.id BETWEEN :first AND :last AND deliveries.group_id = :group'

export function bounds({ id, first, last }: Group): { group: number; first: number; last: number } {
  return { group: id, first, last }
}

/** All that ever shared a call under the group's key, in the order of planning. */
export function membersOf(db: Connection, group: Group): Member[] {
  return db
    .all(
      `SELECT id, key, state FROM deliveries LEFT JOIN outcomes ON outcomes.delivery = deliveries.id
       WHERE ${IN_GROUP} ORDER BY id`,
      bounds(group),
    )
    .map((row) => ({
      id: Number(row['id']),
      key: textOf(row, 'key', 'deliveries'),
      ...(row['state'] !== null && { state: textOf(row, 'state', 'outcomes') }),
    }))
}

/** What became of a delivery for good. */
export interface Ending {
  readonly state: FinalState
  readonly reason?: string | undefined
  readonly remoteId?: string | undefined
  readonly url?: string | undefined
}
type FinalState = Exclude<DeliveryState, 'planned' | 'claimed' | 'waiting' | 'unknown'>

/** What had come to an end already comes to this one instead. */
export function end(db: Connection, endings: readonly (readonly [id: number, ending: Ending])[], at: string): void {
  for (const [id, { state, reason, remoteId, url }] of endings)
    db.run(
      `INSERT OR REPLACE INTO outcomes (delivery, state, reason, remote_id, url, settled_at) VALUES (?, ?, ?, ?, ?, ?)`,
      [id, state, reason ?? null, remoteId ?? null, url ?? null, at],
    )
}

/**
 * Ends open deliveries otherwise than by the outcome of a call. A group that is called afresh later is then called without them,
 * so they are taken out of it, and where a call was made with them the others go on under a new key.
 *
 * @returns the group that holds what is still open of it; undefined when nothing is.
 */
export function endApart(
  db: Connection,
  group: Group,
  deliveries: readonly number[],
  ending: Ending,
  at: string,
): Group | undefined {
  const isFresh = group.state === 'planned' || group.state === 'waiting'
  end(
    db,
    deliveries.map((id) => [id, ending]),
    at,
  )
  if (isFresh)
    db.run('UPDATE deliveries SET group_id = NULL WHERE id IN (SELECT value FROM json_each(:ids))', {
      ids: JSON.stringify(deliveries),
    })
  recount(db, group, moved(deliveries.length, group.state, ending.state))
  const open = membersOf(db, group).filter(({ state }) => state === undefined)
  if (open.length === 0) {
    close(db, group)
    return undefined
  }
  if (group.state !== 'waiting') return group
  const next = waitOf(db, group)
  close(db, group)
  return regroup(db, group, open, next)
}

function waitOf(db: Connection, { id }: Group): Next {
  const columns = 'not_before AS notBefore, planned_for AS plannedFor, reason'
  const row = db.get(`SELECT ${columns} FROM attempt_groups WHERE id = :id`, { id }) ?? {}
  return { state: 'waiting', ...rowAs(waitRow, row, 'attempt_groups') }
}

const waitRow = z.object({
  notBefore: z.string(),
  plannedFor: z.string().exactOptional(),
  reason: z.string().exactOptional(),
})

/** Nothing of it is open any more. */
export function close(db: Connection, { id }: Pick<Group, 'id'>): void {
  db.run(
    `UPDATE attempt_groups SET state = 'done', claimed_by = NULL, claimed_at = NULL, not_before = NULL WHERE id = :id`,
    { id },
  )
}

/** When a group may be called next. */
export type Next =
  | { readonly state: 'planned' }
  | { readonly state: 'waiting'; readonly notBefore: string; readonly plannedFor?: string; readonly reason?: string }

/** What the groups that deliveries come from and go to have in common. */
export type Origin = Pick<Group, 'key' | 'edition' | 'channel' | 'rendering' | 'attempts'>

/** What a key may be long at most: 256 characters with the provider that is strictest, and some room for its successors. */
const LONGEST_KEY = 200

/**
 * Gives deliveries a group, and with it a key, of their own. The number of its row ends the key: rows are never removed,
 * so it never comes again. What they leave behind is not closed by this.
 */
export function regroup(
  db: Connection,
  { key, edition, channel, rendering, attempts }: Origin,
  members: readonly Pick<Member, 'id'>[],
  next: Next,
): Group {
  const ids = members.map((member) => member.id)
  const id = nextGroupId(db)
  const suffix = `+${id}`
  const base = key.replace(/\+\d+$/, '').replaceAll(/[^!-~]/g, '-')
  const group = {
    id,
    edition,
    channel,
    rendering,
    attempts,
    key: base.slice(0, LONGEST_KEY - suffix.length) + suffix,
    first: Math.min(...ids),
    last: Math.max(...ids),
  }
  db.run(
    `INSERT INTO attempt_groups
       (id, key, edition, channel, rendering, first_delivery, last_delivery, attempts, state, not_before, planned_for,
        reason)
     VALUES
       (:id, :key, :edition, :channel, :rendering, :first, :last, :attempts, :state, :notBefore, :plannedFor, :reason)`,
    {
      ...group,
      state: next.state,
      notBefore: next.state === 'waiting' ? next.notBefore : null,
      plannedFor: next.state === 'waiting' ? (next.plannedFor ?? null) : null,
      reason: next.state === 'waiting' ? (next.reason ?? null) : null,
    },
  )
  db.run('UPDATE deliveries SET group_id = :id WHERE id IN (SELECT value FROM json_each(:ids))', {
    id,
    ids: JSON.stringify(ids),
  })
  return { ...group, state: next.state, doubts: 0 }
}

const idRow = z.object({ id: z.number() })

export function nextGroupId(db: Connection): number {
  const row = db.get('SELECT coalesce(max(id), 0) + 1 AS id FROM attempt_groups') ?? {}
  return rowAs(idRow, row, 'attempt_groups').id
}
