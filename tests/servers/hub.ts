import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/**
 * What a hub does with one request to publish. `hang` takes it and never answers; `accept-then-reset` takes it and acts,
 * and breaks the connection off; `reset` breaks it off without acting.
 */
export type HubFault =
  | 'hang'
  | 'accept-then-reset'
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

export const hubFaults = {
  busy: (retryAfter: string): HubFault => ({ status: 429, headers: { 'retry-after': retryAfter } }),
  broken: { status: 500, body: 'Internal Server Error' },
  page: {
    status: 404,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>404</title><p>No such hub.',
  },
  moved: { status: 308, headers: { location: 'https://elsewhere.example/' } },
} satisfies Record<string, HubFault | ((retryAfter: string) => HubFault)>

/** A hub as WebSub (W3C, 2018) describes it, on a port of its own. */
export interface TestHub {
  /** Its address, which is also where publishers and subscribers call. */
  readonly url: string
  /** Topics of all requests to publish that it acted on, in order. */
  readonly published: readonly string[]
  /** Requests to publish, whatever became of them. */
  readonly asked: () => number
  /** Topics that were published and had not changed since they were fetched last. */
  readonly unchanged: readonly string[]
  /** What it was told of and could not pass on, and why. */
  readonly failed: readonly string[]
  /** What becomes of the requests to publish from now on. */
  setFault(plan: (topic: string) => HubFault | undefined): void
  /** Called with the topic of each request to publish, before it is answered. */
  onPublish(see: (topic: string) => void): void
  /** Resolves when every subscription has been made sure of, and everything that was published passed on. */
  settled(): Promise<void>
  close(): Promise<void>
}

interface Subscription {
  readonly callback: string
  readonly secret: string
}

export async function startHub(port = 0): Promise<TestHub> {
  const published: string[] = []
  const unchanged: string[] = []
  const failed: string[] = []
  const etags = new Map<string, string>()
  const subscriptions = new Map<string, Map<string, Subscription>>()
  let work: Promise<void> = Promise.resolve()
  let asked = 0
  let plan: (topic: string) => HubFault | undefined = () => undefined
  let see: (topic: string) => void = () => undefined
  const server = createServer((request, response) => void answer(request, response))
  const url = await listen(server, port)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return end(response, 200, 'A hub.')
    const form = new URLSearchParams(await textOf(request))
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
      return end(response, 415, 'A form, please.')
    const mode = form.get('hub.mode')
    if (mode === 'publish') return publish(form, response)
    if (mode === 'subscribe') return subscribe(form, response)
    return end(response, 400, 'hub.mode is neither publish nor subscribe.')
  }

  function publish(form: URLSearchParams, response: ServerResponse): void {
    const topic = form.get('hub.url') ?? ''
    if (!URL.canParse(topic)) return end(response, 400, 'hub.url is no address.')
    asked += 1
    see(topic)
    const fault = plan(topic)
    if (fault === 'hang') return
    if (fault === 'reset') return void response.destroy()
    if (typeof fault === 'object') return end(response, fault.status, fault.body ?? '', fault.headers)
    published.push(topic)
    afterwards(() => passOn(topic))
    if (fault === 'accept-then-reset') return void response.destroy()
    return end(response, 204)
  }

  /** One thing after the other, so that whoever subscribed before hears of what is published after. */
  function afterwards(act: () => Promise<void>): void {
    work = work.then(act).catch((error: unknown) => void failed.push(String(error)))
  }

  /** Content distribution: sections 7 and 8. */
  async function passOn(topic: string): Promise<void> {
    const etag = etags.get(topic)
    const answered = await fetch(topic, { headers: etag === undefined ? {} : { 'if-none-match': etag } })
    const bytes = Buffer.from(await answered.arrayBuffer())
    if (answered.status === 304) return void unchanged.push(topic)
    if (answered.status !== 200) throw new Error(`${topic} answered ${answered.status}`)
    etags.set(topic, answered.headers.get('etag') ?? '')
    for (const { callback, secret } of subscriptions.get(topic)?.values() ?? []) {
      const signature = createHmac('sha256', secret).update(bytes).digest('hex')
      await fetch(callback, {
        method: 'POST',
        headers: {
          'content-type': answered.headers.get('content-type') ?? 'application/octet-stream',
          link: `<${url}>; rel="hub", <${topic}>; rel="self"`,
          'x-hub-signature': `sha256=${signature}`,
        },
        body: bytes,
      })
    }
  }

  /** Verification of intent: section 5.3. */
  function subscribe(form: URLSearchParams, response: ServerResponse): void {
    const [topic, callback, secret] = ['topic', 'callback', 'secret'].map((name) => form.get(`hub.${name}`) ?? '')
    if (
      !topic ||
      !callback ||
      !URL.canParse(topic) ||
      !URL.canParse(callback) ||
      Buffer.byteLength(secret ?? '') >= 200
    )
      return end(response, 400, 'hub.topic and hub.callback are addresses, hub.secret is shorter than 200 bytes.')
    end(response, 202)
    afterwards(() => verify(topic, { callback, secret: secret ?? '' }))
  }

  async function verify(topic: string, { callback, secret }: Subscription): Promise<void> {
    const challenge = randomBytes(12).toString('hex')
    const asking = new URL(callback)
    for (const [name, value] of Object.entries({ mode: 'subscribe', topic, challenge, lease_seconds: '864000' }))
      asking.searchParams.set(`hub.${name}`, value)
    const answered = await fetch(asking)
    if (!answered.ok || (await answered.text()) !== challenge) return
    const known = subscriptions.get(topic) ?? new Map<string, Subscription>()
    known.set(callback, { callback, secret })
    subscriptions.set(topic, known)
  }

  return {
    url,
    published,
    unchanged,
    failed,
    asked: () => asked,
    setFault: (to) => void (plan = to),
    onPublish: (to) => void (see = to),
    async settled() {
      for (let waited; waited !== work;) await (waited = work)
    },
    close: () => close(server),
  }
}

function end(
  response: ServerResponse,
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/plain' },
): void {
  response.writeHead(status, headers).end(body)
}

/** Its address, with a slash at its end. */
export function listen(server: Server, port = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`)
    })
  })
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) if (piece instanceof Buffer) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await bytesOf(request)).toString()
}
