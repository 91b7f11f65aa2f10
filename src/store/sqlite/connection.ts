import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { StoreError } from '../error.ts'
import { explain, isBusy } from './explain.ts'

export type Row = Record<string, SQLOutputValue>
export type Values = Record<string, SQLInputValue>
type List = readonly SQLInputValue[]

/**
 * How often the write lock is asked for, each time for the busy time-out. Planning a million deliveries holds it for
 * several seconds; between two tries the rest of this process gets a turn.
 */
const LOCK_TRIES = 12

/** One open database. Its errors are `StoreError`s. */
export interface Connection {
  readonly path: string
  /** Statements are prepared once for each text; parameters are named, without their colon. */
  all(sql: string, values?: Values): Row[]
  get(sql: string, values?: Values): Row | undefined
  /**
   * Given as a list, the values are for `?`, in their order: twice as fast, for what is done for every recipient.
   *
   * @returns how many rows changed.
   */
  run(sql: string, values?: Values | List): number
  /** Several statements without parameters. */
  exec(sql: string): void
  read<T>(work: () => T): Promise<T>
  /**
   * One transaction that holds the write lock from its start, so that what `work` reads is still true when it writes.
   * `work` is synchronous: nothing else of this process can slip in, and no lock is needed within the process. What is
   * asked for in one turn of the event loop is committed together, each work on its own ground: one that throws is
   * taken back and harms no other. A transaction that changes nothing writes nothing to the file.
   */
  write<T>(work: () => T): Promise<T>
  close(): void
}

/**
 * Opens the file, and makes it and its folder where they are missing. Opening what is already there writes nothing.
 *
 * @param busyTimeoutMs how long one try for a lock that another process holds may block.
 */
export async function connect(path: string, busyTimeoutMs: number): Promise<Connection> {
  if (path !== ':memory:') makeFolder(dirname(path))
  const database = guarded(
    path,
    () => new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true }),
  )
  const connection = connectionTo(path, database)
  try {
    refuseForeign(connection)
    // Switching a new file to WAL needs it alone for a moment. Where it is in WAL already nothing is written.
    await patiently(() => database.exec('PRAGMA journal_mode = WAL'))
    database.exec('PRAGMA synchronous = FULL')
    // 16 MiB: with the default of 2 the indexes of a large ledger are read again and again.
    database.exec('PRAGMA cache_size = -16384')
    // Else the write-ahead log keeps the size of the largest approval until the process ends.
    database.exec('PRAGMA journal_size_limit = 33554432')
  } catch (error) {
    connection.close()
    throw explain(path, error)
  }
  return connection
}

function connectionTo(path: string, database: DatabaseSync): Connection {
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const made = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, made)
    return made
  }
  const write = writerOf(database)
  return {
    path,
    all: (sql, values = {}) => statement(sql).all(values),
    get: (sql, values = {}) => statement(sql).get(values),
    run: (sql, values = {}) =>
      Number((isList(values) ? statement(sql).run(...values) : statement(sql).run(values)).changes),
    exec: (sql) => database.exec(sql),
    read: async (work) => guarded(path, work),
    write: async (work) => {
      try {
        return await write(work)
      } catch (error) {
        throw explain(path, error)
      }
    },
    close: () => {
      prepared.clear()
      if (database.isOpen) guarded(path, () => database.close())
    },
  }
}

function isList(values: Values | List): values is List {
  return Array.isArray(values)
}

/** One work of a commit, and whoever waits for it. */
interface Job {
  /** Within a transaction. */
  run(): void
  /** When the transaction is durable. */
  done(): void
  failed(error: unknown): void
}

/**
 * Waiting for the disk costs more than most works do: those that come together share it.
 */
function writerOf(database: DatabaseSync): <T>(work: () => T) => Promise<T> {
  let waiting: Job[] = []
  const flush = async (): Promise<void> => {
    await setImmediate()
    const jobs = waiting
    waiting = []
    try {
      const refused = await patiently(() => commit(database, jobs))
      for (const job of jobs) if (!refused.has(job)) job.done()
      for (const [job, error] of refused) job.failed(error)
    } catch (error) {
      for (const job of jobs) job.failed(error)
    }
  }
  return <T>(work: () => T) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    let result: { readonly of: T } | undefined
    const job: Job = {
      run: () => void (result = { of: work() }),
      done: () => result && resolve(result.of),
      failed: reject,
    }
    waiting.push(job)
    if (waiting.length === 1) void flush()
    return promise
  }
}

/** @returns what was taken back, and why. When the transaction itself fails it throws, and nothing of any job happened. */
function commit(database: DatabaseSync, jobs: readonly Job[]): Map<Job, unknown> {
  const refused = new Map<Job, unknown>()
  const isAlone = jobs.length === 1
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const job of jobs) {
      if (!isAlone) database.exec('SAVEPOINT job')
      try {
        job.run()
      } catch (error) {
        // A full disk ends the whole transaction at once.
        if (isAlone || !database.isTransaction) throw error
        database.exec('ROLLBACK TO job')
        refused.set(job, error)
      }
      if (!isAlone) database.exec('RELEASE job')
    }
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  return refused
}

async function patiently<T>(work: () => T): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || tries === LOCK_TRIES) throw error
    }
    await setImmediate()
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(path, error)
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError(`The folder ${folder} for the store cannot be made: ${reason}. Choose another data folder.`, {
      cause,
    })
  }
}

/** A database that has tables but was never a groundwire store belongs to somebody else. */
function refuseForeign(connection: Connection): void {
  const ours = connection.get('SELECT user_version AS version FROM pragma_user_version')?.['version'] !== 0
  if (ours || !connection.get('SELECT 1 FROM sqlite_schema LIMIT 1')) return
  const text = `The store ${connection.path} is an SQLite database of another program. Choose another data folder.`
  throw new StoreError(text)
}
