import * as z from 'zod'
import type { Api } from '../../../src/ports.ts'

/** Records of a post take 3 kB, a DID document less. */
const MAX_ANSWER_BYTES = 1_000_000
const HEADERS = ['content-type', 'content-length', 'ratelimit-reset', 'retry-after']

/** A shorter password could be part of an error's name by chance. */
const NO_NAME = 8

const failureSchema = z.object({ error: z.string(), message: z.string().optional().catch(undefined) })

/** Something answered that was no PDS: a proxy, a page of a provider, a wrong address. Says nothing of the call itself. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer'
  readonly answered: number
  readonly header: (name: string) => string | undefined

  constructor(answered: number, host: string, header: (name: string) => string | undefined) {
    super(`${host} answered ${answered} and not as a PDS does`)
    this.answered = answered
    this.header = header
  }
}

/**
 * `fetch` over the guarded interface, as `@atproto/api` calls it: with one `Request`, or with an address and options.
 * Rejects with what `Api` rejects with, and with `StrangeAnswer` for a failure without the name of an error: by such an
 * answer no credential may be given up and no post refused.
 *
 * @param secret what is left out of all that an answer says of a failure.
 */
export function fetchOver(api: Api, timeoutMs: number, signal: AbortSignal, secret: string): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const call = {
      url: request.url,
      headers: Object.fromEntries(request.headers),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    }
    const response = await (request.method === 'GET'
      ? api.get(call, signal)
      : api.post({ ...call, body: [new Uint8Array(await request.arrayBuffer())] }, signal))
    const answered = await bytesOf(response.body)
    const header = (name: string): string | undefined => response.header(name)
    const isDone = response.status >= 200 && response.status < 300
    const body = isDone ? answered : failureIn(answered, secret)
    if (!body) throw new StrangeAnswer(response.status, new URL(request.url).host, header)
    const headers = HEADERS.flatMap((name) => {
      const value = name === 'content-length' ? String(body.byteLength) : header(name)
      return value === undefined ? [] : [[name, value] satisfies [string, string]]
    })
    return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers })
  }
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for await (const piece of body) pieces.push(new Uint8Array(piece))
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

/** The name of an error and what is said of it; undefined where no error is named. */
function failureIn(body: Uint8Array, secret: string): Uint8Array<ArrayBuffer> | undefined {
  const told = failureSchema.safeParse(jsonIn(body)).data
  if (!told) return undefined
  const message = told.message?.replaceAll(secret, '…')
  const error = secret.length < NO_NAME ? told.error : told.error.replaceAll(secret, '…')
  return new TextEncoder().encode(JSON.stringify({ error, message }))
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
