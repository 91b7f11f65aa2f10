import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { jsonToIpld } from '@atproto/common-web'
import { cidForLex, type LexValue } from '@atproto/lex-cbor'
import * as z from 'zod'
import { sha256 } from '../../src/domain/hash.ts'

/** What goes wrong with a call. `acts`: the call was carried out all the same. */
export type PdsFault =
  | { readonly kind: 'reset'; readonly acts: boolean }
  | {
      readonly kind: 'answer'
      readonly acts?: boolean
      readonly status: number
      readonly body: string | Readonly<Record<string, unknown>>
      readonly headers?: Readonly<Record<string, string>>
    }

export interface PdsCall {
  /** `com.atproto.repo.putRecord` */
  readonly method: string
  /** How many calls of this method there were before it. */
  readonly before: number
  readonly token: string | undefined
  readonly input: Readonly<Record<string, unknown>>
}

export interface FakeRecord {
  readonly did: string
  readonly cid: string
  readonly value: Readonly<Record<string, unknown>>
}

export const xrpcError = (status: number, error: string, message = error): PdsFault => ({
  kind: 'answer',
  status,
  body: { error, message },
})

const json = z.record(z.string(), z.unknown())
const text = z.string()
const REV = '3mpflz2hwv3yi'

class Refusal extends Error {
  readonly answer: PdsFault & { readonly kind: 'answer' }

  constructor(status: number, error: string, message = error) {
    super(message)
    this.answer = { kind: 'answer', status, body: { error, message } }
  }
}

/** The rows of the server's behaviour that matter for posting exactly once, with state; see `tests/servers/pds` for the real one. */
export class FakePds {
  did = 'did:plc:fakefakefakefakefakefake'
  handle = 'tidewatch.test'
  password = 'abcd-efgh-ijkl-mnop'
  email = 'owner@reader.example'
  profile: Readonly<Record<string, unknown>> | undefined = undefined
  readonly calls: PdsCall[] = []
  /** By `<collection>/<rkey>`. */
  readonly records = new Map<string, FakeRecord>()
  readonly blobs = new Set<string>()
  fault: ((call: PdsCall) => PdsFault | undefined | Promise<PdsFault | undefined>) | undefined
  url = ''
  #tokens = 0
  #commits = 0
  #access = new Set<string>()
  #refresh = new Set<string>()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    return this
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  get posts(): FakeRecord[] {
    return [...this.records].filter(([key]) => key.startsWith('app.bsky.feed.post/')).map(([, record]) => record)
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length
  }

  /** `refresh`: those as well. */
  expire({ refresh = false } = {}): void {
    this.#access.clear()
    if (refresh) this.#refresh.clear()
  }

  async put(collection: string, rkey: string, value: Readonly<Record<string, unknown>>): Promise<FakeRecord> {
    const record = { did: this.did, cid: await cidOf(value), value }
    this.records.set(`${collection}/${rkey}`, record)
    this.#commits++
    return record
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url)
    const body = await bytesOf(request)
    const isJson = request.headers['content-type']?.startsWith('application/json') === true
    const input = isJson ? json.parse(JSON.parse(body.toString())) : Object.fromEntries(url.searchParams)
    const method = url.pathname.replace('/xrpc/', '')
    const token = request.headers.authorization?.replace('Bearer ', '')
    const call = { method, before: this.count(method), token, input }
    this.calls.push(call)
    const fault = await this.fault?.(call)
    try {
      const result = fault && fault.acts !== true ? {} : await this.#act(call, body)
      if (!fault) answer(response, { kind: 'answer', status: 200, body: result })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (!fault) answer(response, error.answer)
    }
    if (fault?.kind === 'reset') response.destroy()
    else if (fault) answer(response, fault)
  }

  async #act(call: PdsCall, body: Buffer): Promise<Record<string, unknown>> {
    const { method, token = '', input } = call
    if (method === 'com.atproto.server.createSession') return this.#signIn(input)
    if (method === 'com.atproto.server.refreshSession') {
      if (!this.#refresh.delete(token)) throw new Refusal(400, 'ExpiredToken', 'Token has been revoked')
      return this.#session()
    }
    if (method === 'com.atproto.sync.getLatestCommit') return { cid: await this.#commit(), rev: REV }
    if (method === 'com.atproto.repo.getRecord') return this.#get(input)
    if (!this.#access.has(token)) throw new Refusal(400, 'ExpiredToken', 'Token has expired')
    switch (method) {
      case 'com.atproto.server.getSession':
        return { did: this.did, handle: this.handle, email: this.email, active: true, didDoc: this.#didDoc() }
      case 'com.atproto.repo.putRecord':
        return this.#put(input)
      case 'com.atproto.repo.applyWrites':
        return this.#apply(input)
      case 'com.atproto.repo.deleteRecord':
        this.records.delete(keyOf(input))
        this.#commits++
        return {}
      case 'com.atproto.repo.uploadBlob': {
        const cid = await cidOf({ bytes: sha256(body) })
        this.blobs.add(cid)
        return { blob: { $type: 'blob', ref: { $link: cid }, mimeType: 'image/png', size: body.byteLength } }
      }
      default:
        throw new Refusal(501, 'MethodNotImplemented', method)
    }
  }

  #signIn(input: PdsCall['input']): Record<string, unknown> {
    if (input['password'] !== this.password)
      throw new Refusal(401, 'AuthenticationRequired', 'Invalid identifier or password')
    return this.#session()
  }

  #session(): Record<string, unknown> {
    const [accessJwt, refreshJwt] = [`eyJhY2Nlc3M.access-${++this.#tokens}`, `eyJyZWZyZXNo.refresh-${this.#tokens}`]
    this.#access.add(accessJwt)
    this.#refresh.add(refreshJwt)
    const { did, handle, email } = this
    return { accessJwt, refreshJwt, did, handle, email, emailConfirmed: true, active: true, didDoc: this.#didDoc() }
  }

  #didDoc(): Record<string, unknown> {
    const service = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: this.url }
    return { id: this.did, service: [service] }
  }

  async #get(input: PdsCall['input']): Promise<Record<string, unknown>> {
    const key = keyOf(input)
    const [, rkey] = key.split('/')
    if (key === 'app.bsky.actor.profile/self' && this.profile)
      return { uri: `at://${this.did}/${key}`, cid: await cidOf(this.profile), value: this.profile }
    const found = this.records.get(key)
    if (!found || rkey === undefined) throw new Refusal(400, 'RecordNotFound', 'Could not locate record')
    return { uri: `at://${this.did}/${key}`, cid: found.cid, value: found.value }
  }

  async #put(input: PdsCall['input']): Promise<Record<string, unknown>> {
    const key = keyOf(input)
    const value = json.parse(input['record'])
    const cid = await cidOf(value)
    const there = this.records.get(key)
    const done = { uri: `at://${this.did}/${key}`, cid }
    if (there?.cid === cid) return done
    const { swapRecord } = input
    if (swapRecord !== undefined && swapRecord !== (there?.cid ?? null))
      throw new Refusal(400, 'InvalidSwap', `Record was at ${there?.cid ?? 'null'}`)
    this.#check(value)
    await this.put(text.parse(input['collection']), text.parse(input['rkey']), value)
    return { ...done, commit: { cid: await this.#commit(), rev: REV } }
  }

  async #apply(input: PdsCall['input']): Promise<Record<string, unknown>> {
    if (input['swapCommit'] !== (await this.#commit())) throw new Refusal(400, 'InvalidSwap', 'Commit was at another')
    const writes = z.array(json).parse(input['writes'])
    // Indistinguishable from a crash, as the real one has it.
    if (writes.some((write) => this.records.has(keyOf(write)))) throw new Refusal(500, 'InternalServerError')
    for (const write of writes) this.#check(json.parse(write['value']))
    for (const write of writes)
      await this.put(text.parse(write['collection']), text.parse(write['rkey']), json.parse(write['value']))
    return { results: [] }
  }

  #check(value: Readonly<Record<string, unknown>>): void {
    if (typeof value['createdAt'] !== 'string' && value['$type'] === 'app.bsky.feed.post')
      throw new Refusal(400, 'InvalidRequest', 'Record must have the property "createdAt"')
    for (const [, link] of JSON.stringify(value).matchAll(/"ref":\{"\$link":"(\w+)"\}/g))
      if (!this.blobs.has(link ?? '')) throw new Refusal(400, 'BlobNotFound', 'Could not find blob')
  }

  #commit(): Promise<string> {
    return cidOf({ commit: this.#commits })
  }
}

/** As the server computes it. */
export async function cidOf(value: Readonly<Record<string, unknown>>): Promise<string> {
  const data = jsonToIpld(value)
  if (!isLexValue(data)) throw new Error('a record that is no data')
  return (await cidForLex(data)).toString()
}

function isLexValue(value: unknown): value is LexValue {
  return typeof value === 'object' && value !== null
}

function keyOf(input: PdsCall['input']): string {
  return `${text.parse(input['collection'])}/${text.parse(input['rkey'])}`
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

function answer(response: ServerResponse, { status, body, headers = {} }: PdsFault & { kind: 'answer' }): void {
  const type = typeof body === 'string' ? 'text/html' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
