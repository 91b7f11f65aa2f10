import type { Api, ApiRequest } from '../../../src/ports.ts'
import type { Answer } from './pace.ts'

/** Where to reach the provider, as whom, and for how long an answer is awaited. */
export interface Account {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly timeoutSeconds: number
}

/** Ids of a hundred mails take 5 kB, a stored page 200 kB. */
const MAX_ANSWER_BYTES = 1_000_000

/** The headers and limits of every call. */
export function requestTo(
  { baseUrl, apiKey, timeoutSeconds }: Account,
  path: string,
): Omit<ApiRequest, 'body' | 'headers'> & { readonly headers: Readonly<Record<string, string>> } {
  return {
    url: `${baseUrl}${path}`,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    timeoutMs: timeoutSeconds * 1000,
    maxBytes: MAX_ANSWER_BYTES,
  }
}

/**
 * One call of the interface, GET without a body, its answer read whole, 1 MB at most.
 *
 * @throws what `Api` throws.
 */
export async function callResend(
  account: Account,
  api: Api,
  { path, body, idempotencyKey }: { readonly path: string; readonly body?: object; readonly idempotencyKey?: string },
  signal: AbortSignal,
): Promise<Answer> {
  const { headers, ...request } = requestTo(account, path)
  const all = { ...request, headers: idempotencyKey ? { ...headers, 'idempotency-key': idempotencyKey } : headers }
  const response = await (body
    ? api.post({ ...all, body: [new TextEncoder().encode(JSON.stringify(body))] }, signal)
    : api.get(all, signal))
  return { status: response.status, header: (name) => response.header(name), body: await textOf(response.body) }
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of body) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}
