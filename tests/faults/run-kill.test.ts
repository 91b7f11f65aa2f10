import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seeded } from '../fixtures/random.ts'

const cli = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const real = fileURLToPath(new URL('../../../shared/data/ground-truth-llms-full.txt', import.meta.url))
const sample = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))
const [source, date] = existsSync(real) ? [real, '2026-06-24'] : [sample, '2026-10-14']

const KILLS = Number(process.env['KILLS'] ?? 50)
const SEED = Number(process.env['SEED'] ?? 20260624)

const root = mkdtempSync(join(tmpdir(), 'groundwire-kill-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly killed: boolean
  readonly out: string
  readonly err: string
  readonly tookMs: number
}

/** One run of the built command on a data folder of its own; killed with SIGKILL after `killAfterMs`, if it is still there. */
async function groundwire(args: readonly string[], data: string, killAfterMs?: number): Promise<Ended> {
  const began = performance.now()
  const child = spawn(process.execPath, [cli, ...args, '--data', data], {
    cwd: root,
    env: { PATH: process.env['PATH'], GROUNDWIRE_SECRET: 'a secret for tests alone' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, killed: signal === 'SIGKILL', out, err, tookMs: performance.now() - began })
    })
  })
}

function run(data: string, killAfterMs?: number): Promise<Ended> {
  return groundwire(['run', '--source', source, '--date', date, '--json'], data, killAfterMs)
}

/** Every file below these folders of a data folder, with the hash of its bytes. */
function hashes(data: string, folders: readonly string[]): Record<string, string> {
  const files = folders
    .map((folder) => join(data, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
  return Object.fromEntries(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [relative(data, path), createHash('sha256').update(readFileSync(path)).digest('hex')] as const)
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
}

/** What left. */
function left(data: string): Record<string, string> {
  return hashes(data, ['outbox', 'public'])
}

const status = z.object({
  state: z.string(),
  deliveries: z.array(z.object({ key: z.string(), state: z.string(), attempts: z.number(), remoteId: z.string() })),
})

async function ledger(data: string, edition: string): Promise<z.infer<typeof status>> {
  return status.parse(JSON.parse((await groundwire(['status', edition, '--json'], data)).out))
}

describe('a run that is killed at any instant', () => {
  const undisturbed = join(root, 'undisturbed')
  let usualMs = 0
  let edition = ''

  beforeAll(async () => {
    const ended = await run(undisturbed)
    if (ended.code !== 0 || ended.err !== '') throw new Error(`the undisturbed run failed: ${ended.err}`)
    usualMs = ended.tookMs
    edition = z.object({ edition: z.string() }).parse(JSON.parse(ended.out)).edition
  }, 60_000)

  it(`leaves, after ${KILLS} kills and resumptions, exactly what an undisturbed run leaves`, async () => {
    const random = seeded(SEED)
    const expected = left(undisturbed)
    const books = await ledger(undisturbed, edition)
    const seen = { killed: 0, replayed: 0, untouched: 0 }
    const round = async (number: number): Promise<void> => {
      const data = join(root, `kill-${number}`)
      const first = await run(data, usualMs * (0.1 + 1.1 * random()))
      if (first.killed) seen.killed += 1
      if (first.killed && !existsSync(join(data, 'outbox'))) seen.untouched += 1
      const second = await run(data)
      expect(second.code, second.err).toBe(0)
      expect(left(data)).toEqual(expected)
      const after = await ledger(data, edition)
      expect(after.deliveries.map(({ key, state, remoteId }) => ({ key, state, remoteId }))).toEqual(
        books.deliveries.map(({ key, state, remoteId }) => ({ key, state, remoteId })),
      )
      expect(after.state).toBe('sent')
      if (after.deliveries.some(({ attempts }) => attempts > 1)) seen.replayed += 1
      rmSync(data, { recursive: true, force: true })
    }
    for (let number = 0; number < KILLS; number += 2) await Promise.all([round(number), round(number + 1)])
    console.log(
      `killed ${seen.killed} of ${KILLS} runs (seed ${SEED}), ${seen.untouched} before anything left, ${seen.replayed} in the midst of a delivery; all complete after one more run`,
    )
    expect(seen.killed).toBeGreaterThan(KILLS / 2)
  }, 600_000)

  it('changes no byte when it is run again', async () => {
    const before = hashes(undisturbed, ['.'])
    const again = await run(undisturbed)
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out)).toMatchObject({ verdict: 'unchanged', delivered: 0 })
    expect(hashes(undisturbed, ['.'])).toEqual(before)
  }, 60_000)

  it('shares the work with a second run at the same time, each thing done once', async () => {
    const data = join(root, 'two')
    const both = await Promise.all([run(data), run(data)])
    expect(both.map(({ err }) => err)).toEqual(['', ''])
    await run(data)
    expect(left(data)).toEqual(left(undisturbed))
    const books = await ledger(data, edition)
    expect(books.deliveries.filter(({ attempts }) => attempts !== 1)).toEqual([])
  }, 60_000)
})
