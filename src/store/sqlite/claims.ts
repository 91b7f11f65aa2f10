import * as z from 'zod'
import type { Claim, ClaimRequest, FrozenRendering, Store } from '../../ports.ts'
import type { Connection, Values } from './connection.ts'
import { renderingOf } from './editions.ts'
import { ENTRY_COLUMNS } from './ledger.ts'
import { ledgerRow, rowAs } from './rows.ts'

/** Renderings are frozen, so the last few are kept: the chunks of a mailing share one object, and what is derived from it. */
const RENDERINGS_KEPT = 16

/** Taking the next attempt group. */
export function claimMethods(db: Connection): Pick<Store, 'claim'> {
  const renderings = new Map<string, FrozenRendering>()
  const frozen = ({ edition, channel, rendering }: Group): FrozenRendering => {
    const name = JSON.stringify([edition, channel, rendering])
    const made = renderings.get(name) ?? renderingOf(db, edition, channel, rendering)
    renderings.delete(name)
    renderings.set(name, made)
    for (const oldest of renderings.keys()) if (renderings.size > RENDERINGS_KEPT) renderings.delete(oldest)
    return made
  }
  return {
    claim: async (request) => {
      const values = valuesOf(request)
      // Looking first keeps an idle worker from asking for the write lock; what it saw is looked up again under the lock.
      const due = await db.read(() => firstDue(db, values))
      return due && db.write(() => claim(db, request, values, frozen))
    },
  }
}

const groupRow = z.object({ group: z.string(), edition: z.string(), channel: z.string(), rendering: z.string() })
type Group = z.output<typeof groupRow>
const memberRow = z.object({ id: z.number(), doubtful: z.literal([0, 1]) })

function valuesOf({ now, channels, staleBefore, gone }: ClaimRequest): Values {
  return {
    now: now.toISOString(),
    channels: JSON.stringify(channels),
    staleBefore: staleBefore.toISOString(),
    gone: JSON.stringify(gone),
  }
}

const ABANDONED = `(claimed_at < :staleBefore OR claimed_by IN (SELECT value FROM json_each(:gone)))`

/**
 * For each open edition and channel the first due row of each state, each found by a seek in an index that is in the
 * order of planning; then the first of them. Whether anything waiting is due is asked of its own index first, lest a
 * million rows that wait be walked for nothing.
 */
const FIRST_DUE = `
  WITH wanted AS (
    SELECT editions.id AS edition, json_each.value AS channel
    FROM editions, json_each(:channels)
    WHERE editions.state IN ('approved', 'sending')
  ),
  due_again AS (
    SELECT * FROM wanted WHERE EXISTS (
      SELECT 1 FROM deliveries INDEXED BY deliveries_due
      WHERE edition = wanted.edition AND channel = wanted.channel AND not_before <= :now
    )
  ),
  candidates (id) AS (
    SELECT ${firstWith('wanted', `state = 'planned'`)} FROM wanted
    UNION ALL SELECT ${firstWith('due_again', `state = 'waiting' AND not_before <= :now`)} FROM due_again
    UNION ALL SELECT ${firstWith('due_again', `state = 'unknown' AND not_before <= :now`)} FROM due_again
    UNION ALL SELECT ${firstWith('wanted', `state = 'claimed' AND ${ABANDONED}`)} FROM wanted
  )
  SELECT attempt_group AS "group", edition, channel, rendering
  FROM deliveries
  WHERE id = (SELECT min(id) FROM candidates)`

function firstWith(pair: string, condition: string): string {
  return `(SELECT id FROM deliveries INDEXED BY deliveries_state
    WHERE edition = ${pair}.edition AND channel = ${pair}.channel AND ${condition}
    ORDER BY id LIMIT 1)`
}

function firstDue(db: Connection, values: Values): Group | undefined {
  const row = db.get(FIRST_DUE, values)
  return row && rowAs(groupRow, row, 'deliveries')
}

/** What may have left goes first and alone: it must be proved, not sent as if it were new. */
function claim(
  db: Connection,
  { worker }: ClaimRequest,
  values: Values,
  frozen: (group: Group) => FrozenRendering,
): Claim | undefined {
  const group = firstDue(db, values)
  if (!group) return undefined
  const members = membersDue(db, group, values)
  const doubtful = members.filter((member) => member.doubtful === 1)
  const chosen = doubtful.length > 0 ? doubtful : members
  const rows = db.all(
    `UPDATE deliveries
     SET state = 'claimed', claimed_by = :worker, claimed_at = :now, not_before = NULL, attempts = attempts + 1,
       first_attempt_at = coalesce(first_attempt_at, :now)
     WHERE id IN (SELECT value FROM json_each(:ids))
     RETURNING id, ${ENTRY_COLUMNS}`,
    { worker, now: values['now'] ?? null, ids: JSON.stringify(chosen.map(({ id }) => id)) },
  )
  // RETURNING promises no order.
  rows.sort((a, b) => Number(a['id']) - Number(b['id']))
  return {
    channel: group.channel,
    group: group.group,
    rendering: frozen(group),
    deliveries: rows.map((row) => rowAs(ledgerRow, row, 'deliveries')),
    kind: doubtful.length > 0 ? 'doubtful' : 'fresh',
  }
}

function membersDue(db: Connection, group: Group, { now, staleBefore, gone }: Values): z.output<typeof memberRow>[] {
  const rows = db.all(
    `SELECT id, state IN ('unknown', 'claimed') AS doubtful
     FROM deliveries INDEXED BY deliveries_group
     WHERE attempt_group = :group AND edition = :edition AND channel = :channel AND rendering = :rendering
       AND (
         state = 'planned'
         OR (state IN ('waiting', 'unknown') AND not_before <= :now)
         OR (state = 'claimed' AND ${ABANDONED})
       )`,
    { ...group, now: now ?? null, staleBefore: staleBefore ?? null, gone: gone ?? null },
  )
  return rows.map((row) => rowAs(memberRow, row, 'deliveries'))
}
