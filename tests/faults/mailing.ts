import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillStore, readerAddress } from '../fixtures/store.ts'

const cli = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const sample = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))

/** Days of the sample, in order: an edition each. */
export const DAYS = ['2026-10-12', '2026-10-13', '2026-10-14', '2026-10-15', '2026-10-16'] as const

export interface Ended {
  readonly code: number | null
  readonly killed: boolean
  readonly out: string
  readonly err: string
}

export interface Publication {
  readonly folder: string
  /** Path of the store. */
  readonly database: string
  readonly addresses: readonly string[]
  /** One pass for a day, let go by hand. */
  run(date: string): Pass
  /** Any other command; waits for its end. */
  groundwire(...args: readonly string[]): Promise<Ended>
  remove(): void
}

export interface Pass {
  readonly ended: Promise<Ended>
  kill(signal: 'SIGKILL' | 'SIGTERM'): void
}

/**
 * A publication with so many readers whose mail leaves by the given transport, and by nothing else.
 *
 * @param over further lines of its config file.
 */
export async function publicationWith(
  readers: number,
  email: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Publication> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-mailing-'))
  const data = join(folder, 'data')
  mkdirSync(data)
  const addresses = Array.from({ length: readers }, (_, at) => readerAddress(at))
  const database = join(data, 'groundwire.db')
  await fillStore(database, readers)
  const config = {
    ...over,
    source: { location: sample },
    publication: { address: 'Pier 2, Skerrow' },
    url: 'https://tidewatch.example',
    secret: 'a secret for tests alone',
    data,
    channels: {
      email: { from: 'Tidewatch <digest@tidewatch.example>', ...email },
      feeds: false,
      bluesky: false,
      mastodon: false,
    },
  }
  writeFileSync(join(folder, 'groundwire.config.mjs'), `export default ${JSON.stringify(config)}\n`)
  return {
    folder,
    database,
    addresses,
    run: (date) => start(folder, ['run', '--date', date, '--approve', '--json']),
    groundwire: (...args) => start(folder, args).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function start(cwd: string, args: readonly string[]): Pass {
  const env = { PATH: process.env['PATH'] }
  const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, killed: signal === 'SIGKILL', out, err }))
  })
  return { ended, kill: (signal) => void child.kill(signal) }
}

/** Prints results in columns, for people to read in the output of the tests. */
export function printTable(heading: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => String(row[name] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  const body = rows.map((row) => line(columns.map((name) => String(row[name] ?? ''))))
  console.log([heading, line(columns), ...body].join('\n'))
}
