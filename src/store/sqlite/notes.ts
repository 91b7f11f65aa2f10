import * as z from 'zod'
import type { Notes } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

const memoryRow = z.object({ value: z.string() })

/** Values by name that all workers share. */
export function noteMethods(db: Connection): Notes {
  return {
    recall: (name) => db.read(() => recalled(db, name)),
    remember: async (name, propose) =>
      (await db.read(() => recalled(db, name))) ?? db.write(() => recalled(db, name) ?? written(db, name, propose())),
    replace: (name, before, after) => db.write(() => replace(db, name, before, after)),
  }
}

function recalled(db: Connection, name: string): string | undefined {
  const row = db.get('SELECT value FROM memory WHERE name = :name', { name })
  return row && rowAs(memoryRow, row, 'memory').value
}

function written(db: Connection, name: string, value: string): string {
  db.run('INSERT INTO memory (name, value) VALUES (:name, :value)', { name, value })
  return value
}

function replace(db: Connection, name: string, before: string | undefined, after: string | undefined): boolean {
  if (recalled(db, name) !== before) return false
  if (before === after) return true
  if (after === undefined) db.run('DELETE FROM memory WHERE name = :name', { name })
  else if (before === undefined) written(db, name, after)
  else db.run('UPDATE memory SET value = :after WHERE name = :name', { name, after })
  return true
}
