import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
/** Written last: what it holds is wholly installed. */
const STAMP = join(FOLDER, 'node_modules', '.installed')
/** Usually some 15 s. */
const INSTALL_MS = 180_000

/**
 * Installs the server as its lock file says, unless it is there already. One process at a time, for several files of
 * tests may begin at once.
 *
 * @throws Error when it cannot be had: there is no npm, no network, or the operator does not want it.
 */
export async function installPds(): Promise<void> {
  if (process.env['GROUNDWIRE_SKIP_PDS']) throw new Error('GROUNDWIRE_SKIP_PDS is set')
  const wanted = createHash('sha256')
    .update(readFileSync(join(FOLDER, 'package-lock.json')))
    .digest('hex')
  if (installed() === wanted) return
  const release = await exclusively(join(FOLDER, '.installing.db'))
  try {
    if (installed() === wanted) return
    const options = ['--ignore-scripts', '--fetch-retries=1', '--fetch-timeout=20000']
    await promisify(execFile)('npm', ['ci', ...options], { cwd: FOLDER, timeout: INSTALL_MS })
    writeFileSync(STAMP, wanted)
  } finally {
    release()
  }
}

function installed(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8')
  } catch {
    return undefined
  }
}

/** Waits until no other process is at it. The lock is one of SQLite's, which ends with whoever holds it. */
async function exclusively(path: string): Promise<() => void> {
  const lock = new DatabaseSync(path, { timeout: 0 })
  for (const patience = performance.now() + 2 * INSTALL_MS; ; await setTimeout(100)) {
    try {
      lock.exec('BEGIN EXCLUSIVE')
      return () => lock.close()
    } catch (error) {
      if (performance.now() < patience) continue
      lock.close()
      throw error
    }
  }
}
