import { StoreError } from '../error.ts'
import type { Connection } from './connection.ts'
import { sql as first } from './schema-0001.ts'
import { sql as groups } from './schema-0002.ts'
import { sql as readers } from './schema-0003.ts'
import { sql as amendments } from './schema-0004.ts'
import { sql as documents } from './schema-0005.ts'

/** In order; the number of a migration is its place, from 1, and is what `user_version` holds. Never edit one that was published. */
const migrations: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-first', sql: first },
  { name: '0002-attempt-groups', sql: groups },
  { name: '0003-readers', sql: readers },
  { name: '0004-amendments', sql: amendments },
  { name: '0005-documents', sql: documents },
]

/** Applies what is missing, each migration in a transaction of its own. Two processes may do so at once. */
export async function migrate(db: Connection): Promise<string[]> {
  const applied: string[] = []
  for (const [at, { name, sql }] of migrations.entries()) {
    if (version(db) > at) continue
    await db.write(() => {
      if (version(db) > at) return
      db.exec(sql)
      db.exec(`PRAGMA user_version = ${at + 1}`)
      applied.push(name)
    })
  }
  return applied
}

/** @throws StoreError when a newer groundwire has brought the store further than this one knows. */
export function refuseNewer(db: Connection): void {
  if (version(db) <= migrations.length) return
  throw new StoreError(
    `The store ${db.path} was made by a newer groundwire (schema ${version(db)}, this one knows ${migrations.length}). Update groundwire.`,
  )
}

function version(db: Connection): number {
  return Number(db.get('SELECT user_version AS version FROM pragma_user_version')?.['version'])
}
