import { DOMParser } from '@xmldom/xmldom'
import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { bytesOf, close, listen } from './hub.ts'

/** Where a topic can be subscribed to, and which topic that is (WebSub, section 4). */
export interface Discovered {
  readonly hubs: readonly string[]
  readonly self: string | undefined
}

export interface TestSubscriber {
  /** By topic, the bytes that were passed on last with a signature that is right. */
  readonly held: ReadonlyMap<string, Buffer>
  /** How often anything was passed on, by topic. */
  readonly heard: ReadonlyMap<string, number>
  /** What was passed on and not taken, and why. */
  readonly refused: readonly string[]
  /** Finds hub and topic at an address and subscribes there; resolves when the hub has taken it. */
  subscribe(address: string): Promise<Discovered>
  close(): Promise<void>
}

export async function startSubscriber(): Promise<TestSubscriber> {
  const held = new Map<string, Buffer>()
  const heard = new Map<string, number>()
  const refused: string[] = []
  const asked = new Map<string, { readonly topic: string; readonly secret: string }>()
  const server = createServer((request, response) => void answer(request, response))
  const url = await listen(server)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? '/', url)
    const subscription = asked.get(target.pathname)
    const refuse = (why: string): void => {
      refused.push(why)
      response.writeHead(404).end()
    }
    if (!subscription) return refuse(`nothing was subscribed to at ${target.pathname}`)
    const { topic, secret } = subscription
    if (request.method === 'GET') {
      if (target.searchParams.get('hub.topic') !== topic) return refuse(`${topic} was subscribed to, not another`)
      return void response.end(target.searchParams.get('hub.challenge'))
    }
    const bytes = await bytesOf(request)
    response.writeHead(204).end()
    const signature = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
    const links = linksIn(String(request.headers['link'] ?? ''))
    if (request.headers['x-hub-signature'] !== signature) return void refused.push(`${topic}: the signature is wrong`)
    if (links.self !== topic) return void refused.push(`${topic}: came as ${links.self}`)
    heard.set(topic, (heard.get(topic) ?? 0) + 1)
    held.set(topic, bytes)
  }

  return {
    held,
    heard,
    refused,
    async subscribe(address) {
      const found = await discover(address)
      const [hub] = found.hubs
      if (hub === undefined || found.self === undefined) throw new Error(`${address} names no hub, or not itself`)
      const topic = found.self
      const secret = randomBytes(16).toString('hex')
      const path = `/callback/${asked.size}`
      asked.set(path, { topic, secret })
      const form = { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.secret': secret }
      const body = new URLSearchParams({ ...form, 'hub.callback': new URL(path, url).href })
      const { status } = await fetch(hub, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
      })
      if (status !== 202) throw new Error(`${hub} answered ${status} to the subscription to ${topic}`)
      return found
    },
    close: () => close(server),
  }
}

/** From the `Link` headers; where there are none, from the document itself. */
export async function discover(address: string): Promise<Discovered> {
  const answer = await fetch(address)
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`)
  const links = linksIn(answer.headers.get('link') ?? '')
  const text = await answer.text()
  return links.hubs.length > 0 ? links : discoverIn(text)
}

const jsonHub = z.object({ type: z.string(), url: z.string() })
const jsonFeed = z.object({ feed_url: z.string(), hubs: z.array(jsonHub).default([]) })

/** The links of a feed's own, RSS, Atom or JSON. */
export function discoverIn(document: string): Discovered {
  if (document.startsWith('{')) {
    const { feed_url: self, hubs } = jsonFeed.parse(JSON.parse(document))
    return { self, hubs: hubs.filter(({ type }) => type === 'WebSub').map(({ url }) => url) }
  }
  const tree = new DOMParser().parseFromString(document, 'text/xml')
  const links = Array.from(tree.getElementsByTagNameNS('http://www.w3.org/2005/Atom', 'link')).filter(
    // Of the feed, not of an entry.
    ({ parentNode }) => parentNode?.localName === 'channel' || parentNode?.localName === 'feed',
  )
  const hrefs = (rel: string): string[] =>
    links.filter((link) => link.getAttribute('rel') === rel).map((link) => link.getAttribute('href') ?? '')
  return { hubs: hrefs('hub'), self: hrefs('self')[0] }
}

/** `Link` (RFC 8288), as far as servers of feeds write it. */
function linksIn(header: string): Discovered {
  const links = Array.from(header.matchAll(/<([^>]*)>\s*;\s*rel="?([^",;]+)"?/g), ([, href = '', rel]) => ({
    href,
    rel,
  }))
  const hrefs = (rel: string): string[] => links.filter((link) => link.rel === rel).map(({ href }) => href)
  return { hubs: hrefs('hub'), self: hrefs('self')[0] }
}
