import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { feedsChannel } from '../../channels/feeds/index.ts'
import { openDesk } from '../../src/pipeline/desk.ts'
import { run } from '../../src/pipeline/run.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, lesson, never, news, runInput, settingsFor } from '../pipeline/fixture.ts'
import { feedSite, type FeedSite } from './feed-site.ts'

const FOLDERS = ['', 'feeds/learn/', 'feeds/news/', 'feeds/editions/']
const PATHS = FOLDERS.flatMap((folder) => ['rss.xml', 'atom.xml', 'feed.json'].map((file) => `/${folder}${file}`))

async function discovered(site: FeedSite, page: string): Promise<(readonly [title: string, path: string])[]> {
  const text = (await site.ask(page)).body.toString()
  const links = text.matchAll(
    /<link rel="alternate" type="[^"]+" title="([^"]+)" href="https:\/\/news\.example([^"]+)"/g,
  )
  return [...links].map(([, title = '', path = '']) => [title, path])
}

it('what a run wrote is found from every page, and comes in every encoding, all of it and at once', async () => {
  const store = await testStore()
  const settings = feedsChannel.settings.parse({})
  const makeSettings = { ...settingsFor(), channels: [{ channel: feedsChannel, settings }] }
  const desk = openDesk({ store }, () => house, makeSettings)
  const site = await feedSite({ desk, publicUrl: house.publicUrl })
  const source = fakeSource(news('tides'), news('bees'), lesson('gauges'))
  const publish = async (date: string) => {
    site.clock.set(`${date}T05:00:00.000Z`)
    const ports = channelPorts({ clock: site.clock, files: site.files, notes: store })
    const sendersFor = () => new Map([['feeds', feedsChannel.open(settings, ports, house)]])
    const input = runInput(source, [], { date, houseFor: () => house, settings: makeSettings, sendersFor })
    return run({ clock: site.clock, store, log: testLog() }, input, () => undefined, never)
  }
  try {
    expect(await discovered(site, '/')).toEqual([])
    expect(await publish('2026-06-29')).toMatchObject({ verdict: 'approved', state: 'sent' })

    const found = await discovered(site, '/')
    expect(found.map(([, path]) => path)).toEqual(PATHS)
    expect(new Set(found.map(([title]) => title)).size).toBe(PATHS.length)
    expect(await discovered(site, '/editions/daily/2026-06-29')).toEqual(found)

    const others = ['/feeds', '/feeds/feeds.opml', '/feeds/feed.css', '/llms.txt', '/llms-full.txt']
    for (const path of [...PATHS, ...others, '/feeds/archive/2026-06/atom.xml']) {
      const plain = await site.ask(path)
      const [br, gzip] = [
        await site.ask(path, { 'accept-encoding': 'br' }),
        await site.ask(path, { 'accept-encoding': 'gzip' }),
      ]
      expect([path, plain.status, br.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual([
        path,
        200,
        'br',
        'gzip',
      ])
      expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true)
      expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true)
    }

    const known = String((await site.ask('/rss.xml')).headers['etag'])
    source.says(news('tides'), news('bees'), news('comets', '2026-06-30'), lesson('gauges'))
    await publish('2026-06-30')
    const { status, body } = await site.ask('/rss.xml', { 'if-none-match': known })
    expect([status, body.toString().includes('All about comets')]).toEqual([200, true])
  } finally {
    await site.close()
    await store.close()
  }
})
