import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Finding } from '../../domain/finding.ts'
import type { Store } from '../../ports.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { explain } from '../../store/sqlite/explain.ts'
import { isGone } from '../../world/worker.ts'
import { finding } from './checks.ts'

const STORE_FILE = 'groundwire.db'
const MEGABYTE = 1_000_000
/** Less than this is wrong: the next approval may not fit. */
const LEAST_FREE_BYTES = 100 * MEGABYTE

/**
 * The store of a data folder; none is made. It is not brought up to date either, and what is counted in it only when it is.
 *
 * @param leaves whether mail really leaves, so that an empty list is worth a look.
 */
export async function checkStore(dataFolder: string, leaves: boolean): Promise<Finding[]> {
  const path = join(dataFolder, STORE_FILE)
  const space = freeSpace(dataFolder, existsSync(path) ? statSync(path).size : 0)
  if (!existsSync(path))
    return [finding('note', 'store', `There is no store in ${dataFolder} yet; the first run makes it.`), ...space]
  const newest = await newestVersion()
  const { version, damage } = inspect(path)
  if (damage.length > 0) {
    const message = `The store ${path} is damaged: ${damage.join('; ')}.`
    return [
      finding('error', 'store-damaged', message, 'Stop all workers, keep a copy of it, and put a backup in its place.'),
      ...space,
    ]
  }
  const size = Math.max(0.1, statSync(path).size / MEGABYTE)
  const sound = finding('note', 'store', `The store ${path} is sound: ${size.toFixed(1)} MB, schema ${version}.`)
  if (version < newest) {
    const message = `The store has schema ${version}; this groundwire works with ${newest}.`
    const old = finding(
      'warning',
      'store-schema',
      message,
      'groundwire migrate brings it up to date, and so does the next run.',
    )
    return [sound, old, ...aboutMode(path), ...space]
  }
  // Refuses a newer schema and a database of somebody else.
  const store = await openSqlite(path)
  try {
    return [sound, ...aboutMode(path), ...(await aboutContent(store, leaves)), ...space]
  } finally {
    await store.close()
  }
}

/** As many as there are migrations. */
async function newestVersion(): Promise<number> {
  const empty = await openSqlite(':memory:')
  try {
    return (await empty.migrate()).length
  } finally {
    await empty.close()
  }
}

/** @throws StoreError when it cannot be opened at all. */
function inspect(path: string): { readonly version: number; readonly damage: readonly string[] } {
  try {
    const database = new DatabaseSync(path, { timeout: 5000 })
    try {
      database.exec('PRAGMA query_only = ON')
      const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
      const found = database.prepare('PRAGMA integrity_check(3)').all()
      const damage = found.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok')
      return { version, damage }
    } finally {
      database.close()
    }
  } catch (error) {
    throw explain(path, error)
  }
}

async function aboutContent(store: Store, leaves: boolean): Promise<Finding[]> {
  const { active, unconfirmed, unsubscribed, suppressed } = await store.countSubscribers()
  const readers = `${active} active readers, ${unconfirmed} unconfirmed, ${unsubscribed} unsubscribed, ${suppressed} suppressed.`
  const nobody = leaves && active === 0
  const counts = await store.counts()
  const inReview = counts.filter(({ state }) => state === 'review').reduce((sum, { count }) => sum + count, 0)
  const gone = (await store.holders()).filter(isGone)
  return [
    nobody
      ? finding('warning', 'readers', readers, 'groundwire subscribers add ADDRESS, or import FILE.csv.')
      : finding('note', 'readers', readers),
    ...(inReview > 0
      ? [
          finding(
            'warning',
            'review',
            `${inReview} deliveries need review: whether they left is not known, and nothing is done about them by itself.`,
            'groundwire status --failed lists them; groundwire resolve settles them.',
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [
          finding(
            'warning',
            'stale-claims',
            `${gone.length} ${gone.length === 1 ? 'worker' : 'workers'} ended in the midst of something and still hold claims.`,
            'The next run, or a worker that is running, takes them up.',
          ),
        ]
      : []),
  ]
}

/** The store holds addresses and the key of the readers' links. */
function aboutMode(path: string): Finding[] {
  if ((statSync(path).mode & 0o077) === 0) return []
  const message = `The store ${path} can be read by other users of this machine.`
  return [finding('warning', 'store-mode', message, `chmod 600 ${path}`)]
}

/** A copy of the store must fit beside it: the write-ahead log of a large approval grows like that. */
function freeSpace(dataFolder: string, storeBytes: number): Finding[] {
  const { bavail, bsize } = statfsSync(existingParent(dataFolder))
  const free = bavail * bsize
  const megabytes = Math.round(free / MEGABYTE).toLocaleString('en')
  const advice = 'Free some space, or choose another data folder.'
  if (free < LEAST_FREE_BYTES)
    return [finding('error', 'disk', `Only ${megabytes} MB are free where the store lies.`, advice)]
  if (free < Math.max(5 * LEAST_FREE_BYTES, 2 * storeBytes))
    return [
      finding('warning', 'disk', `${megabytes} MB are free where the store lies, which may become too little.`, advice),
    ]
  return [finding('note', 'disk', `${megabytes} MB are free where the store lies.`)]
}

function existingParent(folder: string): string {
  return existsSync(folder) ? folder : existingParent(dirname(folder))
}
