import type { ItemState, Reading, Recorded, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { ITEM_COLUMNS, items, lines } from './item-queries.ts'
import { recordMissing, type Place } from './missing.ts'
import { knownItemRow, rowAs, sourceRow } from './rows.ts'

type ReadItem = Reading['items'][number]
type KnownItem = ReturnType<typeof knownItem>

/** What was read, and how far it may go. */
export function itemMethods(db: Connection): Pick<Store, 'source' | 'record' | 'items' | 'lines'> {
  return {
    source: (id) => db.read(() => sourceState(db, id)),
    record: (reading, firstDay) => db.write(() => record(db, reading, firstDay)),
    items: (query) => db.read(() => items(db, query)),
    lines: (query) => db.read(() => lines(db, query)),
  }
}

function sourceState(db: Connection, id: string): ReturnType<typeof parseSource> | undefined {
  const row = db.get(
    `SELECT id, first_day AS firstDay, validators, about, findings, read_whole_at AS readWholeAt
     FROM sources WHERE id = :id`,
    { id },
  )
  return row && parseSource(row)
}

function parseSource(row: Parameters<typeof rowAs>[1]): ReturnType<typeof rowAs<typeof sourceRow>> {
  return rowAs(sourceRow, row, 'sources')
}

/**
 * An item belongs to the source that listed it last, so that a publication whose source moves to another address
 * takes its items along. Of an address that one reading names twice the first mention counts.
 */
function record(db: Connection, reading: Reading, firstDay: string): Recorded {
  recordSource(db, reading, firstDay)
  const since = sourceState(db, reading.source)?.firstDay ?? firstDay
  const added: string[] = []
  const changed: string[] = []
  const seen = new Set<string>()
  const places: Place[] = []
  const before = new Set<string>()
  for (const read of reading.items) {
    if (seen.has(read.item.url)) continue
    seen.add(read.item.url)
    const known = knownItem(db, read.item.url)
    const isKnown = known?.source === reading.source && known.day !== undefined
    const { day, position } = isKnown ? known : read
    if (day !== undefined) places.push({ day, position, isKnown })
    if (known && known.source !== reading.source) before.add(known.source)
    if (!known) added.push(read.item.url)
    else if (known.hash !== read.hash) changed.push(read.item.url)
    recordItem(db, read, known, reading, since)
  }
  recordMissing(db, reading, [...seen], places)
  recordWhole(db, reading, [...before])
  return { added, changed }
}

function recordSource(db: Connection, { source, validators, about, findings }: Reading, firstDay: string): void {
  db.run(
    `INSERT INTO sources (id, first_day, validators, about, findings)
     VALUES (:id, :firstDay, :validators, :about, :findings)
     ON CONFLICT (id) DO UPDATE
     SET validators = excluded.validators, about = excluded.about, findings = excluded.findings
     WHERE (validators, about, findings) <> (excluded.validators, excluded.about, excluded.findings)`,
    {
      id: source,
      firstDay,
      validators: JSON.stringify(validators),
      about: JSON.stringify(about),
      findings: JSON.stringify(findings),
    },
  )
}

/** Once for ever. A source that takes over items of another one was read to its end when that was. */
function recordWhole(db: Connection, { source, at, complete }: Reading, before: readonly string[]): void {
  db.run(
    `UPDATE sources SET read_whole_at = whole.at
     FROM (
       SELECT coalesce(min(read_whole_at), :at) AS at FROM sources WHERE id IN (SELECT value FROM json_each(:before))
     ) AS whole
     WHERE id = :source AND read_whole_at IS NULL AND whole.at IS NOT NULL`,
    { source, at: complete ? at : null, before: JSON.stringify(before) },
  )
}

function knownItem(db: Connection, url: string): ReturnType<typeof rowAs<typeof knownItemRow>> | undefined {
  const row = db.get(`SELECT ${ITEM_COLUMNS} FROM items WHERE url = :url`, { url })
  return row && rowAs(knownItemRow, row, 'items')
}

function recordItem(db: Connection, read: ReadItem, known: KnownItem, { source, at }: Reading, firstDay: string): void {
  const standing = standingOf(read, known, firstDay)
  const text = JSON.stringify(read.item)
  if (known && isSame(known, source, read, standing, text)) return
  db.run(
    `INSERT INTO items
       (url, source, state, reason, day, position, section, sourced, hash, first_seen_at, changed_at, item)
     VALUES (:url, :source, :state, :reason, :day, :position, :section, :sourced, :hash, :at, :changedAt, :text)
     ON CONFLICT (url) DO UPDATE
     SET source = excluded.source, state = excluded.state, reason = excluded.reason, day = excluded.day, position = excluded.position,
       section = excluded.section, sourced = excluded.sourced, hash = excluded.hash,
       changed_at = excluded.changed_at, item = excluded.item`,
    {
      url: read.item.url,
      source,
      state: standing.state,
      reason: standing.reason ?? null,
      day: standing.day ?? null,
      position: read.position,
      section: read.item.section,
      sourced: read.item.sources.length > 0 ? 1 : 0,
      hash: read.hash,
      at,
      changedAt: known?.hash === read.hash ? known.changedAt : at,
      text,
    },
  )
}

function isSame(
  known: NonNullable<KnownItem>,
  source: string,
  read: ReadItem,
  standing: Standing,
  text: string,
): boolean {
  return (
    known.source === source &&
    known.hash === read.hash &&
    known.item === text &&
    known.position === read.position &&
    known.state === standing.state &&
    known.reason === standing.reason &&
    known.day === standing.day
  )
}

interface Standing {
  readonly state: ItemState
  readonly reason?: string | undefined
  readonly day?: string | undefined
}

/**
 * Once skipped, or once in an edition, an item stays what it was, whatever day it is given later. Anything else
 * follows its day; what lies before the source's first day never becomes `new`, even when two first runs race.
 */
function standingOf(read: ReadItem, known: KnownItem, firstDay: string): Standing {
  if (known && (known.state === 'skipped' || known.edition !== undefined))
    return {
      state: known.state,
      reason: known.reason,
      day: known.state === 'undated' ? undefined : (read.day ?? known.day),
    }
  if (read.state === 'new' && read.day !== undefined && read.day < firstDay)
    return { state: 'skipped', reason: 'before first run', day: read.day }
  return { state: read.state, reason: read.reason, day: read.day }
}
