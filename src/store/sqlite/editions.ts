import { editionItems, type Edition, type EditionState } from '../../domain/edition.ts'
import type { Finding } from '../../domain/finding.ts'
import type { FrozenRendering, Store } from '../../ports.ts'
import { StoreError } from '../error.ts'
import type { Connection } from './connection.ts'
import { completenessRow, editionRow, editionSummaryRow, editionStateRow, renderingRow, rowAs } from './rows.ts'

const SUMMARY_COLUMNS = `id, date, subject, items, state, reason, approved_at AS approvedAt,
  planned_at AS plannedAt, coalesce(released_at, approved_at) AS letGoAt`

/** Editions and their frozen renderings, apart from their approval. */
export function editionMethods(
  db: Connection,
): Pick<Store, 'edition' | 'editions' | 'keep' | 'settleEdition' | 'renderings'> {
  const columns = 'edition, state, findings, reason, approved_at AS approvedAt'
  return {
    edition: (id) =>
      db.read(() => {
        const row = db.get(`SELECT ${columns} FROM editions WHERE id = :id`, { id })
        return row && rowAs(editionRow, row, 'editions')
      }),
    editions: (limit, states) =>
      db.read(() =>
        db
          .all(
            `SELECT ${SUMMARY_COLUMNS} FROM editions
             ${states ? 'WHERE state IN (SELECT value FROM json_each(:states))' : ''}
             ORDER BY date DESC, id LIMIT :limit`,
            { limit, ...(states && { states: JSON.stringify(states) }) },
          )
          .map((row) => rowAs(editionSummaryRow, row, 'editions')),
      ),
    keep: (edition, state, findings, reason) => db.write(() => putOpen(db, { edition, state, findings, reason })),
    settleEdition: (id) => db.write(() => settleEdition(db, id)),
    renderings: (edition) => db.read(() => renderings(db, edition)),
  }
}

/**
 * Writes an edition that may still be written: absent, draft or held.
 * @returns false, and changes nothing, when it is past that. Writes nothing when nothing differs.
 */
export function putOpen(
  db: Connection,
  next: {
    readonly edition: Edition
    readonly state: EditionState
    readonly findings: readonly Finding[]
    readonly reason: string
    readonly approvedAt?: string
  },
): boolean {
  const known = db.get('SELECT state, approved_at AS approvedAt FROM editions WHERE id = :id', { id: next.edition.id })
  if (known && (known['approvedAt'] !== null || (known['state'] !== 'draft' && known['state'] !== 'held'))) return false
  db.run(
    `INSERT INTO editions (id, date, planned_at, state, reason, approved_at, subject, items, edition, findings)
     VALUES (:id, :date, :plannedAt, :state, :reason, :approvedAt, :subject, :items, :edition, :findings)
     ON CONFLICT (id) DO UPDATE
     SET date = excluded.date, planned_at = excluded.planned_at, state = excluded.state, reason = excluded.reason, approved_at = excluded.approved_at,
       subject = excluded.subject, items = excluded.items, edition = excluded.edition, findings = excluded.findings
     WHERE (state, reason, edition, findings) <> (excluded.state, excluded.reason, excluded.edition, excluded.findings)`,
    {
      id: next.edition.id,
      date: next.edition.date,
      plannedAt: next.edition.plannedAt,
      state: next.state,
      subject: next.edition.subject,
      items: editionItems(next.edition).length,
      reason: next.reason,
      approvedAt: next.approvedAt ?? null,
      edition: JSON.stringify(next.edition),
      findings: JSON.stringify(next.findings),
    },
  )
  return true
}

export function stateOf(db: Connection, id: string): EditionState | undefined {
  const row = db.get('SELECT state FROM editions WHERE id = :id', { id })
  return row && rowAs(editionStateRow, row, 'editions').state
}

export function isCancelled(db: Connection, id: string): boolean {
  return db.get(`SELECT 1 FROM editions WHERE id = :id AND state = 'cancelled'`, { id }) !== undefined
}

/** An edition with nothing left to do is sent; an edition with no deliveries at all has nothing to do. */
function settleEdition(db: Connection, id: string): EditionState {
  const state = stateOf(db, id)
  if (state === undefined) throw new StoreError(`There is no edition "${id}" in the store ${db.path}.`)
  if (state === 'held') {
    // One that was held while its last call was under way.
    if (!wasApproved(db, id) || hasOpen(db, id)) return state
  } else if (state !== 'approved' && state !== 'sending' && state !== 'sent') return state
  const next = hasOpen(db, id) ? (state === 'approved' ? progressOf(db, id) : 'sending') : 'sent'
  if (next === state) return state
  if (next === 'sent') refuseIncomplete(db, id)
  db.run('UPDATE editions SET state = :next WHERE id = :id', { id, next })
  return next
}

function wasApproved(db: Connection, id: string): boolean {
  return db.get('SELECT 1 FROM editions WHERE id = :id AND approved_at IS NOT NULL', { id }) !== undefined
}

function hasOpen(db: Connection, id: string): boolean {
  const sql = `SELECT 1 FROM attempt_groups WHERE edition = :id AND state IN ('planned', 'claimed', 'waiting', 'unknown')`
  return db.get(`${sql} LIMIT 1`, { id }) !== undefined
}

/** Of an edition that was approved and has something open: whether anything of it was ever tried, or has ended. */
export function progressOf(db: Connection, id: string): 'approved' | 'sending' {
  // What waits may do so by plan; whatever was tried was claimed, and a row of these counts stays when it comes down to zero.
  const sql = `SELECT 1 FROM ledger_counts WHERE edition = :id AND state NOT IN ('planned', 'waiting') LIMIT 1`
  const row = db.get(sql, { id })
  return row ? 'sending' : 'approved'
}

/** Counts the rows themselves, once for each edition: what is derived cannot prove that nobody was missed. */
function refuseIncomplete(db: Connection, id: string): void {
  const row = db.get(
    `SELECT frozen, count(deliveries.id) AS present, count(outcomes.delivery) AS ended
     FROM editions
     LEFT JOIN deliveries ON deliveries.id >= editions.first_delivery AND deliveries.edition = editions.id
     LEFT JOIN outcomes ON outcomes.delivery = deliveries.id
     WHERE editions.id = :id`,
    { id },
  )
  const { frozen, present, ended } = rowAs(completenessRow, row ?? {}, 'editions')
  if (frozen === present && frozen === ended) return
  throw new StoreError(
    `The ledger of ${id} is not complete: ${frozen} deliveries were frozen, ${present} are there, ${ended} have come to an end. The store ${db.path} was changed by something else; restore a backup.`,
  )
}

const RENDERING_COLUMNS = `channel, id, hash, identity, title, item, media_type AS mediaType, content, page, text, measures,
  findings, basis, may_leave AS mayLeave`

function renderings(db: Connection, edition: string): FrozenRendering[] {
  return db
    .all(`SELECT ${RENDERING_COLUMNS} FROM renderings WHERE edition = :edition ORDER BY place`, { edition })
    .map((row) => rowAs(renderingRow, row, 'renderings'))
}

/** @throws StoreError when there is none: the schema allows no delivery without its rendering. */
export function renderingOf(db: Connection, edition: string, channel: string, id: string): FrozenRendering {
  const row = db.get(
    `SELECT ${RENDERING_COLUMNS} FROM renderings WHERE edition = :edition AND channel = :channel AND id = :id`,
    { edition, channel, id },
  )
  if (!row) throw new StoreError(`The rendering "${id}" of ${channel}, edition "${edition}", is missing in ${db.path}.`)
  return rowAs(renderingRow, row, 'renderings')
}
