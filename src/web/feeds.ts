import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import type { Publication } from '../domain/publication.ts'
import type { Clock, Files } from '../ports.ts'
import { answerWith, offerOf, type Offer } from './feeds/answer.ts'
import type { Discovery } from './feeds/discovery.ts'
import { feedFileOf, FEEDS_PAGE, type FeedFile } from './feeds/files.ts'
import { openShelf } from './feeds/shelf.ts'
import { plainPage } from './page.ts'

export interface FeedDeps {
  readonly files: Pick<Files, 'stamp' | 'readBytes'>
  readonly clock: Pick<Clock, 'now'>
  /** Where readers find the files; no trailing slash. */
  readonly publicUrl: string
  /** Addresses of the WebSub hubs that are told of changes. */
  readonly hubs: readonly string[]
  readonly house: () => Publication
  readonly discovery: Discovery
}

/** The feeds and what goes with them, as they lie in `public/`. */
export interface Feeds {
  /** Everything. */
  readonly routes: Hono
  /** The same answers for the server itself, before anything else looks at the request, but only what is known at once. */
  readonly quick: Quick
}

const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i

/** @returns false, and does nothing, when somebody else has to answer. */
export type Quick = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

/** Nothing is rendered, and nothing is compressed: both was done when the files were written. */
export function openFeeds(deps: FeedDeps): Feeds {
  const { files, clock, publicUrl, hubs } = deps
  const shelf = openShelf<Offer>(files, (path, held) => {
    const file = feedFileOf(`/${path}`)
    if (!file) throw new Error(`public/${path} is no file of the feeds`)
    return offerOf(file, held, file.isSubscription ? linkTo(`${publicUrl}/${path}`, hubs) : undefined)
  })
  const routes = new Hono()
  const preflight = cors({ allowMethods: ['GET', 'HEAD'] })
  routes.use(async (c, next) => {
    const file = feedFileOf(c.req.path)
    if (file && c.req.method === 'OPTIONS') return preflight(c, next)
    if (!file || !isReading(c.req.method)) return next()
    const offer = shelf.find(file.path) ?? (await shelf.load(file.path))
    if (!offer) return absent(c, file, deps)
    const { status, headers, body } = answerWith(
      offer,
      askedIn((name) => c.req.header(name)),
      clock.now().getTime(),
    )
    return new Response(body && uncopied(body), { status, headers: pairs(headers) })
  })
  const quick: Quick = (incoming, outgoing) => {
    const { method = '', url = '', headers: fields } = incoming
    const file = isReading(method) && isPlain(incoming) ? feedFileOf(url.split('?', 1)[0] ?? '') : undefined
    const offer = file && shelf.find(file.path)
    if (!offer) return false
    const { status, headers, body } = answerWith(
      offer,
      askedIn((name) => fields[name]?.toString()),
      clock.now().getTime(),
    )
    outgoing.writeHead(status, [...headers]).end(method === 'HEAD' ? undefined : body)
    return true
  }
  return { routes, quick }
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** What has no host, an odd one or several, or two dates, is the framework's to judge: node keeps the first of each. */
function isPlain({ headers: { host = '' }, rawHeaders }: IncomingMessage): boolean {
  const times = (name: string): number =>
    rawHeaders.filter((field, at) => at % 2 === 0 && field.length === name.length && field.toLowerCase() === name)
      .length
  return HOST.test(host) && URL.canParse(`http://${host}`) && times('host') === 1 && times('if-modified-since') <= 1
}

/** A `Response` copies the bytes it is given, for each client anew and for as long as that is slow; of a stream it does not. */
function uncopied(body: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(stream) {
      stream.enqueue(body)
      stream.close()
    },
  })
}

function askedIn(header: (name: string) => string | undefined) {
  return {
    acceptEncoding: header('accept-encoding'),
    ifNoneMatch: header('if-none-match'),
    ifModifiedSince: header('if-modified-since'),
  }
}

/** WebSub, section 4: at least one hub, and exactly one self. */
function linkTo(self: string, hubs: readonly string[]): string | undefined {
  if (hubs.length === 0) return undefined
  return [...hubs.map((hub) => `<${new URL(hub).href}>; rel="hub"`), `<${self}>; rel="self"`].join(', ')
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? ''])
}

async function absent(c: Context, { path }: FeedFile, deps: FeedDeps): Promise<Response> {
  c.header('Access-Control-Allow-Origin', '*')
  const hasBegun = deps.files.stamp('public/rss.xml') !== undefined
  const sentence = hasBegun
    ? 'There is no such file among the feeds. Those there are stand at /feeds.'
    : 'The feeds begin with the first edition. None has left yet.'
  if (path !== FEEDS_PAGE) return c.text(`${sentence}\n`, 404)
  const told = hasBegun ? 'The list of feeds is made with the next edition.' : sentence
  return c.html(plainPage(deps.house(), 'Feeds', told, { meta: await deps.discovery() }), 404)
}
