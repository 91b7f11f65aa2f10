import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Quick } from './feeds.ts'

export interface Served {
  /** Where a person on this machine can open it; no trailing slash. */
  readonly url: string
  /** Takes no more requests, lets those under way finish (for at most `GRACE_MS`), then frees the port. Safe to call twice. */
  readonly close: () => Promise<void>
}

/** The port could not be opened. The message says which, and what to do. */
export class ServeError extends Error {
  override name = 'ServeError'
}

/** Pages, and what the server may answer itself before they are asked: thousands of pollers ask for the same few bytes. */
export interface Site extends Hono {
  readonly quick?: Quick
}

const GRACE_MS = 5_000

/**
 * Pages are small and requests smaller: whoever takes longer to send one, or holds more connections, keeps others out.
 * Node looks for the late ones as often as its interval says.
 */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }
const MAX_CONNECTIONS = 1_000

/**
 * Opens the app on a port; 0 lets the system pick a free one. Closes by itself when the signal aborts.
 * @throws ServeError when the port cannot be had.
 */
export async function serve(
  app: Site,
  { port, host = '127.0.0.1' }: { readonly port: number; readonly host?: string },
  signal?: AbortSignal,
): Promise<Served> {
  const answer = getRequestListener(app.fetch)
  const server = createServer(LIMITS, (incoming, outgoing) => {
    // A connection lingers after its answer, even when the server is closing and waits for it.
    outgoing.once('close', () => server.listening || server.closeIdleConnections())
    if (app.quick?.(incoming, outgoing) !== true) void answer(incoming, outgoing)
  })
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, port, host)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= stop(server))
  if (signal?.aborted) await close()
  else signal?.addEventListener('abort', () => void close(), { once: true })
  return { url: urlOf(server, host), close }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ServeError(explain(error, port, host), { cause: error })))
    server.listen(port, host, resolve)
  })
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port with --port (0 picks a free one).`
    case 'EACCES':
      return `Port ${port} on ${host} may not be opened by this user. Choose one above 1023 with --port.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set host to 127.0.0.1 in the configuration, or leave it out.`
    default:
      return `Port ${port} on ${host} could not be opened: ${error.message}`
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
