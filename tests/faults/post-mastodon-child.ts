import { writeSync } from 'node:fs'
import * as z from 'zod'
import { mastodonChannel } from '../../channels/mastodon/index.ts'
import { finalStates } from '../../src/domain/delivery.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { createApi } from '../../src/world/api.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { PICTURE_BYTES, POSTING_HOUSE } from './post-mastodon.ts'
import { fastClock } from './post-mastodon-clock.ts'

// Carries out what a store owes to Mastodon, until nothing is owed or it is killed.
const given = z
  .object({
    path: z.string(),
    worker: z.string(),
    settings: z.record(z.string(), z.unknown()),
    clock: z.object({ began: z.number(), at: z.string(), speed: z.number() }),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))
const clock = fastClock(given.clock)
const store = await openSqlite(given.path)
const say = (level: string) => (message: string) => void writeSync(2, `${level}: ${message}\n`)
const log = { info: () => undefined, warn: say('warn'), error: say('error') }
const files = { ...channelPorts().files, readBytes: async () => PICTURE_BYTES }
const ports = channelPorts({ clock, notes: store, log, files, api: createApi({ userAgent: 'groundwire/test' }) })
const sender = mastodonChannel.open(mastodonChannel.settings.parse(given.settings), ports, POSTING_HOUSE)
// One process at a time: every other worker has ended.
const worker = { name: given.worker, patienceMs: 3_600_000, isGone: () => true }
writeSync(1, 'ready\n')
for (;;) {
  const signal = new AbortController().signal
  await deliver({ clock, store, log }, new Map([['mastodon', sender]]), worker, () => undefined, signal)
  const open = (await store.ledger({})).filter(({ state }) => !finalStates.includes(state))
  if (open.length === 0) break
  await clock.wait(60_000, signal)
}
await store.close()
