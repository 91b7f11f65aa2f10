import * as http from 'node:http'
import * as https from 'node:https'
import type { Api, ApiRequest, HttpRequest, HttpResponse } from '../ports.ts'
import { HttpError } from './http-error.ts'

export interface ApiOptions {
  /** `groundwire/1.2.3`, so that the service can tell who is calling. */
  readonly userAgent: string
}

/**
 * Calls to services that the operator named. Over `node:http`, which hands the parts of a body to the system as they
 * are: a page that a hundred mails share is neither copied nor joined. Connections are kept and used again.
 *
 * What is said of a call names scheme, host and path, and nothing that a query could carry. An answer that comes before all of the request was written is an answer like any other. Compression is not asked for.
 */
export function createApi({ userAgent }: ApiOptions): Api {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
  const call = async (request: Call, signal: AbortSignal | undefined): Promise<HttpResponse> => {
    const deadline = AbortSignal.timeout(request.timeoutMs)
    const stop = signal ? AbortSignal.any([signal, deadline]) : deadline
    const state = { left: false, isStale: false }
    const explain = (error: unknown): unknown => explained(error, request, state.left, deadline, signal)
    try {
      signal?.throwIfAborted()
      const message = await exchange(request, agents, userAgent, stop, state).catch((error: unknown) => {
        // A connection that was kept may have been closed meanwhile. What only reads may be asked again.
        if (!state.isStale || request.body) throw error
        return exchange(request, agents, userAgent, stop, state)
      })
      return { ...answerOf(message, request), body: limited(message, request, explain) }
    } catch (error) {
      throw explain(error)
    }
  }
  return {
    get: (request, signal) => call(request, signal),
    post: (request, signal) => call(request, signal),
  }
}

/** Without a body it is GET, with one POST. */
type Call = HttpRequest & Partial<Pick<ApiRequest, 'body'>>

async function exchange(
  { url, headers, body }: Call,
  agents: { readonly http: http.Agent; readonly https: https.Agent },
  userAgent: string,
  signal: AbortSignal,
  state: { left: boolean; isStale: boolean },
): Promise<http.IncomingMessage> {
  const target = URL.canParse(url) ? new URL(url) : undefined
  if (target?.protocol !== 'https:' && target?.protocol !== 'http:')
    throw new HttpError('unsent', `"${shown(url)}" is not an http(s) address.`)
  const secure = target.protocol === 'https:'
  const length = body?.reduce((sum, part) => sum + part.byteLength, 0)
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const request = (secure ? https : http).request(target, {
    method: body ? 'POST' : 'GET',
    agent: secure ? agents.https : agents.http,
    headers: { 'user-agent': userAgent, ...headers, ...(length === undefined ? {} : { 'content-length': length }) },
    signal,
  })
  // Until the connection stands (with TLS: is trusted) nothing of the request can have left.
  request.on('socket', (socket) => {
    if (!socket.connecting) state.left = true
    else socket.once(secure ? 'secureConnect' : 'connect', () => (state.left = true))
  })
  request.on('response', resolve).on('error', (error) => {
    state.isStale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
    reject(error)
  })
  // One write to the system for all parts.
  request.cork()
  for (const part of body ?? []) request.write(part)
  request.end()
  request.uncork()
  return promise
}

function answerOf(message: http.IncomingMessage, { url }: Call): Omit<HttpResponse, 'body'> {
  return {
    status: message.statusCode ?? 0,
    url,
    header(name) {
      const value = message.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}

async function* limited(
  message: http.IncomingMessage,
  { url, maxBytes }: Call,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const piece of message) {
      const part: unknown = piece
      if (!(part instanceof Uint8Array)) continue
      bytes += part.byteLength
      if (bytes > maxBytes)
        throw new HttpError('too-large', `${shown(url)} answered with more than the limit of ${maxBytes} bytes.`)
      yield part
    }
  } catch (error) {
    throw explain(error)
  }
}

function explained(
  error: unknown,
  { url, timeoutMs }: Call,
  left: boolean,
  deadline: AbortSignal,
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof HttpError) return error
  const reason = error instanceof Error ? error.message || error.name : String(error)
  const place = shown(url)
  if (!left) return new HttpError('unsent', `${place} could not be reached: ${reason}.`, error)
  if (signal?.aborted) return signal.reason
  if (deadline.aborted)
    return new HttpError('timeout', `${place} did not answer completely within ${timeoutMs} ms.`, error)
  return new HttpError('network', `The connection to ${place} broke off: ${reason}.`, error)
}

function shown(url: string): string {
  if (!URL.canParse(url)) return 'what was called'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
