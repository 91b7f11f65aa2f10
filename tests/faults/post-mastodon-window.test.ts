import { expect, it, onTestFinished } from 'vitest'
import { asContent } from '../../channels/mastodon/content.ts'
import { mastodonChannel } from '../../channels/mastodon/index.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { createApi } from '../../src/world/api.ts'
import { mastodonFaults as faults, POST, startFakeMastodon, TOKEN, type FakeMastodon } from '../fakes/mastodon.ts'
import type { MastodonRules } from '../fakes/mastodon-state.ts'
import { freezeOf, renderingOf } from '../contracts/store/fixtures.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { postOf, POSTING_HOUSE } from './post-mastodon.ts'

const MINUTE = 60_000
const START = Date.parse('2026-06-29T12:00:00.000Z')
const account = 'news@fake.example'

interface Day {
  readonly server: FakeMastodon
  readonly clock: TestClock
  readonly log: ReturnType<typeof testLog>
  /** Minutes after the first at which a status was asked for. */
  readonly askedAt: number[]
  /** Delivers for so many minutes. */
  work(minutes: number): Promise<void>
  ledger(): Promise<readonly string[]>
}

/** A store that owes so many posts, and the real pipeline that carries them out. */
async function newDay(names: readonly string[], rules: Partial<MastodonRules> = {}): Promise<Day> {
  const clock = testClock(new Date(START).toISOString())
  const server = await startFakeMastodon({ clock, ...rules })
  const store = await testStore()
  onTestFinished(async () => {
    await store.close()
    await server.close()
  })
  await store.approve(
    freezeOf(
      names.map((name) => {
        const key = `mastodon/${name}`
        return { key, group: key, edition: 'daily/2026-06-29', channel: 'mastodon', rendering: name, target: name }
      }),
      {
        at: clock.now().toISOString(),
        renderings: names.map((name) =>
          renderingOf('mastodon', name, { content: asContent({ kind: 'posts', account, posts: [postOf(name)] }) }),
        ),
      },
    ),
  )
  const log = testLog()
  const settings = mastodonChannel.settings.parse({ url: server.url, accessToken: TOKEN, account, gapMinutes: 0 })
  const ports = channelPorts({ clock, log, notes: store, api: createApi({ userAgent: 'groundwire/test' }) })
  const askedAt: number[] = []
  return {
    server,
    clock,
    log,
    askedAt,
    async work(minutes) {
      const until = clock.now().getTime() + minutes * MINUTE
      const worker = { name: 'worker', patienceMs: Infinity, isGone: () => false }
      const stop = clock.deadline(minutes * MINUTE)
      const sender = mastodonChannel.open(settings, ports, POSTING_HOUSE)
      await deliver({ clock, store, log }, new Map([['mastodon', sender]]), worker, () => undefined, stop)
      if (clock.now().getTime() < until) clock.set(new Date(until).toISOString())
    },
    ledger: async () => (await store.ledger({})).map(({ state }) => state),
  }
}

/** Notes when a status is asked for, then does what `fault` says. */
function watching(
  day: Day,
  fault: (minute: number) => ReturnType<Parameters<FakeMastodon['setFault']>[0] & object>,
): void {
  day.server.setFault(({ what }) => {
    if (what !== POST) return undefined
    const minute = (day.clock.now().getTime() - START) / MINUTE
    day.askedAt.push(minute)
    return fault(minute)
  })
}

it('asks again under one key for 50 minutes, then looks twice before it goes on', async () => {
  const day = await newDay(['tides'])
  watching(day, (minute) => (minute < 55 ? faults.resetBefore : undefined))
  await day.work(6 * 60)
  expect(await day.ledger()).toEqual(['sent'])
  expect(day.server.statuses).toHaveLength(1)
  const [last = 0, before = 0] = day.askedAt.toReversed()
  expect(before).toBeLessThan(50)
  expect(last).toBeGreaterThan(before + 3)
  expect(new Set(day.server.calls.filter(({ what }) => what === POST).map(({ key }) => key)).size).toBe(1)
})

it('finds what was made at the first request after the server has forgotten the key', async () => {
  const day = await newDay(['tides'], { failsOnDuplicates: true })
  watching(day, () => faults.acceptThenReset)
  await day.work(0.01)
  expect(await day.ledger()).toEqual(['unknown'])
  day.clock.advance(3 * 60 * MINUTE)
  await day.work(60)
  expect(await day.ledger()).toEqual(['sent'])
  expect(day.askedAt).toHaveLength(1)
})

it('asks no more than once a minute while it is told 429 in HTML', async () => {
  const day = await newDay(['tides'])
  watching(day, (minute) => (minute < 30 ? faults.html429 : undefined))
  await day.work(60)
  expect(await day.ledger()).toEqual(['sent'])
  const gaps = day.askedAt.slice(1).map((minute, at) => minute - (day.askedAt[at] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThan(0.99)
  expect(day.server.calls.length).toBeLessThan(120)
})

it('asks nobody while posting alone is down for half a day, and posts when it is back', async () => {
  const day = await newDay(['tides'])
  watching(day, (minute) => (minute < 12 * 60 ? faults.html502 : undefined))
  await day.work(18 * 60)
  expect(await day.ledger()).toEqual(['sent'])
  expect(day.server.statuses).toHaveLength(1)
  expect(day.askedAt.length).toBeLessThan(60)
  expect(day.server.calls.length).toBeLessThan(1000)
})

it('asks nobody when the first look after a weekend fails', async () => {
  const day = await newDay(['tides'])
  watching(day, () => faults.html502)
  await day.work(3)
  day.clock.advance(62 * 60 * MINUTE)
  day.server.setFault(() => faults.html502)
  await day.work(1)
  expect(await day.ledger()).toEqual(['unknown'])
  day.server.setFault(undefined)
  await day.work(24 * 60)
  expect(await day.ledger()).toEqual(['sent'])
  expect(day.server.statuses).toHaveLength(1)
})

it('goes on with the others while one is in doubt', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `item-${at}`)
  const day = await newDay(names, { ignoresKeys: true })
  watching(day, () => (day.askedAt.length % 3 === 1 ? faults.acceptThenReset : undefined))
  await day.work(120)
  expect(new Set(await day.ledger())).toEqual(new Set(['sent']))
  expect(day.server.statuses).toHaveLength(names.length)
  expect(new Set(day.server.statuses.map(({ text }) => text)).size).toBe(names.length)
})

it('stops at a token that is refused, with one notice, and asks nothing more', async () => {
  const day = await newDay(['a', 'b', 'c'])
  day.server.change({ token: 'another' })
  await day.work(24 * 60)
  expect(new Set(await day.ledger())).toEqual(new Set(['waiting']))
  expect(day.server.calls).toHaveLength(1)
  expect(day.log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
})
