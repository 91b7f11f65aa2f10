import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { postTimes } from '../../src/channel/timing.ts'
import { readConfig } from '../../src/config.ts'
import type { Configuration } from '../../src/main/configuration.ts'
import { openTicker } from '../../src/main/ticker.ts'
import type { World } from '../../src/main/world.ts'
import type { Clock, Store } from '../../src/ports.ts'
import { fakeChannel, type FakeChannel } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, news, settingsFor, zone } from '../pipeline/fixture.ts'

const refused = (): Promise<never> => Promise.reject(new Error('not for this test'))

const configuration: Configuration = {
  config: readConfig({ publication: { zone } }, {}, new Map()),
  source: { location: 'memory', allowPrivate: false, maxMegabytes: 64, timeoutSeconds: 30 },
  isSample: false,
  dataFolder: resolve('.groundwire'),
  notices: [],
  callOptions: '',
}

function worldOf(clock: Clock, store: Store, posts: FakeChannel): World {
  const ports = {
    ...channelPorts({ clock, log: testLog(), notes: store }),
    store,
    dns: { txt: refused, mx: refused },
    pictures: { fit: refused, named: refused, draw: refused },
  }
  return {
    ports,
    source: fakeSource(...['a', 'b', 'c', 'd'].map((name) => news(name))),
    settings: settingsFor(posts),
    worker: { name: 'worker-1', isGone: () => false, patienceMs: 120_000 },
    tokenSecrets: [],
    installation: 'here',
    houseFor: () => house,
    sendersFor: () => new Map([[posts.id, posts.sender()]]),
  }
}

it('carries out what is due within a quarter of a minute, and between that only looks', async () => {
  const still = testClock('2026-06-29T05:00:00.000Z')
  const kept = await testStore()
  const stop = new AbortController()
  let claims = 0
  const store: Store = {
    ...kept,
    claim: (request) => {
      claims += 1
      return kept.claim(request)
    },
  }
  const fake = fakeChannel('posts', { now: () => still.now() })
  const taken: string[] = []
  const posts: FakeChannel = {
    ...fake,
    times: (_, renderings, from, place) => postTimes(renderings.length, { gapMinutes: 10.1 }, from, place),
    sender: () => ({
      ...fake.sender(),
      async send(attempt, signal) {
        taken.push(still.now().toISOString().slice(11, 19))
        return fake.sender().send(attempt, signal)
      },
    }),
  }
  let waits = 0
  const clock: Clock = {
    ...still,
    // The time passes as soon as the worker waits for it.
    async wait(ms, signal) {
      expect(ms).toBe(15_000)
      waits += 1
      await new Promise((done) => setImmediate(done))
      if (taken.length === 4 || waits === 400) stop.abort()
      await still.wait(ms, signal)
    },
  }
  const ticker = openTicker(
    configuration,
    worldOf(clock, store, posts),
    { now: () => house, refresh: async () => undefined },
    stop.signal,
  )
  await new Promise((done) => stop.signal.addEventListener('abort', done))
  await ticker.stop()
  // They were to leave at 05:00:00, 05:10:06, 05:20:12 and 05:30:18.
  const first = Date.parse(`2026-06-29T${taken[0]}Z`)
  const late = taken.map((time, at) => (Date.parse(`2026-06-29T${time}Z`) - first) / 1000 - at * 606)
  expect(late).toHaveLength(4)
  for (const seconds of late) expect(seconds).toBeLessThanOrEqual(15)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  expect(waits).toBeGreaterThan(100)
  expect(claims).toBeLessThanOrEqual(8)
  await kept.close()
})
