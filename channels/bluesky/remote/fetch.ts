import type { Api } from '../../../src/ports.ts'

/** Records of a post take 3 kB, a DID document less. */
const MAX_ANSWER_BYTES = 1_000_000
const HEADERS = ['content-type', 'content-length', 'ratelimit-reset', 'retry-after']

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
 */
export function fetchOver(api: Api, timeoutMs: number, signal: AbortSignal): typeof globalThis.fetch {
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
    const body = await bytesOf(response.body)
    const header = (name: string): string | undefined => response.header(name)
    if (!(response.status >= 200 && response.status < 300) && !namesError(body))
      throw new StrangeAnswer(response.status, new URL(request.url).host, header)
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

function namesError(body: Uint8Array): boolean {
  try {
    const told: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof told === 'object' && told !== null && 'error' in told && typeof told.error === 'string'
  } catch {
    return false
  }
}
