import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import type { House } from '../../../src/channel.ts'
import { feedFormats, feedPath } from '../../../src/domain/feed-format.ts'
import { run, type RunReport } from '../../../src/pipeline/run.ts'
import { createApi } from '../../../src/world/api.ts'
import { createFiles } from '../../../src/world/files.ts'
import { serve } from '../../../src/web/serve.ts'
import { testClock } from '../../fixtures/clock.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { testLog, testStore } from '../../fixtures/store.ts'
import { fakeSource, house as anyHouse, lesson, never, news, runInput, settingsFor } from '../../pipeline/fixture.ts'
import { close, hubFaults, listen, startHub } from '../../servers/hub.ts'
import { discover, discoverIn, startSubscriber } from '../../servers/hub-subscriber.ts'
import { sampleApp } from '../../web/fixture.ts'
import { temporaryFolder } from './sending.ts'

/** Nobody listens there for the moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  const url = await listen(server)
  await close(server)
  return Number(new URL(url).port)
}

/** A worker with its store and files, the pages it serves, a hub, and somebody who subscribes there. */
async function world() {
  const [hub, subscriber, folder, port] = await Promise.all([
    startHub(),
    startSubscriber(),
    temporaryFolder(),
    freePort(),
  ])
  const publicUrl = `http://127.0.0.1:${port}`
  const [clock, files, store, log] = [testClock(), createFiles(folder), await testStore(), testLog()]
  const app = sampleApp({ mode: 'start', files, clock, publicUrl, hubs: [hub.url] })
  const served = await serve(app, { port })
  onTestFinished(async () => {
    await Promise.all([hub.close(), subscriber.close(), served.close()])
    await store.close()
  })
  const house: House = { ...anyHouse, publicUrl }
  const settings = feedsChannel.settings.parse({ hubs: [hub.url] })
  const ports = channelPorts({ clock, files, log, notes: store, api: createApi({ userAgent: 'groundwire/test' }) })
  const source = fakeSource(news('tides'), news('bees'), lesson('gauges'))
  const channels = [{ channel: feedsChannel, settings }]
  const publish = (date: string, at = '05:00'): Promise<RunReport> => {
    clock.set(`${date}T${at}:00.000Z`)
    const input = runInput(source, [], {
      date,
      houseFor: () => house,
      settings: {
        ...settingsFor(),
        channels,
        gather: async () => ({
          known: new Map([['feeds', await feedsChannel.learn?.(settings, ports, never)]]),
          pictures: new Map(),
        }),
      },
      sendersFor: (of) => new Map([['feeds', feedsChannel.open(settings, ports, of)]]),
    })
    return run({ clock, store, log }, input, () => undefined, never)
  }
  const topics = (...folders: readonly string[]): string[] =>
    folders.flatMap((each) => feedFormats.map(({ format }) => `${publicUrl}/${feedPath(each, format)}`))
  return { hub, subscriber, source, store, log, publish, topics }
}

async function live(topic: string): Promise<string> {
  return (await fetch(topic)).text()
}

const FOLDERS = ['', 'feeds/news', 'feeds/learn', 'feeds/editions']

it('brings a subscriber the bytes that are live, of every feed that changed and of no other', async () => {
  const { hub, subscriber, source, publish, topics, log } = await world()
  expect(await publish('2026-06-29')).toMatchObject({ verdict: 'approved', state: 'sent' })
  expect(hub.published.toSorted()).toEqual(topics(...FOLDERS).toSorted())
  for (const topic of topics(...FOLDERS)) {
    const found = await subscriber.subscribe(topic)
    expect(found).toEqual({ hubs: [hub.url], self: topic })
    // Without the headers, as a static host serves it, too.
    expect(discoverIn(await live(topic))).toEqual(found)
  }
  await hub.settled()

  const before = hub.published.length
  source.says(news('moon', '2026-06-30'), news('tides'), news('bees'), lesson('gauges'))
  expect(await publish('2026-06-30')).toMatchObject({ verdict: 'approved', state: 'sent' })
  await hub.settled()
  const changed = topics('', 'feeds/news', 'feeds/editions')
  expect(hub.published.slice(before).toSorted()).toEqual(changed.toSorted())
  expect(Object.fromEntries(subscriber.heard)).toEqual(Object.fromEntries(changed.map((topic) => [topic, 1])))
  for (const topic of changed) {
    expect(subscriber.held.get(topic)?.toString()).toBe(await live(topic))
    expect(subscriber.held.get(topic)?.toString()).toContain('All about moon')
  }
  expect([hub.failed, hub.unchanged, subscriber.refused]).toEqual([[], [], []])

  const asked = hub.asked()
  expect(await publish('2026-06-30')).toMatchObject({ verdict: 'unchanged', delivered: 0 })
  expect(hub.asked()).toBe(asked)
  expect(log.lines.filter((line) => !line.startsWith('info'))).toEqual([])
})

it('names hubs nowhere but in what readers poll', async () => {
  const { hub, publish, topics } = await world()
  await publish('2026-06-29')
  for (const archive of topics('feeds/archive/2026-06', 'feeds/news/archive/2026-06')) {
    expect(hub.published).not.toContain(archive)
    expect((await discover(archive)).hubs).toEqual([])
  }
})

it('has all files live, whatever becomes of the hub, and tells it when it is well again', async () => {
  const { hub, publish, topics, store, source } = await world()
  hub.setFault(() => hubFaults.broken)
  expect(await publish('2026-06-29')).toMatchObject({ verdict: 'approved', state: 'sending' })
  for (const topic of topics(...FOLDERS)) expect(await live(topic)).not.toBe('')
  // One call stood for all.
  expect(hub.asked()).toBe(1)
  const waiting = (await store.ledger({})).filter(({ state }) => state === 'waiting')
  expect(waiting.map(({ rendering }) => rendering)).toHaveLength(topics(...FOLDERS).length)

  // The next edition overtakes what the hub was still to be told of the feeds that it changes.
  source.says(news('moon', '2026-06-30'), news('tides'), news('bees'), lesson('gauges'))
  expect(await publish('2026-06-30', '04:30')).toMatchObject({ verdict: 'approved', state: 'sending' })
  hub.setFault(() => undefined)
  expect(await publish('2026-06-30', '09:00')).toMatchObject({ verdict: 'resumed', state: 'sent' })
  await hub.settled()
  expect(hub.published.toSorted()).toEqual(topics(...FOLDERS).toSorted())
  expect((await store.ledger({})).filter(({ state }) => state !== 'sent' && state !== 'superseded')).toEqual([])
})
