import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Http, HttpRequest, HttpResponse, Validators } from '../ports.ts'
import { reasonOf, sizeOf, SourceProblem } from './problem.ts'

export interface InputLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** `url`: address after redirects, the base of relative addresses; absent for files. */
export type Input =
  | { readonly kind: 'unchanged'; readonly validators: Validators }
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'bytes'
      readonly bytes: AsyncIterable<Uint8Array>
      readonly validators: Validators
      readonly url?: string
    }

const ACCEPT = 'text/plain, text/markdown, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5'
const PIECE_BYTES = 256 * 1024

/** Opens an address, a file or a folder. Files are always read again; an address is asked whether it changed. */
export async function openInput(
  location: string,
  limits: InputLimits,
  http: Http,
  validators: Validators,
  signal?: AbortSignal,
): Promise<Input> {
  if (/^https?:/i.test(location)) return openAddress(location, limits, http, validators, signal)
  const path = location.startsWith('file:') ? fileURLToPath(location) : location
  const found = await stat(path).catch((error: unknown) => {
    throw new SourceProblem(
      'source-missing',
      `The source ${location} cannot be opened: ${reasonOf(error)}.`,
      'Check the path; it is read relative to the folder the command was started in.',
      error,
    )
  })
  if (found.isDirectory()) return { kind: 'folder', path }
  const stream = createReadStream(path, { highWaterMark: PIECE_BYTES, ...(signal ? { signal } : {}) })
  return { kind: 'bytes', bytes: limited(stream, location, limits.maxBytes), validators: {} }
}

async function openAddress(
  url: string,
  { maxBytes, timeoutMs }: InputLimits,
  http: Http,
  validators: Validators,
  signal?: AbortSignal,
): Promise<Input> {
  const headers: Record<string, string> = { accept: ACCEPT }
  if (validators.etag) headers['if-none-match'] = validators.etag
  if (validators.lastModified) headers['if-modified-since'] = validators.lastModified
  const request: HttpRequest = { url, headers, timeoutMs, maxBytes }
  try {
    const response = await http.get(request, signal)
    if (response.status === 200) {
      const bytes = limited(response.body, url, maxBytes)
      return { kind: 'bytes', bytes, validators: validatorsOf(response), url: response.url }
    }
    await close(response.body)
    const asked = 'if-none-match' in headers || 'if-modified-since' in headers
    if (response.status === 304 && asked)
      return { kind: 'unchanged', validators: { ...validators, ...validatorsOf(response) } }
    throw refusedWith(response.status, url)
  } catch (error) {
    signal?.throwIfAborted()
    throw unreachable(error, url)
  }
}

function validatorsOf(response: HttpResponse): Validators {
  const etag = response.header('etag')
  const lastModified = response.header('last-modified')
  return { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) }
}

/** Lets go of a connection whose body is of no interest. */
async function close(body: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = body[Symbol.asyncIterator]()
  await pieces.next()
  await pieces.return?.()
}

async function* limited(
  bytes: AsyncIterable<Uint8Array>,
  location: string,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let total = 0
  try {
    for await (const piece of bytes) {
      total += piece.byteLength
      if (total > maxBytes) throw tooLarge(location, maxBytes)
      yield piece
    }
  } catch (error) {
    throw unreachable(error, location)
  }
}

/** What any failure of the file system or of `Http` means for the reading. */
function unreachable(error: unknown, location: string): unknown {
  if (error instanceof SourceProblem) return error
  const kind = error instanceof Error && error.name === 'HttpError' && 'kind' in error ? error.kind : undefined
  if (kind === 'too-large') return tooLarge(location)
  return kind === 'timeout'
    ? new SourceProblem('source-timeout', reasonOf(error), 'Try again, or allow the source more time.', error)
    : new SourceProblem(
        'source-unreachable',
        `The source ${location} cannot be read: ${reasonOf(error)}`,
        'Check the address and whether the source is up; the next reading starts afresh.',
        error,
      )
}

function tooLarge(location: string, maxBytes?: number): SourceProblem {
  return new SourceProblem(
    'source-too-large',
    `The source ${location} is larger than the limit${maxBytes === undefined ? '' : ` of ${sizeOf(maxBytes)}`}; the rest was not read.`,
    'Check that it is the right source, or raise the limit.',
  )
}

function refusedWith(status: number, url: string): SourceProblem {
  return new SourceProblem('source-status', `The source ${url} answered with status ${status}.`, adviceFor(status))
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403)
    return 'The server does not let us read it: ask the publisher, or check the address.'
  if (status === 404 || status === 410) return 'There is nothing at this address: check its spelling.'
  if (status === 429) return 'The server asks us to come less often: poll at longer intervals.'
  if (status >= 500) return 'The server has a fault of its own: the next reading will tell whether it has passed.'
  return 'A source must answer with 200: check the address.'
}
