import * as z from 'zod'
import type { ItemLine, ItemQuery, StoredItem } from '../../ports.ts'
import type { Connection, Row, Values } from './connection.ts'
import { itemRow, knownItemRow, rowAs } from './rows.ts'

const EDITION =
  '(SELECT edition FROM edition_items carried WHERE carried.url = items.url ORDER BY place LIMIT 1) AS edition'

export const ITEM_COLUMNS = `
  source, state, reason, day, position, hash, changed_at AS changedAt, first_seen_at AS firstSeenAt, item,
  missing_since AS missingSince, withdrawn_at AS withdrawnAt, ${EDITION}`

/** All in the index \`items_line\`: the rows themselves, which are long, are not read. */
const LINE_COLUMNS = `url, section, state, day, position, hash, changed_at AS changedAt, first_seen_at AS firstSeenAt, ${EDITION}`

const lineRow = knownItemRow
  .omit({ source: true, reason: true, item: true })
  .extend({ url: z.string(), section: z.string(), firstSeenAt: z.string() })

export function items(db: Connection, query: ItemQuery): StoredItem[] {
  return select(db, ITEM_COLUMNS, query).map((row) => rowAs(itemRow, row, 'items'))
}

export function lines(db: Connection, query: ItemQuery): ItemLine[] {
  return select(db, LINE_COLUMNS, query).map(lineOf)
}

/** By hand, for there are ten thousand: a schema takes several times as long. */
function lineOf(row: Row): ItemLine {
  const { url, section, hash, state, day, position, edition, firstSeenAt, changedAt } = row
  const isLine =
    typeof url === 'string' &&
    typeof section === 'string' &&
    typeof hash === 'string' &&
    (state === 'new' || state === 'skipped' || state === 'undated') &&
    typeof position === 'number' &&
    typeof firstSeenAt === 'string' &&
    typeof changedAt === 'string'
  if (!isLine) return rowAs(lineRow, row, 'items')
  const line: ItemLine = { url, section, hash, state, position, firstSeenAt, changedAt }
  return {
    ...line,
    ...(typeof day === 'string' && { day }),
    ...(typeof edition === 'string' && { edition }),
  }
}

function select(db: Connection, columns: string, query: ItemQuery): Row[] {
  const { states, fromDay, toDay, sections, sourced, source, carried, url, urls, missing, withdrawn, limit } = query
  const conditions: string[] = []
  const values: Values = { limit: limit ?? -1 }
  const only = (condition: string, name: string, value: string): void => {
    conditions.push(condition)
    values[name] = value
  }
  if (states) only('state IN (SELECT value FROM json_each(:states))', 'states', JSON.stringify(states))
  if (sections) only('section IN (SELECT value FROM json_each(:sections))', 'sections', JSON.stringify(sections))
  if (fromDay !== undefined) only('day >= :fromDay', 'fromDay', fromDay)
  if (toDay !== undefined) only('day <= :toDay', 'toDay', toDay)
  if (source !== undefined) only('source = :source', 'source', source)
  if (url !== undefined) only('url = :url', 'url', url)
  if (urls) only('url IN (SELECT value FROM json_each(:urls))', 'urls', JSON.stringify(urls))
  if (missing !== undefined) conditions.push(`missing_since IS ${missing ? 'NOT ' : ''}NULL`)
  if (!withdrawn) conditions.push('withdrawn_at IS NULL')
  if (sourced) conditions.push('sourced = 1')
  if (carried) conditions.push('url IN (SELECT url FROM edition_items)')
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  // A NULL day sorts after every day here, so what is undated comes last.
  return db.all(`SELECT ${columns} FROM items ${where} ORDER BY day DESC, position DESC, url LIMIT :limit`, values)
}
