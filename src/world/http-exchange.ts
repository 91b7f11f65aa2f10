import * as http from 'node:http'
import * as https from 'node:https'
import { pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { HttpResponse } from '../ports.ts'
import { HttpError } from './http-error.ts'
import { publicLookup, refusePrivateLiteral } from './http-private.ts'

export interface HttpOptions {
  /** Also loopback, private and link-local addresses: for a source on the operator's own network. */
  readonly allowPrivate?: boolean
  /** `groundwire/1.2.3`, so that a publisher can tell who is reading. */
  readonly userAgent?: string
}

/** One request and its answer, redirects not followed, the body decompressed. */
export type Exchange = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpResponse>

/**
 * Over `node:http` and not `fetch`, because only there a connection can be given the addresses that were checked.
 * Connections are kept for a moment and reused, within these options only.
 */
export function openExchange(options: HttpOptions): Exchange {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
  const defaults = { 'user-agent': options.userAgent ?? 'groundwire', 'accept-encoding': 'br, gzip, deflate' }
  return async (url, headers, signal) => {
    if (!options.allowPrivate) refusePrivateLiteral(url)
    const secure = url.protocol === 'https:'
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
    const request = (secure ? https : http).request(url, {
      agent: secure ? agents.https : agents.http,
      headers: { ...defaults, ...headers },
      signal,
      ...(options.allowPrivate ? {} : { lookup: publicLookup }),
    })
    request.on('response', resolve).on('error', reject).end()
    const message = await promise
    return {
      status: message.statusCode ?? 0,
      url: url.href,
      header: (name) => headerOf(message, name),
      body: decompressed(url, message),
    }
  }
}

function headerOf(message: http.IncomingMessage, name: string): string | undefined {
  const value = message.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function decompressed(url: URL, message: http.IncomingMessage): Readable {
  const encoding = headerOf(message, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  const decoder = decoderFor(encoding)
  if (decoder === 'none') return message
  if (decoder) return pipeline(message, decoder, () => undefined)
  message.destroy()
  throw new HttpError('network', `${url.href} answers compressed as "${encoding}", which was not asked for.`)
}

function decoderFor(encoding: string) {
  if (encoding === 'identity' || encoding === '') return 'none'
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip()
  if (encoding === 'br') return createBrotliDecompress()
  if (encoding === 'deflate') return createInflate()
  return undefined
}
