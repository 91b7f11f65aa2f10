import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { feedsChannel } from '../../../channels/feeds/index.ts'
import { announcements } from '../../../channels/feeds/websub.ts'
import type { Sender } from '../../../src/channel.ts'
import type { LedgerEntry, Outcome } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import type { Rendering } from '../../../src/domain/rendering.ts'
import type { Api } from '../../../src/ports.ts'
import { createApi } from '../../../src/world/api.ts'
import { createFiles } from '../../../src/world/files.ts'
import { testClock, type TestClock } from '../../fixtures/clock.ts'
import { testNotes } from '../../fixtures/notes.ts'
import { channelPorts } from '../../fixtures/ports.ts'
import { close, hubFaults, listen, startHub, type HubFault, type TestHub } from '../../servers/hub.ts'
import { contextOf } from './fixture.ts'
import { attemptOf, fileOf, never, temporaryFolder } from './sending.ts'

/** No name that resolves: these hubs pass nothing on. */
const PUBLIC_URL = 'https://wire.morningcheck.example'
const NEW = '<rss>new</rss>\n'
const edition = { id: 'daily/2026-06-29' }
const HOUR_MS = 3_600_000

function announcementsOf(ids: readonly string[], hubs: readonly string[], content = NEW): Rendering[] {
  return announcements(
    ids.map((id) => fileOf(id, content)),
    hubs,
    PUBLIC_URL,
    edition,
  )
}

describe('the announcements of an edition', () => {
  it('are one for each hub and changed document, the first document first', () => {
    const made = announcementsOf(['rss.xml', 'feeds/news/rss.xml'], ['https://hub.example/', 'https://b.example/x?y'])
    expect(made.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^websub\/hub-example-[0-9a-f]{8}\/rss\.xml$/),
      expect.stringMatching(/^websub\/b-example-[0-9a-f]{8}\/rss\.xml$/),
      expect.stringMatching(/^websub\/hub-example-[0-9a-f]{8}\/feeds\/news\/rss\.xml$/),
      expect.stringMatching(/^websub\/b-example-[0-9a-f]{8}\/feeds\/news\/rss\.xml$/),
    ])
    expect(made.map(({ identity }) => identity)).toEqual(made.map(({ id }) => `${id}@daily/2026-06-29`))
  })

  it('say which address holds which bytes', () => {
    const [made] = announcementsOf(['feeds/news/atom.xml'], ['https://hub.example/'])
    expect(JSON.parse(made?.content ?? '')).toEqual({
      hub: 'https://hub.example/',
      topic: `${PUBLIC_URL}/feeds/news/atom.xml`,
      sha256: sha256(NEW),
    })
    expect(made).toMatchObject({ mediaType: 'application/json', mayLeave: true })
    expect(made?.title).toBe('WebSub: hub.example is told of feeds/news/atom.xml')
    expect(made?.basis).toBeUndefined()
  })

  it('are none without hubs, and none of what may not leave', () => {
    expect(announcementsOf(['rss.xml'], [])).toEqual([])
    const held = { ...fileOf('rss.xml', NEW), mayLeave: false }
    expect(announcements([held], ['https://hub.example/'], PUBLIC_URL, edition)).toEqual([])
  })

  it('never share an id, and hold one safe in a file name, whatever the hubs are called', () => {
    const hubs = [
      'https://hub.example/a',
      'https://hub.example/b',
      'https://hub.example:8443/a',
      'https://[::1]/',
      'https://例え.example/<script>"',
      `https://${'long.'.repeat(40)}example/`,
      'https://hub.example/a',
    ]
    const made = announcementsOf(['rss.xml'], hubs)
    expect(new Set(made.map(({ id }) => id)).size).toBe(6)
    for (const { id, page } of made) {
      expect(id).toMatch(/^websub\/[a-z0-9-]{1,70}\/rss\.xml$/)
      expect(page).not.toMatch(/<script/)
    }
  })
})

describe('the hubs in the settings', () => {
  it('are in the one form that feeds, Link headers and announcements share, and each is there once', () => {
    const hubs = ['https://HUB.example', 'https://hub.example:443/', 'https://b.example/ä?x=1']
    expect(feedsChannel.settings.parse({ hubs })).toMatchObject({
      hubs: ['https://hub.example/', 'https://b.example/%C3%A4?x=1'],
    })
  })

  it.each([
    'https://mara:secret@hub.example/',
    'https://hub.example/#x',
    ' https://hub.example/',
    'https://hub.example/a b',
    'https://hub.example/\n',
    'ftp://hub.example/',
    'hub.example',
  ])('are not %j', (hub) => {
    expect(feedsChannel.settings.safeParse({ hubs: [hub] }).success).toBe(false)
  })
})

interface World {
  readonly clock: TestClock
  readonly notes: ReturnType<typeof testNotes>
  readonly files: ReturnType<typeof createFiles>
  /** As a new process would open it. */
  readonly open: (how?: { readonly atOnce: boolean; readonly hubs?: readonly string[] }) => Sender
}

async function worldWith(hubs: readonly string[], content = NEW): Promise<World> {
  const clock = testClock()
  const notes = testNotes()
  const files = createFiles(await temporaryFolder())
  for (const id of ['rss.xml', 'atom.xml', 'feed.json']) await files.write(`public/${id}`, content)
  const house = { ...contextOf([]).house, publicUrl: PUBLIC_URL, secret: 'not used here', installation: 'here' }
  const ports = channelPorts({ clock, notes, files, api: createApi({ userAgent: 'groundwire/test' }) })
  const open: World['open'] = (how) =>
    feedsChannel.open(feedsChannel.settings.parse({ hubs: how?.hubs ?? hubs }), ports, house, how)
  return { clock, notes, files, open }
}

async function hubWith(fault?: HubFault): Promise<TestHub> {
  const hub = await startHub()
  onTestFinished(() => hub.close())
  hub.setFault(() => fault ?? { status: 202 })
  return hub
}

async function tell(sender: Sender, rendering: Rendering | undefined, over?: Partial<LedgerEntry>): Promise<Outcome> {
  if (!rendering) throw new Error('nothing to announce')
  const [outcome] = await sender.send(attemptOf(rendering, over), never)
  if (!outcome) throw new Error('no outcome')
  return outcome
}

describe('an announcement', () => {
  it('tells the hub which address has changed, once its bytes are there', async () => {
    const hub = await hubWith()
    const topics: string[] = []
    hub.onPublish((topic) => topics.push(topic))
    const world = await worldWith([hub.url])
    const [rss] = announcementsOf(['rss.xml'], [hub.url])
    expect(await tell(world.open(), rss)).toEqual({
      kind: 'sent',
      remoteId: `${new URL(hub.url).host} ${sha256(NEW)}`,
      url: `${PUBLIC_URL}/rss.xml`,
    })
    expect(topics).toEqual([`${PUBLIC_URL}/rss.xml`])
    expect(world.open().replayWindowMs).toBe(Infinity)
    expect(world.notes.values.size).toBe(0)
  })

  it.each([
    ['nothing', undefined],
    ['older bytes', '<rss>old</rss>\n'],
  ])('waits a minute, and tells nobody, while %s lies in public/', async (_, content) => {
    const hub = await hubWith()
    const world = await worldWith([hub.url])
    const [news] = announcementsOf(['feeds/news/rss.xml'], [hub.url])
    if (content !== undefined) await world.files.write('public/feeds/news/rss.xml', content)
    expect(await tell(world.open(), news)).toMatchObject({
      kind: 'later',
      notBefore: new Date('2026-06-29T05:01:00.000Z'),
      reason: expect.stringContaining('public/feeds/news/rss.xml'),
    })
    expect(hub.asked()).toBe(0)
    await world.files.write('public/feeds/news/rss.xml', NEW)
    expect(await tell(world.open(), news)).toMatchObject({ kind: 'sent' })
  })

  it('waits while its file cannot be read', async () => {
    const hub = await hubWith()
    const world = await worldWith([hub.url])
    await world.files.write('public/feeds/news/rss.xml/x', 'a folder')
    const [news] = announcementsOf(['feeds/news/rss.xml'], [hub.url])
    expect(await tell(world.open(), news)).toMatchObject({ kind: 'later', reason: expect.stringContaining('folder') })
  })

  it('is over when its hub is no longer configured, or a newer edition has replaced what it said', async () => {
    const hub = await hubWith()
    const world = await worldWith([hub.url])
    const [rss] = announcementsOf(['rss.xml'], [hub.url])
    expect(await tell(world.open({ atOnce: false, hubs: [] }), rss)).toMatchObject({
      kind: 'rejected',
      reason: `${new URL(hub.url).host} is no longer configured`,
    })
    expect(await tell(world.open(), rss && { ...rss, content: '' })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('no longer kept'),
    })
    expect(hub.asked()).toBe(0)
  })

  it.each<[string, HubFault, Outcome['kind'], RegExp]>([
    ['500', hubFaults.broken, 'later', /answered 500: Internal Server Error$/],
    ['503 without a word', { status: 503 }, 'later', /answered 503$/],
    ['429', hubFaults.busy('120'), 'later', /answered 429$/],
    ['an HTML page', hubFaults.page, 'rejected', /answered 404$/],
    [
      'a refusal',
      { status: 400, body: 'No.\u0007 Ask \u202Emara@reader.example\nsecond line' },
      'rejected',
      /400: No\. Ask …$/,
    ],
    ['a redirect', hubFaults.moved, 'rejected', /answered 308: it leads elsewhere/],
    ['a connection that breaks off', 'reset', 'unknown', /broke off/],
    ['a connection that breaks off when it has acted', 'accept-then-reset', 'unknown', /broke off/],
    ['a long answer', { status: 403, body: 'x'.repeat(5000) }, 'rejected', /answered 403: x{160}$/],
    ['an endless page', { status: 403, body: 'x'.repeat(300_000) }, 'rejected', /answered 403: x{160}$/],
    ['success with too much to say', { status: 200, body: 'x'.repeat(300_000) }, 'sent', /^$/],
  ])('that meets %s', async (_, fault, kind, reason) => {
    const hub = await hubWith(fault)
    const world = await worldWith([hub.url])
    const outcome = await tell(world.open(), announcementsOf(['rss.xml'], [hub.url])[0])
    expect(outcome.kind).toBe(kind)
    expect('reason' in outcome ? outcome.reason : '').toMatch(reason)
    expect('reason' in outcome ? outcome.reason : '').not.toMatch(/reader\.example|\n/)
  })

  it.each([
    [200, 'sent'],
    [400, 'rejected'],
  ])('that meets a %i whose words do not end is %s, and the connection is let go', async (status, kind) => {
    const gone = Promise.withResolvers<void>()
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'text/plain' }).write('No.')
      response.once('close', () => gone.resolve())
    })
    const url = await listen(server)
    onTestFinished(() => close(server))
    const { clock, notes, files } = await worldWith([url])
    // As the real one, ten times as fast.
    const fast = { ...clock, deadline: (ms: number) => AbortSignal.timeout(ms / 10) }
    const house = { ...contextOf([]).house, secret: 'not used here', installation: 'here' }
    const api = createApi({ userAgent: 'groundwire/test' })
    const ports = channelPorts({ clock: fast, notes, files, api })
    const sender = feedsChannel.open(feedsChannel.settings.parse({ hubs: [url] }), ports, house)
    const begun = performance.now()
    expect(await tell(sender, announcementsOf(['rss.xml'], [url])[0])).toMatchObject({ kind })
    await gone.promise
    expect(performance.now() - begun).toBeLessThan(3000)
  })

  it('of which no byte has left is known not to have arrived', async () => {
    const server = createServer()
    const url = await listen(server)
    await close(server)
    const world = await worldWith([url])
    const outcome = await tell(world.open(), announcementsOf(['rss.xml'], [url])[0])
    expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('could not be reached') })
  })

  it('that gets no answer is in doubt after four seconds', async () => {
    const hub = await hubWith('hang')
    const { clock, notes, files } = await worldWith([hub.url])
    const real = createApi({ userAgent: 'groundwire/test' })
    const asked: number[] = []
    const api: Api = {
      ...real,
      post(request, signal) {
        asked.push(request.timeoutMs, request.maxBytes)
        return real.post({ ...request, timeoutMs: 100 }, signal)
      },
    }
    const house = { ...contextOf([]).house, secret: 'not used here', installation: 'here' }
    const settings = feedsChannel.settings.parse({ hubs: [hub.url] })
    const sender = feedsChannel.open(settings, channelPorts({ clock, notes, files, api }), house)
    const [rss, atom] = announcementsOf(['rss.xml', 'atom.xml'], [hub.url])
    expect(await tell(sender, rss)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('did not answer'),
    })
    expect(asked).toEqual([4000, 65_536])
    // Nobody waits for it again.
    expect(await tell(sender, atom)).toMatchObject({ kind: 'later', reason: expect.stringContaining('did not answer') })
    expect(asked).toHaveLength(2)
  })
})

describe('a hub that does not answer', () => {
  it('is called once for all that it is to be told, and then less and less often', async () => {
    const hub = await hubWith(hubFaults.broken)
    const world = await worldWith([hub.url])
    const all = announcementsOf(['rss.xml', 'atom.xml', 'feed.json'], [hub.url])
    const pauses: number[] = []
    for (let pass = 1; pass <= 11; pass += 1) {
      // Each pass is a process of its own.
      const sender = world.open()
      const outcomes: Outcome[] = []
      for (const each of all) outcomes.push(await tell(sender, each))
      expect(hub.asked()).toBe(pass)
      const until = outcomes.map((outcome) => (outcome.kind === 'later' ? outcome.notBefore.getTime() : 0))
      expect(new Set(until).size).toBe(1)
      pauses.push((Number(until[0]) - world.clock.now().getTime()) / 1000)
      world.clock.advance(Number(until[0]) - world.clock.now().getTime())
    }
    // The second is longer than a pass stays for what is due again soon.
    expect(pauses).toEqual([5, 180, 360, 720, 1440, 2880, 3600, 3600, 3600, 3600, 3600])
    hub.setFault(() => ({ status: 204 }))
    for (const each of all) expect(await tell(world.open(), each)).toMatchObject({ kind: 'sent' })
    expect(world.notes.values.size).toBe(0)
  })

  it('keeps no other from being told', async () => {
    const [dead, well] = [await hubWith('reset'), await hubWith()]
    const world = await worldWith([dead.url, well.url])
    const sender = world.open()
    const kinds: string[] = []
    for (const each of announcementsOf(['rss.xml', 'atom.xml'], [dead.url, well.url]))
      kinds.push((await tell(sender, each)).kind)
    expect(kinds).toEqual(['unknown', 'sent', 'later', 'sent'])
  })

  it.each([
    ['in seconds', '7200', '2026-06-29T07:00:00.000Z'],
    ['as a date', 'Mon, 29 Jun 2026 05:30:00 GMT', '2026-06-29T05:30:00.000Z'],
    ['for longer than a day', '999999999', '2026-06-30T05:00:00.000Z'],
    ['in the past', 'Mon, 29 Jun 2020 05:30:00 GMT', '2026-06-29T05:00:05.000Z'],
    ['in words', 'soon', '2026-06-29T05:00:05.000Z'],
  ])('says %s when it may be called again', async (_, retryAfter, expected) => {
    const hub = await hubWith(hubFaults.busy(retryAfter))
    const world = await worldWith([hub.url])
    const all = announcementsOf(['rss.xml', 'atom.xml'], [hub.url])
    for (const each of all)
      expect(await tell(world.open(), each)).toMatchObject({ kind: 'later', notBefore: new Date(expected) })
    expect(hub.asked()).toBe(1)
  })

  it('is left alone for longer and longer however soon it wants to be called again', async () => {
    const hub = await hubWith(hubFaults.busy('1'))
    const world = await worldWith([hub.url])
    const [rss] = announcementsOf(['rss.xml'], [hub.url])
    for (const seconds of [5, 180, 360]) {
      const until = new Date(world.clock.now().getTime() + seconds * 1000)
      expect(await tell(world.open(), rss)).toMatchObject({ kind: 'later', notBefore: until })
      world.clock.set(until.toISOString())
    }
    expect(hub.asked()).toBe(3)
  })

  it('is called at once when a person wants it now, but not for every announcement', async () => {
    const hub = await hubWith(hubFaults.busy('7200'))
    const world = await worldWith([hub.url])
    const all = announcementsOf(['rss.xml', 'atom.xml'], [hub.url])
    await tell(world.open(), all[0])
    const hasty = world.open({ atOnce: true })
    for (const each of all) await tell(hasty, each)
    expect(hub.asked()).toBe(2)
  })

  it.each<[string, HubFault]>([
    ['answers with an error', hubFaults.broken],
    ['breaks off', 'reset'],
  ])('for a day is given up, after one more try: %s', async (_, fault) => {
    const hub = await hubWith(fault)
    const world = await worldWith([hub.url])
    const [rss] = announcementsOf(['rss.xml'], [hub.url])
    await tell(world.open(), rss)
    world.clock.advance(23 * HOUR_MS)
    expect(await tell(world.open(), rss)).not.toMatchObject({ kind: 'rejected' })
    world.clock.advance(2 * HOUR_MS)
    expect(await tell(world.open(), rss)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^given up after a day \(.*\); readers find the change when they next ask$/),
    })
    expect(hub.asked()).toBe(3)
    // The next edition begins anew.
    const [next] = announcements([fileOf('rss.xml', NEW)], [hub.url], PUBLIC_URL, { id: 'daily/2026-06-30' })
    world.clock.advance(2 * HOUR_MS)
    expect(await tell(world.open(), next)).not.toMatchObject({ kind: 'rejected' })
  })

  it('is not given up for what an older edition could not tell it', async () => {
    const hub = await hubWith(hubFaults.broken)
    const world = await worldWith([hub.url])
    await tell(world.open(), announcementsOf(['rss.xml'], [hub.url])[0])
    world.clock.advance(25 * HOUR_MS)
    const [next] = announcements([fileOf('rss.xml', NEW)], [hub.url], PUBLIC_URL, { id: 'daily/2026-06-30' })
    expect(await tell(world.open(), next)).toMatchObject({ kind: 'later' })
    // As many notes as there are documents and hubs, however many editions.
    expect(world.notes.values.size).toBe(2)
  })

  it('is not waited for by a clock that was set back', async () => {
    const hub = await hubWith(hubFaults.busy('7200'))
    const world = await worldWith([hub.url])
    const [rss] = announcementsOf(['rss.xml'], [hub.url])
    await tell(world.open(), rss)
    world.clock.set('2026-06-01T05:00:00.000Z')
    await tell(world.open(), rss)
    expect(hub.asked()).toBe(2)
  })
})
