import { once } from 'node:events'
import { connect, Server } from 'node:net'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Quick } from '../../src/web/feeds.ts'
import { serve, ServeError, type Served, type Site } from '../../src/web/serve.ts'

const opened: Served[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()))
})

async function open(app: Site, port = 0, signal?: AbortSignal): Promise<Served> {
  const served = await serve(app, { port }, signal)
  opened.push(served)
  return served
}

const hello = new Hono().get('/', (c) => c.text('hello'))

describe('serve', () => {
  it('picks a free port on loopback and says where it is', async () => {
    const { url } = await open(hello)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
    expect(await (await fetch(url)).text()).toBe('hello')
  })

  it('says which port is taken and what to do', async () => {
    const { url } = await open(hello)
    const port = Number(new URL(url).port)
    const error = await open(hello, port).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ServeError)
    expect(String(error)).toContain(`Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or choose`)
  })

  it('says which address this machine does not have', async () => {
    await expect(serve(hello, { port: 0, host: '203.0.113.1' })).rejects.toThrow('has no address 203.0.113.1')
  })

  it('finishes what is under way when it is told to stop, then frees the port', async () => {
    const controller = new AbortController()
    const answer = Promise.withResolvers<undefined>()
    const arrived = Promise.withResolvers<undefined>()
    const slow = new Hono().get('/', async (c) => {
      arrived.resolve(undefined)
      await answer.promise
      return c.text('done')
    })
    const served = await open(slow, 0, controller.signal)
    const response = fetch(served.url)
    await arrived.promise
    controller.abort()
    answer.resolve(undefined)
    expect(await (await response).text()).toBe('done')
    const asked = performance.now()
    await served.close()
    expect(performance.now() - asked).toBeLessThan(1_000)
    await expect(fetch(served.url)).rejects.toThrow('fetch failed')
  })

  it('lets what the app can say at once be said first, and asks the pages for all else', async () => {
    const asked: (string | undefined)[] = []
    const quick: Quick = ({ url }, outgoing) => {
      asked.push(url)
      if (url !== '/quick') return false
      outgoing.writeHead(200, ['X-From', 'quick']).end('at once')
      return true
    }
    const { url } = await open(
      Object.assign(
        new Hono().get('/', (c) => c.text('hello')),
        { quick },
      ),
    )
    const first = await fetch(`${url}/quick`)
    expect([first.headers.get('X-From'), await first.text()]).toEqual(['quick', 'at once'])
    expect(await (await fetch(url)).text()).toBe('hello')
    expect(asked).toEqual(['/quick', '/'])
  })

  it('is not held open by an idle connection', async () => {
    const { url, close } = await open(hello)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    const ended = once(socket, 'close')
    await close()
    expect(await ended).toEqual([false])
  })

  it('gives nobody longer than half a minute to send a request, nor more connections than it can hold', async () => {
    const listening = vi.spyOn(Server.prototype, 'listen')
    try {
      await open(hello)
      expect(listening.mock.contexts[0]).toMatchObject({
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        maxConnections: 1_000,
      })
    } finally {
      listening.mockRestore()
    }
  })

  it('closes twice without complaint, and at once when it was told to stop before it began', async () => {
    const { url, close } = await open(hello, 0, AbortSignal.abort())
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    await close()
    await close()
  })
})
