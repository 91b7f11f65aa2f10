import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { isPrivateAddress } from '../../src/world/http-private.ts'
import { createHttp, HttpError } from '../../src/world/http.ts'

const limits = { timeoutMs: 5_000, maxBytes: 100_000 }
const http = createHttp({ allowPrivate: true, userAgent: 'groundwire/0.0.0' })
const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

const echo = (request: IncomingMessage, response: ServerResponse): void => {
  response.setHeader('etag', '"v1"').end(JSON.stringify({ url: request.url, ...request.headers }))
}

describe('guarded http', () => {
  it('sends the headers and its name, and gives status, address, headers and body', async () => {
    const base = await serve(echo)
    const response = await http.get({ url: `${base}/a?b=1`, headers: { 'if-none-match': '"v0"' }, ...limits })
    expect(response).toMatchObject({ status: 200, url: `${base}/a?b=1` })
    expect(response.header('etag')).toBe('"v1"')
    expect(response.header('absent')).toBeUndefined()
    expect(JSON.parse(await textOf(response.body))).toMatchObject({
      'if-none-match': '"v0"',
      'user-agent': 'groundwire/0.0.0',
    })
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('reads a body compressed with %s', async (encoding, compress) => {
    const base = await serve((_, response) => response.setHeader('content-encoding', encoding).end(compress('tide')))
    expect(await textOf((await http.get({ url: base, ...limits })).body)).toBe('tide')
  })

  it('counts the limit after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    const base = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end(bomb))
    const response = await http.get({ url: base, ...limits })
    expect(bomb.byteLength).toBeLessThan(limits.maxBytes)
    expect(await failure(textOf(response.body))).toMatchObject({ name: 'HttpError', kind: 'too-large' })
  })

  it('refuses a compression that was not asked for', async () => {
    const base = await serve((_, response) => response.setHeader('content-encoding', 'compress').end('x'))
    expect(await failure(http.get({ url: base, ...limits }))).toMatchObject({ kind: 'network' })
  })

  it('follows redirects and tells where it arrived', async () => {
    const base = await serve((request, response) =>
      request.url === '/old' ? response.writeHead(301, { location: 'new' }).end('moved') : response.end('here'),
    )
    const response = await http.get({ url: `${base}/old`, ...limits })
    expect(response.url).toBe(`${base}/new`)
    expect(await textOf(response.body)).toBe('here')
  })

  it('gives up after five redirects', async () => {
    let asked = 0
    const base = await serve((_, response) => response.writeHead(302, { location: `/${(asked += 1)}` }).end())
    expect(await failure(http.get({ url: base, ...limits }))).toMatchObject({ kind: 'redirects' })
    expect(asked).toBe(6)
  })

  it('does not carry credentials to another origin', async () => {
    const other = await serve(echo)
    const base = await serve((_, response) => response.writeHead(302, { location: other }).end())
    const response = await http.get({ url: base, headers: { Authorization: 'x', accept: 'text/plain' }, ...limits })
    const seen: unknown = JSON.parse(await textOf(response.body))
    expect(seen).toMatchObject({ accept: 'text/plain' })
    expect(seen).not.toHaveProperty('authorization')
  })

  it('refuses a redirect to something that is not http', async () => {
    const base = await serve((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
    expect(await failure(http.get({ url: base, ...limits }))).toMatchObject({ kind: 'refused' })
    expect(await failure(http.get({ url: 'ftp://a.example/', ...limits }))).toMatchObject({ kind: 'refused' })
  })

  it('times out when the headers do not come', async () => {
    const base = await serve(() => undefined)
    const error = await failure(http.get({ url: base, timeoutMs: 40, maxBytes: 1 }))
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ kind: 'timeout', message: expect.stringContaining('40 ms') as unknown })
  })

  it('times out when the body stalls', async () => {
    const base = await serve((_, response) => response.write('half'))
    const response = await http.get({ url: base, ...limits, timeoutMs: 200 })
    expect(await failure(textOf(response.body))).toMatchObject({ kind: 'timeout' })
  })

  it('says that a connection was refused, and that a body was cut off', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('half', () => response.destroy())
    })
    const response = await http.get({ url: base, ...limits })
    expect(await failure(textOf(response.body))).toMatchObject({ kind: 'network' })
    for (const close of closers.splice(0)) close()
    expect(await failure(http.get({ url: base, ...limits }))).toMatchObject({ kind: 'network' })
  })

  it('rejects with the reason of the signal, before and during the body', async () => {
    const base = await serve((_, response) => response.write('half'))
    const reason = new Error('stopped by the operator')
    expect(await failure(http.get({ url: base, ...limits }, AbortSignal.abort(reason)))).toBe(reason)
    const abort = new AbortController()
    const response = await http.get({ url: base, ...limits }, abort.signal)
    abort.abort(reason)
    expect(await failure(textOf(response.body))).toBe(reason)
  })
})

describe('private addresses', () => {
  const strict = createHttp()

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://localhost/',
  ])('are refused: %s', async (url) => {
    expect(await failure(strict.get({ url, ...limits }))).toMatchObject({ kind: 'refused' })
  })

  it('are refused for the host of a working server too', async () => {
    const base = await serve((_, response) => response.end('secret'))
    expect(await failure(strict.get({ url: base, ...limits }))).toMatchObject({ kind: 'refused' })
    expect(await failure(strict.get({ url: base.replace('127.0.0.1', 'localhost'), ...limits }))).toMatchObject({
      kind: 'refused',
    })
  })

  it.each(['10.1.2.3', '100.64.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1', '0.0.0.0', '255.255.255.255'])(
    'include %s, also inside IPv6',
    (address) => {
      expect(isPrivateAddress(address)).toBe(true)
      expect(isPrivateAddress(`::ffff:${address}`)).toBe(true)
    },
  )

  it.each(['::', '::1', 'fe80::1', 'fd00::1', 'ff02::1', '64:ff9b::7f00:1', '2002:7f00:1::'])(
    'include %s',
    (address) => {
      expect(isPrivateAddress(address)).toBe(true)
    },
  )

  it.each(['1.1.1.1', '172.32.0.1', '2606:4700::1111', 'a.example'])('do not include %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})
