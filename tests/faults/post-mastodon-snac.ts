import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as listenOn } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import type { Fault } from '../fakes/resend-faults.ts'

export const SNAC = ['/usr/bin/snac', '/usr/local/bin/snac'].find((path) => existsSync(path))

export interface Snac {
  readonly url: string
  readonly token: string
  /** What the account has posted, the newest first. */
  statuses(): Promise<readonly SnacStatus[]>
  close(): Promise<void>
}

const statusSchema = z.object({ id: z.string(), text: z.string(), in_reply_to_id: z.string().nullish() })
type SnacStatus = z.infer<typeof statusSchema>

/** snac, a real server with Mastodon's interface, in a folder of its own, with one account and a token for it. */
export async function startSnac(): Promise<Snac> {
  if (SNAC === undefined) throw new Error('snac is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-snac-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // It asks for address, port, host, prefix and admin's address.
  execFileSync(SNAC, ['init', data], {
    input: `127.0.0.1\n${port}\n127.0.0.1:${port}\n\n\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const file = join(data, 'server.json')
  const settings = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')))
  writeFileSync(
    file,
    JSON.stringify({ ...settings, address: '127.0.0.1', port, host: `127.0.0.1:${port}`, protocol: 'http' }),
  )
  const added = execFileSync(SNAC, ['adduser', data, 'news'], { input: '', stdio: ['pipe', 'pipe', 'pipe'] }).toString()
  const password = /password is (\S+)/.exec(added)?.[1] ?? ''
  const child = spawn(SNAC, ['httpd', data], { stdio: 'ignore' })
  const ended = once(child, 'close')
  await untilUp(url)
  const login = new URLSearchParams({ login: 'news', passwd: password })
  const page = await (await fetch(`${url}/oauth/x-snac-get-token`, { method: 'POST', body: login })).text()
  const token = /[0-9a-f]{32}/.exec(page)?.[0] ?? ''
  const headers = { authorization: `Bearer ${token}` }
  const get = async (path: string): Promise<unknown> => (await fetch(url + path, { headers })).json()
  const { id } = z.object({ id: z.string() }).parse(await get('/api/v1/accounts/verify_credentials'))
  return {
    url,
    token,
    statuses: async () => z.array(statusSchema).parse(await get(`/api/v1/accounts/${id}/statuses?limit=100`)),
    async close() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Stands before a server and spoils answers; what a fault says acts is passed on all the same. */
export async function startSpoiler(
  target: string,
  fault: (call: { readonly method: string; readonly path: string }) => Fault | undefined,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const [method, path] = [incoming.method ?? 'GET', incoming.url ?? '/']
    const pieces: Buffer[] = []
    for await (const piece of incoming) if (Buffer.isBuffer(piece)) pieces.push(piece)
    const spoilt = fault({ method, path })
    const answer = spoilt && !spoilt.acts ? undefined : await pass(target, incoming, Buffer.concat(pieces))
    if (!spoilt && answer) {
      const type = answer.type === undefined ? {} : { 'content-type': answer.type }
      return void outgoing.writeHead(answer.status, type).end(answer.body)
    }
    if (spoilt?.ends === 'answer') return void outgoing.writeHead(spoilt.status, spoilt.headers ?? {}).end(spoilt.body)
    if (spoilt?.ends !== 'hang') incoming.socket.destroy()
  }
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => incoming.socket.destroy())
    serve(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('there is no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Passed {
  readonly status: number
  readonly type: string | undefined
  readonly body: Buffer
}

async function pass(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Passed> {
  const { host: _, connection: __, 'transfer-encoding': ___, ...rest } = headers
  const outgoing = send(new URL(url ?? '/', target), {
    method,
    headers: { ...rest, 'content-length': body.byteLength },
  })
  outgoing.end(body)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  outgoing.on('response', resolve).on('error', reject)
  const response = await promise
  const pieces: Buffer[] = []
  for await (const piece of response) if (Buffer.isBuffer(piece)) pieces.push(piece)
  return { status: response.statusCode ?? 502, type: response.headers['content-type'], body: Buffer.concat(pieces) }
}

async function untilUp(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(`${url}/api/v1/instance`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await setTimeout(50)
  }
  throw new Error('snac did not start')
}

async function freePort(): Promise<number> {
  const server = listenOn()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('there is no port')
  return address.port
}
