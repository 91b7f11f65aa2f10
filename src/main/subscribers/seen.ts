import { DatabaseSync } from 'node:sqlite'

/** On which line of a file somebody came first. */
export interface Seen {
  /** The line on which this id came before; undefined when it comes for the first time, and is kept. */
  before(id: string, line: number): number | undefined
  close(): void
}

/** Kept in a file of SQLite's own that is gone when it is closed: a long list need not fit into memory. */
export function openSeen(): Seen {
  const db = new DatabaseSync('')
  db.exec('PRAGMA journal_mode = OFF; CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID; BEGIN')
  const keep = db.prepare('INSERT INTO seen (id, line) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const find = db.prepare('SELECT line FROM seen WHERE id = ?')
  return {
    before: (id, line) => (keep.run(id, line).changes === 0 ? Number(find.get(id)?.['line']) : undefined),
    close: () => db.close(),
  }
}
