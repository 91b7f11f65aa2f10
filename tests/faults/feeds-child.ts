import { join } from 'node:path'
import process from 'node:process'
import * as z from 'zod'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { carryOut } from '../../src/pipeline/carry-out.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { createApi } from '../../src/world/api.ts'
import { createFiles } from '../../src/world/files.ts'
import { createLog } from '../../src/world/log.ts'
import { isGone, workerName } from '../../src/world/worker.ts'
import { testClock } from '../fixtures/clock.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { house } from '../pipeline/fixture.ts'

// Writes and announces what a store owes of the feeds; kills itself with SIGKILL at, or a little after, a given step.
const order = z
  .object({
    data: z.string(),
    publicUrl: z.string(),
    hubs: z.array(z.string()),
    at: z.string(),
    /** Steps that it still makes: before and after each write and each call. Absent: all. */
    steps: z.int().optional(),
    delayMs: z.number().optional(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))

let left = order.steps ?? Infinity
function step(): void {
  left -= 1
  const die = (): void => void process.kill(process.pid, 'SIGKILL')
  if (left !== 0) return
  if (order.delayMs === undefined) die()
  else setTimeout(die, order.delayMs)
}
async function stepping<Result>(act: () => Promise<Result>): Promise<Result> {
  step()
  const result = await act()
  step()
  return result
}

const settings = feedsChannel.settings.parse({ hubs: order.hubs })
const store = await openSqlite(join(order.data, 'groundwire.db'))
const clock = testClock(order.at)
const log = createLog({ write: (text: string) => process.stderr.write(text) }, 'warn')
const [files, api] = [createFiles(order.data), createApi({ userAgent: 'groundwire/tests' })]
const ports = channelPorts({
  clock,
  log,
  notes: store,
  files: { ...files, write: (path, content) => stepping(() => files.write(path, content)) },
  api: { ...api, post: (request, signal) => stepping(() => api.post(request, signal)) },
})
await carryOut(
  { ...ports, store },
  {
    sendersFor: (of) => new Map([['feeds', feedsChannel.open(settings, ports, of)]]),
    worker: { name: workerName(), isGone, patienceMs: 10 * 60_000 },
    lateMs: Infinity,
    zone: house.publication.zone,
    settings: { channels: [{ channel: feedsChannel, settings }] },
  },
  { ...house, publicUrl: order.publicUrl },
  () => undefined,
  new AbortController().signal,
)
const owed = await store.owed()
await store.close()
// Connections that are kept would keep the process.
process.exit(owed === 0 ? 0 : 1)
