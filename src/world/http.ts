import type { Http, HttpRequest, HttpResponse } from '../ports.ts'
import { HttpError } from './http-error.ts'
import type { Exchange, HttpOptions } from './http-exchange.ts'

export { HttpError } from './http-error.ts'
export type { HttpOptions } from './http-exchange.ts'

/** Status codes that name another address (RFC 9110, 15.4). */
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MAX_REDIRECTS = 5
/** Stay with the origin they were meant for. */
const PERSONAL_HEADERS = new Set(['authorization', 'cookie'])

/**
 * HTTP for reading what others publish: one time-out over the whole exchange, a byte limit that counts after
 * decompression, at most five redirects, and no private address at any step unless allowed (checked where the
 * connection is made, so DNS rebinding gains nothing). Rejects with `HttpError`, or with the signal's own reason when
 * aborted. The network stack is loaded at the first request. Proxies named in the environment are not used.
 */
export function createHttp(options: HttpOptions = {}): Http {
  let opened: Promise<Exchange> | undefined
  const open = async (): Promise<Exchange> => (await import('./http-exchange.ts')).openExchange(options)
  return {
    async get(request, signal) {
      const deadline = AbortSignal.timeout(request.timeoutMs)
      const stop = signal ? AbortSignal.any([signal, deadline]) : deadline
      const explain = (error: unknown): unknown => explained(error, request, deadline, signal)
      try {
        signal?.throwIfAborted()
        const response = await follow(request, stop, await (opened ??= open()))
        return { ...response, body: guarded(response.body, request, explain) }
      } catch (error) {
        throw explain(error)
      }
    },
  }
}

async function follow(request: HttpRequest, signal: AbortSignal, exchange: Exchange): Promise<HttpResponse> {
  let url = webAddress(request.url, request.url)
  let headers = request.headers ?? {}
  for (let redirects = 0; ; redirects += 1) {
    const response = await exchange(url, headers, signal)
    const location = response.header('location')
    if (!REDIRECTS.has(response.status) || location === undefined) return response
    await discard(response.body)
    if (redirects === MAX_REDIRECTS) {
      throw new HttpError(
        'redirects',
        `${request.url} redirects more than ${MAX_REDIRECTS} times, last to ${location}.`,
      )
    }
    const next = webAddress(location, request.url, url)
    if (next.origin !== url.origin) headers = impersonal(headers)
    url = next
  }
}

/** Closes the connection behind a body that nobody will read. */
async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = body[Symbol.asyncIterator]()
  await pieces.next()
  await pieces.return?.()
}

function webAddress(text: string, asked: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new HttpError('refused', `${asked}${base ? ` redirects to "${text}", which` : ''} is not an http(s) address.`)
}

function impersonal(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PERSONAL_HEADERS.has(name.toLowerCase())))
}

async function* guarded(
  body: AsyncIterable<Uint8Array>,
  request: HttpRequest,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const piece of body) {
      bytes += piece.byteLength
      if (bytes > request.maxBytes) {
        throw new HttpError('too-large', `${request.url} sent more than the limit of ${request.maxBytes} bytes.`)
      }
      yield piece
    }
  } catch (error) {
    throw explain(error)
  }
}

function explained(error: unknown, request: HttpRequest, deadline: AbortSignal, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason
  if (deadline.aborted) {
    return new HttpError('timeout', `${request.url} did not answer completely within ${request.timeoutMs} ms.`, error)
  }
  if (error instanceof HttpError) return error
  const reason = error instanceof Error ? error.message || error.name : String(error)
  return new HttpError('network', `${request.url} could not be read: ${reason}.`, error)
}
