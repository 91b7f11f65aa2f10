import * as z from 'zod'
import type { Api, Clock, HttpRequest, HttpResponse } from '../../../src/ports.ts'
import { cleaned, judgeStatus, type Verdict } from './judge.ts'

/** Forty statuses of a server that lets them be long. */
const MAX_BYTES = 8_000_000

export interface Reader {
  readonly url: string
  readonly accessToken: string
  readonly timeoutMs: number
}

export interface Told<T> {
  readonly kind: 'told'
  readonly data: T
  readonly header: (name: string) => string | undefined
}

const errorSchema = z.object({ error: z.string() })

/**
 * One reading call, which changes nothing. What is not what was asked for counts as `unknown`, whatever its status.
 *
 * @param path with its query, from the root of the instance.
 */
export async function read<T>(
  { url, accessToken, timeoutMs }: Reader,
  { api, clock }: { readonly api: Pick<Api, 'get'>; readonly clock: Pick<Clock, 'now'> },
  path: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<Told<T> | Verdict> {
  let text = ''
  let status: number
  let header: (name: string) => string | undefined
  try {
    const headers = accessToken === '' ? {} : { authorization: `Bearer ${accessToken}` }
    const request = { url: new URL(path, url).href, headers, timeoutMs, maxBytes: MAX_BYTES }
    const response = await getAgain(api, request, signal)
    status = response.status
    header = (name) => response.header(name)
    const decoder = new TextDecoder()
    for await (const piece of response.body) text += decoder.decode(piece, { stream: true })
    text += decoder.decode()
  } catch (error) {
    const isUnsent = error instanceof Error && 'kind' in error && error.kind === 'unsent'
    const reason = cleaned(error instanceof Error ? error.message : String(error), accessToken)
    return { kind: isUnsent ? 'unsent' : 'unknown', reason }
  }
  const body = parsed(text)
  if (status < 200 || status > 299) {
    const said = errorSchema.safeParse(body)
    const words = said.success ? cleaned(said.data.error, accessToken) : ''
    return judgeStatus({ status, words, header }, clock.now())
  }
  const told = schema.safeParse(body)
  if (told.success) return { kind: 'told', data: told.data, header }
  return { kind: 'unknown', reason: `the server answered ${new URL(path, url).pathname} with something else` }
}

/** Once more where a kept connection breaks off: snac closes them without a word. */
async function getAgain(
  api: Pick<Api, 'get'>,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  try {
    return await api.get(request, signal)
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error && 'kind' in error && error.kind === 'network')) throw error
    return api.get(request, signal)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
