import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import {
  MastodonState,
  notFound,
  statusEntity,
  type FakeMedia,
  type FakeStatus,
  type MastodonRules,
  type Reply,
} from './mastodon-state.ts'
import { faults, type Fault } from './resend-faults.ts'

export type { FakeStatus } from './mastodon-state.ts'

export interface MastodonCall {
  /** From 1, in the order of arrival. */
  readonly number: number
  /** `POST /api/v1/statuses`, ids as `:id`. */
  readonly what: string
  readonly path: string
  readonly query: string
  readonly key: string | undefined
  readonly body: string
}

export type MastodonFault = (call: MastodonCall) => Fault | undefined

export interface FakeMastodon {
  readonly url: string
  readonly statuses: readonly FakeStatus[]
  readonly media: ReadonlyMap<string, FakeMedia>
  readonly calls: readonly MastodonCall[]
  /** Most requests for a status that were open at once under one key. */
  readonly mostAtOnce: number
  /** How often `what` was called. */
  count(what: string): number
  /** A status that somebody else made on the account. */
  add(text: string, app?: string, more?: { readonly replyTo?: string; readonly reblog?: string }): FakeStatus
  change(rules: Partial<MastodonRules>): void
  setFault(fault: MastodonFault | undefined): void
  close(): Promise<void>
}

export const TOKEN = 'token-that-nobody-may-see'
export const POST = 'POST /api/v1/statuses'
export const LIST = 'GET /api/v1/accounts/:id/statuses'

/** Answers of Mastodon, and of what stands before it, that masto tells of in its own ways. */
export const mastodonFaults = {
  ...faults,
  json: (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Fault =>
    answer(status, JSON.stringify({ error }), { ...JSON_TYPE, ...headers }),
  /** What stands before the server answers itself. */
  page: (status: number): Fault => answer(status, '<h1>Not here</h1>', { 'content-type': 'text/html' }),
  /** An error whose body says nothing of why. */
  wordless: (status: number) => answer(status, '{}', { 'content-type': 'application/json' }),
  malformed200: answer(200, '{"id": "1', { 'content-type': 'application/json' }),
  acceptThenMalformed200: { ...answer(200, '{"id": "1', { 'content-type': 'application/json' }), acts: true },
  empty502: answer(502, '', {}),
  plain503: answer(503, 'back soon', { 'content-type': 'text/plain' }),
  acceptThenPlain503: { ...answer(503, 'back soon', { 'content-type': 'text/plain' }), acts: true },
  problem422: answer(422, '{"title":"no"}', { 'content-type': 'application/problem+json' }),
  null500: answer(500, 'null', { 'content-type': 'application/json' }),
  acceptThenNull500: { ...answer(500, 'null', { 'content-type': 'application/json' }), acts: true },
  malformed500: answer(500, '{"error', { 'content-type': 'application/json' }),
} as const

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

function answer(status: number, body: string, headers: Readonly<Record<string, string>>): Fault & { ends: 'answer' } {
  return { acts: false, ends: 'answer', status, body, headers }
}

interface Served {
  readonly state: MastodonState
  readonly calls: MastodonCall[]
  readonly underWay: Map<string, number>
  fault: MastodonFault | undefined
  mostAtOnce: number
  url: string
}

/**
 * A server with Mastodon's interface on a loopback port, with memory: statuses, media, and keys which it stores only when
 * the status is there, as Mastodon does, so that two requests at once make two. It forgets them after an hour of `clock`.
 */
export async function startFakeMastodon(rules: Partial<MastodonRules> = {}): Promise<FakeMastodon> {
  const state = new MastodonState({
    clock: { now: () => new Date() },
    token: TOKEN,
    ignoresKeys: false,
    failsOnDuplicates: false,
    listsEverything: false,
    hasV2: true,
    app: 'groundwire',
    maxCharacters: 500,
    deletes: true,
    listsPrivate: true,
    account: '109',
    commitMs: 0,
    mediaAsks: 0,
    skewMs: 0,
    ...rules,
  })
  const served: Served = { state, calls: [], underWay: new Map(), fault: undefined, mostAtOnce: 0, url: '' }
  const server = createServer((request, response) => {
    // Whoever calls may be killed at any moment.
    response.on('error', () => request.socket.destroy())
    serve(served, request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port')
  served.url = `http://127.0.0.1:${address.port}`
  return {
    url: served.url,
    statuses: state.statuses,
    media: state.media,
    calls: served.calls,
    get mostAtOnce() {
      return served.mostAtOnce
    },
    count: (what) => served.calls.filter((call) => call.what === what).length,
    add(text, app = 'Web', { replyTo, reblog } = {}) {
      const made = state.create(
        { status: text, ...(replyTo !== undefined && { in_reply_to_id: replyTo }) },
        app,
        reblog,
      )
      if (!('text' in made)) throw new Error('the fake server refused a status')
      return made
    },
    change: (changed) => {
      state.rules = { ...state.rules, ...changed }
    },
    setFault: (chosen) => {
      served.fault = chosen
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', served.url)
  const keyed = request.headers['idempotency-key']
  const key = Array.isArray(keyed) ? keyed[0] : keyed
  const pieces: Buffer[] = []
  for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece)
  const raw = Buffer.concat(pieces)
  const what = `${request.method} ${pathname.replace(/(accounts|statuses|media)\/(?!verify)[^/]+/, '$1/:id')}`
  const call = { number: served.calls.length + 1, what, path: pathname, query: search, key, body: raw.toString('utf8') }
  served.calls.push(call)
  const fault = served.fault?.(call)
  if (fault && !fault.acts) return spoil(fault, undefined, request, response)
  const reply = await act(served, call, request, raw, fault?.ends === 'slow' ? fault.ms : 0)
  if (!fault || fault.ends === 'slow') return send(response, reply)
  spoil(fault, reply, request, response)
}

async function act(
  served: Served,
  call: MastodonCall,
  request: IncomingMessage,
  raw: Buffer,
  ms: number,
): Promise<Reply> {
  const { state } = served
  if (call.path.endsWith('/instance')) return instance(state.rules, call.path)
  if (request.headers.authorization !== `Bearer ${state.rules.token}`)
    return { status: 401, body: { error: 'The access token is invalid' } }
  const id = call.path.split('/')[4] ?? ''
  switch (call.what) {
    case 'GET /api/v1/accounts/verify_credentials':
      return { status: 200, body: { id: state.rules.account, acct: 'news', username: 'news', bot: false } }
    case 'GET /api/v1/apps/verify_credentials':
      return state.rules.app === undefined
        ? notFound
        : { status: 200, body: { name: state.rules.app, scopes: ['read', 'write'] } }
    case LIST:
      return {
        status: 200,
        body: state.list(id, new URLSearchParams(call.query)).map((each) => statusEntity(each, served.url)),
      }
    case POST:
      return post(served, call, ms)
    case 'GET /api/v1/statuses/:id':
      return entity(state.status(id) ?? notFound, served.url)
    case 'PUT /api/v1/statuses/:id':
      return entity(state.edit(id, paramsSchema.parse(JSON.parse(call.body))), served.url)
    case 'DELETE /api/v1/statuses/:id':
      return entity(state.remove(id), served.url)
    case 'POST /api/v2/media':
      return upload(state, request, raw)
    case 'GET /api/v1/media/:id':
      return mediaReply(state.media.get(id))
    default:
      return notFound
  }
}

const paramsSchema = z.object({
  status: z.string(),
  visibility: z.string().exactOptional(),
  language: z.string().exactOptional(),
  spoiler_text: z.string().exactOptional(),
  in_reply_to_id: z.string().exactOptional(),
  media_ids: z.array(z.string()).exactOptional(),
})

/** The key is stored only after `ms`, when the status has long been there. */
async function post(served: Served, { key, body }: MastodonCall, ms: number): Promise<Reply> {
  const { state, underWay, url } = served
  const known = state.underKey(key)
  if (known && state.rules.failsOnDuplicates)
    return { status: 500, body: { error: "undefined method 'id' for nil (NoMethodError)" } }
  if (known) return entity(known, url)
  const open = (underWay.get(key ?? '') ?? 0) + 1
  underWay.set(key ?? '', open)
  served.mostAtOnce = Math.max(served.mostAtOnce, open)
  const made = state.create(paramsSchema.parse(JSON.parse(body)))
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
  underWay.set(key ?? '', (underWay.get(key ?? '') ?? 1) - 1)
  if ('text' in made) state.remember(key, made.id)
  return entity(made, url)
}

function entity(made: FakeStatus | Reply, url: string): Reply {
  return 'text' in made ? { status: 200, body: statusEntity(made, url) } : made
}

async function upload(state: MastodonState, request: IncomingMessage, raw: Buffer): Promise<Reply> {
  const type = request.headers['content-type'] ?? ''
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
  const [file, description] = [form.get('file'), form.get('description')]
  const bytes = file instanceof Blob ? file.size : 0
  return mediaReply(state.upload(typeof description === 'string' ? description : '', bytes), true)
}

function mediaReply(media: FakeMedia | undefined, isNew = false): Reply {
  if (!media) return notFound
  const isReady = isNew ? media.asks === 0 : media.asks <= 1
  if (!isNew) media.asks = Math.max(0, media.asks - 1)
  const url = isReady ? `https://files.example/${media.id}.png` : null
  return { status: isReady ? 200 : isNew ? 202 : 206, body: { id: media.id, type: 'image', url } }
}

function instance({ hasV2, maxCharacters }: MastodonRules, path: string): Reply {
  if (path === '/api/v2/instance' && !hasV2) return { status: 404, body: { error: 'Not found' } }
  const configuration = {
    statuses: { max_characters: maxCharacters, characters_reserved_per_url: 23 },
    media_attachments: { description_limit: 1500, supported_mime_types: ['image/jpeg', 'image/png'] },
  }
  return { status: 200, body: { domain: 'fake.example', version: '4.4.2', configuration } }
}

function spoil(fault: Fault, acted: Reply | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (fault.ends === 'answer') return void response.writeHead(fault.status, fault.headers ?? {}).end(fault.body)
  if (fault.ends === 'hang') return
  if (fault.ends !== 'cut') return void request.socket.destroy()
  const body = JSON.stringify(acted?.body ?? {})
  response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) })
  response.write(body.slice(0, Math.floor(body.length / 2)), () => request.socket.destroy())
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body))
}
