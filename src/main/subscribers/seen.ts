import { DatabaseSync } from 'node:sqlite'

import { folded } from '../../domain/subscriber.ts'

/** On which line of a file somebody came first. */
export interface Seen {
  /** The line on which this address came before, however spelled; undefined when it comes for the first time, and is kept. */
  before(address: string, line: number): number | undefined
  close(): void
}

/** Kept in a file of SQLite's own that is gone when it is closed: a long list need not fit into memory. */
export function openSeen(): Seen {
  const db = new DatabaseSync('')
  db.exec(
    'PRAGMA journal_mode = OFF; CREATE TABLE seen (address TEXT PRIMARY KEY COLLATE NOCASE, line INTEGER) WITHOUT ROWID; BEGIN',
  )
  const keep = db.prepare('INSERT INTO seen (address, line) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const find = db.prepare('SELECT line FROM seen WHERE address = ?')
  return {
    before(given, line) {
      const address = folded(given)
      return keep.run(address, line).changes === 0 ? Number(find.get(address)?.['line']) : undefined
    },
    close: () => db.close(),
  }
}
