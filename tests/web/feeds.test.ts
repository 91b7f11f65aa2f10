import { unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:net'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/domain/hash.ts'
import { memoryLog } from './fixture.ts'
import { feedSite, RSS, WRITTEN, type FeedSite } from './feed-site.ts'

const TAG = `"${sha256(RSS)}"`
const HUBS = ['https://hub.example/', 'https://other.example/websub?x=1']

/** The status line of the answer to a request as it stands. */
function raw(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write(`${request}Connection: close\r\n\r\n`),
    )
    let text = ''
    socket.on('data', (piece: Buffer) => (text += piece.toString('latin1'))).on('error', reject)
    socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''))
  })
}

/** Asks, and takes nothing but the beginning of what comes. */
function slow(url: string): { readonly begun: Promise<void>; readonly end: () => void } {
  const begun = Promise.withResolvers<void>()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET /rss.xml HTTP/1.1\r\nHost: a.example\r\n\r\n')
  socket.once('error', begun.reject).once('data', () => {
    socket.pause()
    begun.resolve()
  })
  return { begun: begun.promise, end: () => void socket.destroy() }
}

let site: FeedSite
beforeEach(async () => {
  site = await feedSite({ hubs: HUBS })
})
afterEach(() => site.close())

// What the server keeps in memory it answers itself; everything else goes through the routes. Both must say the same.
describe.each([
  ['asked for the first time', false],
  ['kept in memory', true],
])('a feed that is %s', (_how, isKept) => {
  beforeEach(async () => {
    await site.publish('rss.xml', RSS)
    if (isKept) await site.ask('/rss.xml')
  })

  it('comes byte for byte, for any site, for half an hour, and as a page that browsers draw', async () => {
    const { status, headers, body } = await site.ask('/rss.xml?from=somewhere')
    expect(status).toBe(200)
    expect(body.toString()).toBe(RSS)
    expect(headers).toMatchObject({
      'content-type': 'application/xml; charset=utf-8',
      'content-length': String(Buffer.byteLength(RSS)),
      'cache-control': 'public, max-age=1800',
      etag: TAG,
      'last-modified': WRITTEN,
      vary: 'Accept-Encoding',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag, Last-Modified, Link',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*; style-src 'self'$/)
    for (const name of ['set-cookie', 'expires', 'content-encoding']) expect(headers[name]).toBeUndefined()
  })

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('comes as %s to who takes that, under a tag of its own', async (encoding, unpack) => {
    const { headers, body } = await site.ask('/rss.xml', { 'accept-encoding': encoding })
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers['content-length']).toBe(String(body.byteLength))
    expect(headers['vary']).toBe('Accept-Encoding')
    expect(headers['etag']).toBe(`"${sha256(body)}"`)
    expect(headers['etag']).not.toBe(TAG)
    expect(unpack(body).toString()).toBe(RSS)
    const known = { 'accept-encoding': encoding, 'if-none-match': String(headers['etag']) }
    expect((await site.ask('/rss.xml', known)).status).toBe(304)
    expect((await site.ask('/rss.xml', { ...known, 'accept-encoding': 'identity' })).status).toBe(200)
  })

  it.each([TAG, `W/${TAG}`, `"other" , ${TAG}`, `"a, b",W/${TAG}`, '*', ' * '])(
    'is not sent again to who has it: If-None-Match %s',
    async (tag) => {
      const { status, headers, body } = await site.ask('/rss.xml', { 'if-none-match': tag })
      expect([status, body.byteLength]).toEqual([304, 0])
      expect(headers).toMatchObject({
        etag: TAG,
        'last-modified': WRITTEN,
        'cache-control': 'public, max-age=1800',
        vary: 'Accept-Encoding',
        'access-control-allow-origin': '*',
      })
      expect(headers['link']).toContain('rel="hub"')
    },
  )

  it.each([
    ['the date it has', { 'if-modified-since': WRITTEN }, 304],
    ['a later date', { 'if-modified-since': 'Tue, 30 Jun 2026 00:00:00 GMT' }, 200],
    ['an earlier date', { 'if-modified-since': 'Mon, 29 Jun 2026 04:29:59 GMT' }, 200],
    [
      'another tag with a date that would do: the tag wins',
      { 'if-none-match': '"x"', 'if-modified-since': WRITTEN },
      200,
    ],
    ['a tag without quotes', { 'if-none-match': sha256(RSS) }, 200],
    ['an empty list of tags', { 'if-none-match': '' }, 200],
    ['what is no date', { 'if-modified-since': '2027-01-01' }, 200],
    ['a day that no calendar has', { 'if-modified-since': 'Mon, 99 Jun 2027 04:29:59 GMT' }, 200],
  ])('asked again with %s: %j gives %i', async (_with, headers, status) => {
    expect((await site.ask('/rss.xml', headers)).status).toBe(status)
  })

  it.each([{}, { 'accept-encoding': 'br' }, { 'if-none-match': TAG }])(
    'answers HEAD with the same headers and no body: %j',
    async (headers) => {
      const get = await site.ask('/rss.xml', headers)
      const head = await site.ask('/rss.xml', headers, 'HEAD')
      expect(head.body.byteLength).toBe(0)
      expect(head.status).toBe(get.status)
      expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' })
    },
  )

  it('names the hubs and itself in one Link header (WebSub)', async () => {
    const { headers } = await site.ask('/rss.xml')
    expect(headers['link']).toBe(
      '<https://hub.example/>; rel="hub", <https://other.example/websub?x=1>; rel="hub", <https://wire.morningcheck.example/rss.xml>; rel="self"',
    )
  })

  it('is what lies in public/ at the very moment that it is asked for', async () => {
    for (const text of ['<rss>one</rss>', '<rss>two</rss>', '<rss>two</rss> ']) {
      await site.publish('rss.xml', text)
      const [plain, packed] = [await site.ask('/rss.xml'), await site.ask('/rss.xml', { 'accept-encoding': 'br' })]
      expect([plain.body.toString(), brotliDecompressSync(packed.body).toString()]).toEqual([text, text])
    }
    unlinkSync(join(site.folder, 'public/rss.xml'))
    expect((await site.ask('/rss.xml')).status).toBe(404)
  })

  it('has no date in the second of its writing nor from the future: another write could get the same', async () => {
    const path = join(site.folder, 'public/rss.xml')
    for (const [ageMs, isDated] of [
      [-60_000, false],
      [0, false],
      [1990, false],
      [2000, true],
    ] as const) {
      const seconds = (site.clock.now().getTime() - ageMs) / 1000
      utimesSync(path, seconds, seconds)
      const { status, headers } = await site.ask('/rss.xml', {
        'if-modified-since': new Date(Math.floor(seconds) * 1000).toUTCString(),
      })
      expect([status, headers['last-modified'] !== undefined]).toEqual(isDated ? [304, true] : [200, false])
    }
  })

  it('comes unpacked where its packed form is missing, torn, of other bytes, or a bomb', async () => {
    const sibling = join(site.folder, 'public/rss.xml.br')
    const asked = () => site.ask('/rss.xml', { 'accept-encoding': 'br' })
    unlinkSync(sibling)
    await site.publish('atom.xml', RSS)
    utimesSync(join(site.folder, 'public/rss.xml'), 1000, 1000)
    expect((await asked()).headers['content-encoding']).toBeUndefined()
    const whole = brotliCompressSync(RSS)
    const bomb = brotliCompressSync(Buffer.alloc(5_000_000))
    for (const bytes of [whole.subarray(0, -9), brotliCompressSync('other'), bomb, Buffer.of()]) {
      writeFileSync(sibling, bytes)
      const { headers, body } = await asked()
      expect([headers['content-encoding'], headers['etag'], body.toString()]).toEqual([undefined, TAG, RSS])
    }
    writeFileSync(sibling, whole)
    expect((await asked()).headers['content-encoding']).toBe('br')
  })
})

describe('what goes with the feeds', () => {
  it.each([
    ['/atom.xml', 'atom.xml', 'application/xml; charset=utf-8', true],
    ['/feed.json', 'feed.json', 'application/feed+json; charset=utf-8', true],
    ['/feeds/news/rss.xml', 'feeds/news/rss.xml', 'application/xml; charset=utf-8', true],
    ['/feeds/editions/feed.json', 'feeds/editions/feed.json', 'application/feed+json; charset=utf-8', true],
    ['/feeds/archive/2026-06/atom.xml', 'feeds/archive/2026-06/atom.xml', 'application/xml; charset=utf-8', false],
    [
      '/feeds/a-1/archive/2026-06/rss.xml',
      'feeds/a-1/archive/2026-06/rss.xml',
      'application/xml; charset=utf-8',
      false,
    ],
    ['/feeds', 'feeds/index.html', 'text/html; charset=utf-8', false],
    ['/feeds/feeds.opml', 'feeds/feeds.opml', 'text/x-opml; charset=utf-8', false],
    ['/feeds/feed.css', 'feeds/feed.css', 'text/css; charset=utf-8', false],
    ['/llms.txt', 'llms.txt', 'text/plain; charset=utf-8', false],
    ['/llms-full.txt', 'llms-full.txt', 'text/plain; charset=utf-8', false],
  ])('%s is public/%s as %s; told to hubs: %j', async (path, file, type, isTold) => {
    await site.publish(file, RSS)
    for (const encoding of ['br', 'br, gzip']) {
      const { status, headers, body } = await site.ask(path, { 'accept-encoding': encoding })
      expect([status, headers['content-type'], headers['link'] !== undefined]).toEqual([200, type, isTold])
      expect(brotliDecompressSync(body).toString()).toBe(RSS)
    }
  })

  it('lets the list of feeds draw itself, and never run anything', async () => {
    await site.publish('feeds/index.html', '<style></style>')
    const { headers } = await site.ask('/feeds')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("style-src 'unsafe-inline'")
    expect(headers['content-security-policy']).not.toContain('script-src')
  })

  it('names no hub where none is told', async () => {
    const quiet = await feedSite()
    await quiet.publish('rss.xml', RSS)
    expect((await quiet.ask('/rss.xml')).headers['link']).toBeUndefined()
    await quiet.close()
  })

  it('may be asked for by a page of another site, with a tag', async () => {
    const { status, headers } = await site.ask(
      '/feeds/news/atom.xml',
      {
        origin: 'https://reader.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'if-none-match',
      },
      'OPTIONS',
    )
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,HEAD',
      'access-control-allow-headers': 'if-none-match',
    })
  })

  it('can only be read', async () => {
    await site.publish('rss.xml', RSS)
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await site.ask('/rss.xml', {}, method)).status).toBe(405)
  })

  it.each([
    ['two hosts', 'GET /rss.xml HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n'],
    ['no host', 'GET /rss.xml HTTP/1.0\r\n'],
    ['an odd host', 'GET /rss.xml HTTP/1.1\r\nHost: a b/c?\r\n'],
    ['an address that is none', 'GET /rss.xml HTTP/1.1\r\nHost: 1.2.3.999\r\n'],
    [
      'two dates',
      `GET /rss.xml HTTP/1.1\r\nHost: a.example\r\nIf-Modified-Since: ${WRITTEN}\r\nIf-Modified-Since: x\r\n`,
    ],
  ])('are answered alike, kept in memory or not, to who names %s', async (_, request) => {
    await site.publish('rss.xml', RSS)
    const answers = [await raw(site.url, request)]
    await site.ask('/rss.xml')
    answers.push(await raw(site.url, request))
    expect(answers[1]).toBe(answers[0])
    expect(answers[0]).toMatch(/^HTTP\/1\.1 \d{3}/)
  })

  it('come to fifty slow clients that ask at once without a copy for each', async () => {
    const text = 'x'.repeat(4_000_000)
    await site.publish('rss.xml', text)
    const before = process.memoryUsage().arrayBuffers
    const asked = Array.from({ length: 50 }, () => slow(site.url))
    await Promise.all(asked.map(({ begun }) => begun))
    const grown = process.memoryUsage().arrayBuffers - before
    for (const { end } of asked) end()
    expect(grown).toBeLessThan(20 * text.length)
  })

  it('are not served in a preview to who is not on this machine', async () => {
    const preview = await feedSite({ mode: 'preview' })
    await preview.publish('rss.xml', RSS)
    expect((await preview.ask('/rss.xml')).status).toBe(200)
    for (const host of ['rebound.example', 'rebound.example:80'])
      expect((await preview.ask('/rss.xml', { host })).status).toBe(403)
    await preview.close()
  })

  it('say in the log what cannot be read', async () => {
    const log = memoryLog()
    const broken = await feedSite({
      log,
      files: {
        ...site.files,
        stamp: () => {
          throw new Error('permission is denied')
        },
      },
    })
    expect((await broken.ask('/rss.xml')).status).toBe(500)
    expect(log.errors).toEqual(['GET /rss.xml failed: permission is denied'])
    await broken.close()
  })
})

describe('where there is no feed', () => {
  it.each(['/rss.xml', '/feeds/news/atom.xml', '/llms.txt'])(
    '%s says plainly that there is none yet, and keeps no cache of that',
    async (path) => {
      const { status, headers, body } = await site.ask(path)
      expect(status).toBe(404)
      expect(headers['content-type']).toContain('text/plain')
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['access-control-allow-origin']).toBe('*')
      expect(body.toString()).toBe('The feeds begin with the first edition. None has left yet.\n')
    },
  )

  it('the list says so in the look of the house', async () => {
    const { status, headers, body } = await site.ask('/feeds')
    expect(status).toBe(404)
    expect(headers['content-type']).toContain('text/html')
    expect(body.toString()).toContain('<h1>Feeds</h1>')
    expect(body.toString()).toContain('The feeds begin with the first edition.')
  })

  it('leads to those there are', async () => {
    await site.publish('rss.xml', RSS)
    expect((await site.ask('/feeds/none/rss.xml')).body.toString()).toContain('Those there are stand at /feeds.')
    expect((await site.ask('/feeds')).body.toString()).toContain('made with the next edition')
  })

  it('leads from /feeds/ to /feeds', async () => {
    const { status, headers } = await site.ask('/feeds/')
    expect([status, headers['location']]).toEqual([301, '../feeds'])
  })

  it.each([
    '/rss.xml.br',
    '/rss.xml.gz',
    '/feeds/feed.css.br',
    '/feeds/index.html.br',
    '/feeds/.d29ya2Vy.0123abcd.tmp',
    '/.d29ya2Vy.0123abcd.tmp',
    '/feeds/rss.xml',
    '/feeds/News/rss.xml',
    '/feeds/-news/rss.xml',
    '/feeds/..%2f..%2fgroundwire.db',
    '/feeds/news%2farchive/2026-06/rss.xml',
    '/feeds//rss.xml',
    '/feeds/archive/rss.xml',
    '/feeds/archive/2026-6/rss.xml',
    '/feeds/archive/2026-06/index.html',
    '/feeds/news/archive/2026-06/x/rss.xml',
    `/feeds/${'a'.repeat(65)}/rss.xml`,
    '/feeds/news/rss.xml%00',
    '/feeds/constructor',
    '/constructor',
    '/__proto__',
  ])('%s is not found before the disk is asked', async (path) => {
    const asked: string[] = []
    const spied = await feedSite({
      files: {
        ...site.files,
        stamp: (name) => void asked.push(name),
        readBytes: async (name) => void asked.push(name),
      },
    })
    const { status, body } = await spied.ask(path)
    await spied.close()
    expect([status, asked]).toEqual([404, []])
    expect(body.toString()).toContain('<h1>Not found</h1>')
  })
})
