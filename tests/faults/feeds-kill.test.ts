import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { announcements } from '../../channels/feeds/websub.ts'
import { addDays } from '../../src/domain/time.ts'
import { approve } from '../../src/pipeline/approve.ts'
import { frozen } from '../../src/pipeline/render.ts'
import type { Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { fileOf } from '../channels/feeds/sending.ts'
import { testClock } from '../fixtures/clock.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { seeded } from '../fixtures/random.ts'
import { hubFaults, startHub, type HubFault } from '../servers/hub.ts'
import { printTable } from './mailing.ts'

const KILLS = Number(process.env['KILLS'] ?? 20)
const SEED = Number(process.env['SEED'] ?? 20261123)
/** Nobody is there: what the hubs fetch is no matter of this test. */
const PUBLIC_URL = 'http://127.0.0.1:9'
const TOPICS = ['rss.xml', 'atom.xml', 'feeds/news/rss.xml']
const FILES = [...TOPICS, 'feeds/news/archive/2026-06/rss.xml', 'feeds/index.html']
/** Before and after each of three writes a file, and each call: less is left once some was done. */
const STEPS = FILES.length * 6 + TOPICS.length * 2 * 2
const TROUBLE: readonly HubFault[] = ['accept-then-reset', 'accept-then-reset', 'reset', hubFaults.broken]

const results: Record<string, string | number>[] = []
afterAll(() => printTable(`feeds and hubs under kill -9 (seed ${SEED})`, results))

function contentOf(version: number, file: string): string {
  return `<rss>${file}, version ${version}: ${`said in version ${version}. `.repeat(400)}</rss>\n`
}

/** What each form of a file holds: the version, 0 where it is not there. */
function versionsOf(data: string, file: string): number[] {
  const unpack = { '': String, '.br': brotliDecompressSync, '.gz': gunzipSync }
  return Object.entries(unpack).map(([end, whole]) => {
    const path = join(data, 'public', file + end)
    if (!existsSync(path)) return 0
    const text = whole(readFileSync(path)).toString()
    const version = Number(/version (\d+)/.exec(text)?.[1])
    expect(text, `${file}${end} is whole`).toBe(contentOf(version, file))
    return version
  })
}

async function approved(store: Store, version: number, hubs: readonly string[], at: string): Promise<void> {
  const date = addDays('2026-06-29', version)
  const id = `daily/${date}`
  const files = FILES.map((file) => ({ ...fileOf(file, contentOf(version, file)), identity: `${file}@${id}` }))
  const told = announcements(files.slice(0, TOPICS.length), hubs, PUBLIC_URL, { id })
  const made = {
    edition: sampleEdition({ id, date, stories: 0, briefs: 0, background: 0 }),
    findings: [],
    renderings: [...files, ...told].map((rendering) => frozen('feeds', rendering)),
  }
  const configured = { channel: feedsChannel, settings: feedsChannel.settings.parse({ hubs }) }
  if (!(await approve({ store, clock: testClock(at) }, made, [configured]))) throw new Error(`${id} was not approved`)
}

async function pass(order: object): Promise<{ readonly code: number | null; readonly killed: boolean }> {
  const script = fileURLToPath(new URL('feeds-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0 && code !== 1) reject(new Error(`a pass broke: ${err}`))
      else resolve({ code, killed: signal === 'SIGKILL' })
    })
  })
}

it(`after ${KILLS} kills all files are whole and every change was announced, never before it was live`, async () => {
  const random = seeded(SEED)
  const data = mkdtempSync(join(tmpdir(), 'groundwire-feeds-kill-'))
  const hubs = [await startHub(), await startHub()]
  const store = await openSqlite(join(data, 'groundwire.db'))
  onTestFinished(async () => {
    await Promise.all([store.close(), ...hubs.map((hub) => hub.close())])
    rmSync(data, { recursive: true, force: true })
  })
  await store.migrate()
  let [version, kills, passes, asked, minutes] = [0, 0, 0, 0, 0]
  const early: string[] = []
  for (const hub of hubs) {
    hub.setFault(() => (random() < 0.25 ? TROUBLE[Math.floor(random() * TROUBLE.length)] : undefined))
    hub.onPublish((topic) => {
      asked += 1
      const file = topic.slice(PUBLIC_URL.length + 1)
      if (versionsOf(data, file).some((live) => live !== version)) early.push(`${topic}, version ${version}`)
    })
  }
  while (kills < KILLS) {
    version += 1
    const before = hubs.map((hub) => hub.published.length)
    const now = (): string => new Date(Date.parse('2026-06-29T05:00:00.000Z') + minutes * 60_000).toISOString()
    await approved(
      store,
      version,
      hubs.map(({ url }) => url),
      now(),
    )
    for (let isOver = false; !isOver; minutes += 2) {
      const steps = 1 + Math.floor(random() * STEPS * 0.4)
      const order = { data, publicUrl: PUBLIC_URL, hubs: hubs.map(({ url }) => url), at: now() }
      const kill = { steps, ...(random() < 0.5 && { delayMs: random() * 6 }) }
      const ended = await pass(kills < KILLS ? { ...order, ...kill } : order)
      passes += 1
      if (ended.killed) kills += 1
      isOver = ended.code === 0
      for (const file of FILES) {
        const [plain = 0, ...beside] = versionsOf(data, file)
        expect([version - 1, version]).toContain(plain)
        // Whoever sees the plain one new finds those beside it new.
        expect(plain === version ? beside : [version, version]).toEqual([version, version])
      }
    }
    for (const file of FILES) expect(versionsOf(data, file)).toEqual([version, version, version])
    for (const [at, hub] of hubs.entries())
      expect([...new Set(hub.published.slice(before[at]))].toSorted()).toEqual(
        TOPICS.map((topic) => `${PUBLIC_URL}/${topic}`).toSorted(),
      )
  }
  expect(early).toEqual([])
  expect((await store.ledger({})).filter(({ state }) => state !== 'sent')).toEqual([])
  // Nothing that a killed pass was writing lies about.
  const all = readdirSync(join(data, 'public'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  expect(all.map(({ name }) => name).filter((name) => name.startsWith('.'))).toEqual([])
  const announced = hubs.reduce((sum, hub) => sum + hub.published.length, 0)
  results.push({
    kills,
    passes,
    editions: version,
    'calls to hubs': asked,
    announced,
    owed: version * TOPICS.length * 2,
  })
}, 3_600_000)
