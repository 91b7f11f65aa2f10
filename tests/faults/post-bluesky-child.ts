import { join } from 'node:path'
import * as z from 'zod'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import { carryOut } from '../../src/pipeline/carry-out.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { isGone, workerName } from '../../src/world/worker.ts'
import { fastClock, house, openPorts, readOrder } from './post-world.ts'

// Carries out what a store owes to Bluesky, on a clock that goes fast, and ends with 1 when something is left.
const order = z
  .object({ data: z.string(), settings: z.unknown(), began: z.number(), ahead: z.number() })
  .parse(readOrder(process.argv[2] ?? ''))
const settings = blueskyChannel.settings.parse(order.settings)
const store = await openSqlite(join(order.data, 'groundwire.db'))
const clock = fastClock(order.began, () => order.ahead)
const ports = openPorts({ data: order.data, clock, store })

await carryOut(
  ports,
  {
    sendersFor: (of) => new Map([['bluesky', blueskyChannel.open(settings, ports, of)]]),
    worker: { name: workerName(), isGone, patienceMs: 120_000 },
    lateMs: Infinity,
    zone: house.publication.zone,
    settings: { channels: [{ channel: blueskyChannel, settings }] },
  },
  house,
  () => undefined,
  new AbortController().signal,
)
const owed = await store.owed()
await store.close()
process.exit(owed === 0 ? 0 : 1)
