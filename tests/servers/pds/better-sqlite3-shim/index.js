'use strict'
// As much of better-sqlite3 over node:sqlite as kysely needs for @atproto/pds: no compiler is asked for.
const { DatabaseSync } = require('node:sqlite')

/** Extended result codes that callers tell apart by name (https://sqlite.org/rescode.html). */
const NAMES = {
  5: 'SQLITE_BUSY',
  261: 'SQLITE_BUSY_RECOVERY',
  517: 'SQLITE_BUSY_SNAPSHOT',
  773: 'SQLITE_BUSY_TIMEOUT',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
}

function named(act) {
  try {
    return act()
  } catch (error) {
    if (error?.errcode) error.code = NAMES[error.errcode] ?? 'SQLITE_ERROR'
    throw error
  }
}

function withBuffers(row) {
  for (const [name, value] of Object.entries(row))
    if (value instanceof Uint8Array) row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return row
}

class Statement {
  constructor(statement) {
    this.statement = statement
    this.reader = statement.columns().length > 0
  }
  all(parameters = []) {
    return named(() => this.statement.all(...parameters).map(withBuffers))
  }
  get(parameters = []) {
    const row = named(() => this.statement.get(...parameters))
    return row && withBuffers(row)
  }
  run(parameters = []) {
    return named(() => this.statement.run(...parameters))
  }
  *iterate(parameters = []) {
    for (const row of this.statement.iterate(...parameters)) yield withBuffers(row)
  }
}

module.exports = class Database {
  constructor(file, { timeout = 5000 } = {}) {
    this.database = named(() => new DatabaseSync(file, { timeout }))
    this.open = true
    this.name = file
  }
  prepare(sql) {
    return named(() => new Statement(this.database.prepare(sql)))
  }
  pragma(text) {
    return this.prepare(`PRAGMA ${text}`).all()
  }
  exec(sql) {
    named(() => this.database.exec(sql))
    return this
  }
  close() {
    if (this.open) this.database.close()
    this.open = false
    return this
  }
}
