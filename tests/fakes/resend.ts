import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Answer, errorAnswer, type Fault } from './resend-faults.ts'
import { type AcceptedMail, FakeProvider, type ProviderRules } from './resend-provider.ts'
import type { FakeTemplates } from './resend-templates.ts'

export { byChance, faults, refusal, slow, storm } from './resend-faults.ts'
export type { Fault } from './resend-faults.ts'

export interface FakeResendOptions extends Partial<ProviderRules> {
  /** What goes wrong with a call of the batch endpoint; calls are numbered from 1 in the order they arrive. */
  readonly fault?: FaultChooser
  /** What `GET /domains` lists. */
  readonly listed?: readonly { readonly name: string; readonly status: string }[]
}

export type FaultChooser = (call: {
  readonly number: number
  readonly key: string | undefined
  readonly bytes: number
}) => Fault | undefined

/** One call of the batch endpoint, in the order of arrival. `status` stays undefined when no answer was given. */
export interface SeenCall {
  readonly number: number
  readonly key: string | undefined
  readonly bytes: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  status?: number
  replayed?: boolean
}

export interface FakeResend {
  /** For RESEND_BASE_URL. */
  readonly url: string
  /** How many mails were really accepted for each address, whatever was answered. */
  readonly accepted: ReadonlyMap<string, number>
  readonly mails: readonly AcceptedMail[]
  readonly calls: readonly SeenCall[]
  readonly templates: FakeTemplates
  /** Body of the latest call of the batch endpoint. */
  lastBody(): Buffer
  /** Changes the rules from the next call on. */
  change(rules: Partial<ProviderRules>): void
  setFault(fault: FaultChooser | undefined): void
  /** Breaks what is still open, calls that hang among it. */
  close(): Promise<void>
}

/**
 * Resend on a loopback port, with memory: a 24 h key store, the rate with its headers, quotas, batch limits, strict and
 * permissive validation, templates, and faults chosen call by call. One process, no time of its own but `clock`.
 */
export async function startFakeResend(options: FakeResendOptions = {}): Promise<FakeResend> {
  const { fault, listed = [{ name: 'example.com', status: 'verified' }], ...rules } = options
  const provider = new FakeProvider({
    clock: { now: () => new Date() },
    apiKey: 're_test',
    access: 'full',
    perSecond: Infinity,
    perDay: Infinity,
    perMonth: Infinity,
    reads: 'full',
    domains: undefined,
    refuses: () => false,
    blames: 'nobody',
    remembersRefusals: false,
    keepsMails: true,
    ...rules,
  })
  const state: State = { provider, listed, fault, calls: [], lastBody: Buffer.alloc(0) }
  const server = createServer((request, response) => {
    // Whoever calls may be killed at any moment.
    response.on('error', () => request.socket.destroy())
    serve(state, request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake provider has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    accepted: provider.accepted,
    mails: provider.mails,
    calls: state.calls,
    templates: provider.templates,
    lastBody: () => state.lastBody,
    change: (changed) => {
      provider.rules = { ...provider.rules, ...changed }
    },
    setFault: (chosen) => {
      state.fault = chosen
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface State {
  readonly provider: FakeProvider
  readonly listed: NonNullable<FakeResendOptions['listed']>
  readonly calls: SeenCall[]
  fault: FaultChooser | undefined
  lastBody: Buffer
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '')
  if (request.method === 'POST' && path === '/emails/batch') return serveBatch(state, request, response)
  const body = (await readAll(request)).toString()
  const { headers, refusal } = state.provider.meter()
  const denied = state.provider.admit(request.headers.authorization, false)
  reply(response, denied ?? refusal ?? other(state, request.method ?? 'GET', path, body), headers)
}

function other({ provider, listed }: State, method: string, path: string, body: string): Answer {
  if (path.startsWith('/templates')) return provider.templates.answer(method, path, body)
  if (method !== 'GET' || path !== '/domains') return errorAnswer('not_found')
  const data = listed.map(({ name, status }, index) => ({
    id: `d91cd9bd-1176-453e-8fc1-${String(index).padStart(12, '0')}`,
    name,
    status,
    created_at: '2026-01-01 00:00:00.000000+00',
    region: 'eu-west-1',
  }))
  return { status: 200, body: JSON.stringify({ object: 'list', has_more: false, data }) }
}

async function serveBatch(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = headerOf(request, 'idempotency-key')
  const number = state.calls.length + 1
  const bytes = Number(request.headers['content-length'] ?? 0)
  const seen: SeenCall = { number, key, bytes, headers: request.headers }
  state.calls.push(seen)
  const fault = state.fault?.({ number, key, bytes })
  if (fault?.ends === 'reset-early') return void request.socket.destroy()
  const body = await readAll(request)
  state.lastBody = body

  if (fault && !fault.acts) return spoil(fault, undefined, request, response, seen)
  const act = (): Acted => batchAnswer(state, request, { key, body }, seen)
  if (fault?.ends !== 'slow')
    return fault ? spoil(fault, act(), request, response, seen) : finish(act(), response, seen)
  if (state.provider.isUnderWay(key)) return finish(act(), response, seen)
  const underWay = state.provider.begin(key)
  await new Promise((resolve) => setTimeout(resolve, fault.ms))
  underWay.end()
  finish(act(), response, seen)
}

interface Acted {
  readonly answer: Answer
  readonly headers: Readonly<Record<string, string>>
}

function batchAnswer(
  { provider }: State,
  request: IncomingMessage,
  { key, body }: { key: string | undefined; body: Buffer },
  seen: SeenCall,
): Acted {
  const { headers, refusal } = provider.meter()
  const denied = provider.admit(request.headers.authorization, true) ?? refusal
  if (denied) return { answer: denied, headers }
  if (provider.isUnderWay(key)) return { answer: errorAnswer('concurrent_idempotent_requests'), headers }
  const validation = headerOf(request, 'x-batch-validation') === 'permissive' ? 'permissive' : 'strict'
  const answer = provider.post({ key, body, validation })
  seen.replayed = answer.replayed
  return { answer, headers }
}

/** Answers as the fault says, `acted` being what the provider would have said. */
function spoil(
  fault: Fault,
  acted: Acted | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenCall,
): void {
  if (fault.ends === 'answer') return finish({ answer: fault, headers: acted?.headers ?? {} }, response, seen)
  if (fault.ends === 'hang') return
  if (fault.ends !== 'cut') return void request.socket.destroy()
  const body = acted?.answer.body ?? ''
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.write(body.slice(0, Math.floor(body.length / 2)), () => request.socket.destroy())
}

function finish({ answer, headers }: Acted, response: ServerResponse, seen: SeenCall): void {
  seen.status = answer.status
  reply(response, answer, headers)
}

function reply(response: ServerResponse, answer: Answer, headers: Readonly<Record<string, string>>): void {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(answer.status, { ...type, ...headers, ...answer.headers }).end(answer.body)
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece)
  return Buffer.concat(pieces)
}
