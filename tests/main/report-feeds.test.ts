import { expect, it } from 'vitest'
import type { Rendering } from '../../src/domain/rendering.ts'
import { describeRun, runAsJson } from '../../src/main/report.ts'
import { run, type RunReport } from '../../src/pipeline/run.ts'
import type { Store } from '../../src/ports.ts'
import { fakeChannel, rendering } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, never, news, runInput } from '../pipeline/fixture.ts'
import { configuration } from './report-configuration.ts'

const first = ['rss.xml', 'atom.xml', 'feed.json']
const files = [
  ...first,
  ...['news', 'learn', 'editions'].flatMap((name) => first.map((file) => `feeds/${name}/${file}`)),
]
const announced = first.map((file) => `websub/hub-example-1f0c2b7a/${file}`)

async function pass(store: Store, ids: readonly string[], over: Partial<Rendering> = {}): Promise<RunReport> {
  const feeds = fakeChannel('feeds', {
    renderings: () => ids.map((id) => rendering(id, `${id}@1`, id, over)),
    destination: 'public/',
    document: true,
  })
  const ports = { clock: testClock(), store, log: testLog() }
  return run(ports, runInput(fakeSource(news('tides')), [feeds]), () => undefined, never)
}

function feedsLine(report: RunReport): string | undefined {
  return describeRun(report, configuration)
    .split('\n')
    .find((line) => line.startsWith('  Feeds'))
}

it('names three of many files, how many more there are, and the page that lists them', async () => {
  const store = await testStore()
  const report = await pass(store, files)
  expect(feedsLine(report)).toBe(
    '  Feeds     12 sent  .groundwire/public/rss.xml, atom.xml, feed.json and 9 more; start at feeds/index.html',
  )
  const again = await pass(store, files)
  expect(again.verdict).toBe('unchanged')
  expect(feedsLine(again)).toBe(
    '  Feeds     12 sent  .groundwire/public/rss.xml, atom.xml, feed.json and more; start at feeds/index.html',
  )
})

it('counts what hubs are told apart, and not among the files', async () => {
  const report = await pass(await testStore(), [...first, ...announced])
  expect(feedsLine(report)).toBe(
    '  Feeds     6 sent (3 of these announcements to hubs)  .groundwire/public/rss.xml, atom.xml, feed.json',
  )
})

it('names what changed where the first feed did not', async () => {
  const archive = 'feeds/news/archive/2026-05/rss.xml'
  expect(feedsLine(await pass(await testStore(), [archive]))).toBe(`  Feeds     1 sent  .groundwire/public/${archive}`)
})

it('points nowhere when no file may leave', async () => {
  const line = feedsLine(await pass(await testStore(), files, { mayLeave: false }))
  expect(line).toBe('  Feeds     12 of 12 renderings not to leave')
})

it('keeps every one of them for a program', async () => {
  const report = await pass(await testStore(), [...files, ...announced])
  expect(runAsJson(report, configuration)).toMatchObject({
    renderings: [...files, ...announced].map((id) => ({ channel: 'feeds', id })),
    deliveries: [{ channel: 'feeds', state: 'sent', count: 15 }],
  })
})
