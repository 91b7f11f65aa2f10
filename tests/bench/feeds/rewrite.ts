// Makes, freezes and writes all feeds of a publication with many items, then again after one new item; prints as JSON
// what each took, how many files it wrote, and the greatest memory.
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import { contentHash, type Item } from '../../../src/domain/item.ts'
import { addDays } from '../../../src/domain/time.ts'
import { approve } from '../../../src/pipeline/approve.ts'
import { composeDefaults } from '../../../src/pipeline/compose.ts'
import { deliver } from '../../../src/pipeline/deliver.ts'
import { make, type MakeSettings } from '../../../src/pipeline/make.ts'
import type { Reading } from '../../../src/ports.ts'
import { openSqlite } from '../../../src/store/sqlite.ts'
import { createApi } from '../../../src/world/api.ts'
import { systemClock } from '../../../src/world/clock.ts'
import { createFiles } from '../../../src/world/files.ts'
import { createHttp } from '../../../src/world/http.ts'
import { createOutbox } from '../../../src/world/outbox.ts'
import { sampleItem } from '../../fixtures/edition.ts'
import { house } from '../../pipeline/fixture.ts'

const [folder = '', count = '10000'] = process.argv.slice(2)
const ITEMS_A_DAY = 14
const LAST_DAY = '2026-06-29'
const SOURCE = 'bench'
const sentence =
  'The keepers wrote **every tide** into [ledgers](https://archive.example.org/ledgers), and two read them. '

const store = await openSqlite(`${folder}/groundwire.db`)
await store.migrate()
const files = createFiles(folder)
const log = { info: ignore, warn: ignore, error: (text: string) => void process.stderr.write(`${text}\n`) }
const userAgent = 'groundwire/bench'
const ports = {
  clock: systemClock,
  store,
  log,
  files,
  api: createApi({ userAgent }),
  http: createHttp({ userAgent, allowPrivate: false }),
  outbox: createOutbox(files),
  notes: store,
}
const feedsSettings = feedsChannel.settings.parse({})
const settings: MakeSettings = {
  compose: composeDefaults,
  channels: [{ channel: feedsChannel, settings: feedsSettings }],
  source: SOURCE,
}

await record(Array.from({ length: Number(count) }, (_, index) => itemOf(index)))
const all = await pass(LAST_DAY)
await record([itemOf(-1)])
const one = await pass(addDays(LAST_DAY, 1))
await store.close()
process.stdout.write(`${JSON.stringify({ all, one, maxRssMb: process.resourceUsage().maxRSS / 1024 })}\n`)
process.exit()

/** The 0th is the latest of the last day; the -1st appears a day later. */
function itemOf(index: number): Item {
  const day = addDays(LAST_DAY, -Math.floor(index / ITEMS_A_DAY))
  return sampleItem({
    url: `https://morningcheck.example/news/${index}.html`,
    section: index % 5 === 0 ? 'learn' : 'news',
    title: `What the gauge of harbour ${index} says`,
    body: { format: 'markdown', text: `${sentence.repeat(10)}\n\n`.repeat(4) },
    published: day,
  })
}

async function record(items: readonly Item[]): Promise<void> {
  const reading: Reading = {
    source: SOURCE,
    at: `${items[0]?.published ?? LAST_DAY}T05:00:00.000Z`,
    validators: {},
    about: {},
    findings: [],
    items: items.map((item, index) => ({
      item,
      hash: contentHash(item),
      state: 'new',
      day: item.published ?? LAST_DAY,
      position: items.length - index,
    })),
  }
  await store.record(reading, LAST_DAY)
}

async function pass(date: string): Promise<{ ms: number; files: number }> {
  const plannedAt = new Date(`${date}T05:00:00.000Z`)
  const began = performance.now()
  const made = await make({ store }, { schedule: 'daily', date, fromDay: date, plannedAt }, house, settings)
  if (!made.edition) throw new Error(`There was nothing for ${date}.`)
  if (!(await approve(ports, made, settings.channels))) throw new Error(`${date} was not approved.`)
  const senders = new Map([['feeds', feedsChannel.open(feedsSettings, ports, house)]])
  let written = 0
  const worker = { name: 'bench:1:1', isGone: () => true }
  await deliver(
    ports,
    senders,
    worker,
    ({ settlements }) => (written += settlements.length),
    new AbortController().signal,
  )
  const ms = performance.now() - began
  await setImmediate()
  return { ms, files: written }
}

function ignore(): void {}
