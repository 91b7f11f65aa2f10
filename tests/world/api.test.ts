import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Api, ApiRequest } from '../../src/ports.ts'
import { createApi } from '../../src/world/api.ts'

const open: { close(): unknown; closeAllConnections?(): void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections?.()
    server.close()
  }
})

async function serverThat(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(answer)
  open.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return urlOf(server.address())
}

function urlOf(address: unknown): string {
  const port = typeof address === 'object' && address !== null && 'port' in address ? String(address.port) : '0'
  return `http://127.0.0.1:${port}/emails`
}

const api: Api = createApi({ userAgent: 'groundwire/test' })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function requestTo(url: string, more: Partial<ApiRequest> = {}): ApiRequest {
  return { url, timeoutMs: 5000, maxBytes: 1000, body: [bytes('{"a":'), bytes('1}')], ...more }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** Answers the first request of every connection, and drops the connection at the second. */
async function serverThatForgets(): Promise<string> {
  const server = createServer((request, response) => {
    const { socket } = request
    if (served.has(socket)) socket.resetAndDestroy()
    else response.end('here')
    served.add(socket)
  })
  const served = new WeakSet<object>()
  open.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return urlOf(server.address())
}

describe('A connection that was kept and is closed by the other side', () => {
  test('is made anew for what only reads', async () => {
    const { url, timeoutMs, maxBytes } = requestTo(await serverThatForgets())
    for (let call = 0; call < 3; call += 1)
      expect(await textOf((await api.get({ url, timeoutMs, maxBytes })).body)).toBe('here')
  })

  test('leaves open what became of what writes', async () => {
    const request = requestTo(await serverThatForgets())
    expect(await textOf((await api.post(request)).body)).toBe('here')
    await expect(api.post(request)).rejects.toMatchObject({ name: 'HttpError', kind: 'network' })
  })
})

describe('A call to a service', () => {
  test('carries its parts as one body of known length, its headers and who is calling', async () => {
    const url = await serverThat((request, response) => {
      const { method, headers } = request
      let body = ''
      request.on('data', (piece: Buffer) => (body += piece.toString()))
      request.on('end', () =>
        response.end(
          JSON.stringify([method, headers['content-length'], headers['user-agent'], headers['x-key'], body]),
        ),
      )
    })
    const answer = await api.post(requestTo(url, { headers: { 'x-key': 'k' } }))
    expect(answer.status).toBe(200)
    expect(JSON.parse(await textOf(answer.body))).toEqual(['POST', '7', 'groundwire/test', 'k', '{"a":1}'])
  })

  test('reports a redirect and does not follow it', async () => {
    const url = await serverThat((_, response) => response.writeHead(307, { location: '/elsewhere' }).end())
    const answer = await api.post(requestTo(url))
    expect([answer.status, answer.header('location')]).toEqual([307, '/elsewhere'])
  })

  test('that reaches nobody is known to be unsent', async () => {
    const server = createTcpServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const url = urlOf(server.address())
    await new Promise((resolve) => server.close(resolve))
    await expect(api.post(requestTo(url))).rejects.toMatchObject({ name: 'HttpError', kind: 'unsent' })
    await expect(api.post(requestTo('ftp://mail.example'))).rejects.toMatchObject({ kind: 'unsent' })
  })

  test('that is given up before it begins is known to be unsent', async () => {
    const url = await serverThat((_, response) => response.end())
    await expect(api.post(requestTo(url), AbortSignal.abort())).rejects.toMatchObject({ kind: 'unsent' })
  })

  test('whose connection is reset may have been acted upon', async () => {
    const url = await serverThat((request) => request.socket.destroy())
    await expect(api.post(requestTo(url))).rejects.toMatchObject({ kind: 'network' })
  })

  test('that is not answered in time may have been acted upon', async () => {
    const url = await serverThat(() => undefined)
    await expect(api.post(requestTo(url, { timeoutMs: 30 }))).rejects.toMatchObject({ kind: 'timeout' })
  })

  test('whose answer breaks off half way may have been acted upon', async () => {
    const url = await serverThat((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"data"', () => response.socket?.destroy())
    })
    const answer = await api.post(requestTo(url))
    await expect(textOf(answer.body)).rejects.toMatchObject({ kind: 'network' })
  })

  test('does not read an answer without end', async () => {
    const url = await serverThat((_, response) => {
      response.write('x'.repeat(2000))
    })
    const answer = await api.post(requestTo(url))
    await expect(textOf(answer.body)).rejects.toMatchObject({ kind: 'too-large' })
  })

  test('says nothing of its headers when it fails', async () => {
    const url = await serverThat((request) => request.socket.destroy())
    const failed = api.post(requestTo(url, { headers: { authorization: 'Bearer very-secret' } }))
    await expect(failed).rejects.not.toThrow('very-secret')
  })

  test('names no credentials and no query of its address when it fails', async () => {
    const url = await serverThat((request) => request.socket.destroy())
    const odd = `${url.replace('://', '://user:hunter22@')}?key=hunter22#hunter22`
    await expect(api.post(requestTo(odd))).rejects.not.toThrow('hunter22')
    await expect(api.get(requestTo('ftp://hunter22@x.example'))).rejects.not.toThrow('hunter22')
    await expect(api.get(requestTo('hunter22'))).rejects.not.toThrow('hunter22')
    await expect(api.post(requestTo(odd))).rejects.toThrow(new URL(url).host)
  })

  test('may be a question without a body', async () => {
    const url = await serverThat((request, response) => {
      response.end(JSON.stringify([request.method, request.headers['content-length'], request.headers['user-agent']]))
    })
    const { url: asked, timeoutMs, maxBytes } = requestTo(url)
    const answer = await api.get({ url: asked, timeoutMs, maxBytes })
    expect(JSON.parse(await textOf(answer.body))).toEqual(['GET', null, 'groundwire/test'])
    await expect(textOf((await api.get({ url, timeoutMs, maxBytes: 5 })).body)).rejects.toMatchObject({
      kind: 'too-large',
    })
  })
})
