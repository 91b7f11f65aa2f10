import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Publication } from '../../domain/publication.ts'
import { verifyReaderToken } from '../../domain/reader-token.ts'
import { unsubscribe, viewReader } from '../../pipeline/unsubscribe.ts'
import type { Ports, ReaderStore } from '../../ports.ts'
import type { Discovery } from '../feeds/discovery.ts'
import { FORM_POLICY } from '../headers.ts'
import { askPage, brokenLinkPage, donePage, type UnsubscribeHouse } from './unsubscribe-pages.ts'

export interface UnsubscribeDeps extends Pick<Ports, 'clock' | 'log'> {
  readonly store: Pick<ReaderStore, 'subscriber' | 'unsubscribe'>
  readonly house: () => Publication
  readonly discovery: Discovery
  /** Any of them may have made the token: links in mail that left before a secret was configured still work. */
  readonly tokenSecrets: readonly string[]
  readonly mode: 'preview' | 'start'
}

// A link stays one when a mail program or a person adds a slash. Nothing of it leaves these routes for a redirect.
const PATHS = ['/unsubscribe/:token', '/unsubscribe/:token/']
const MAX_BODY_BYTES = 4 * 1024

/**
 * The reader's own way out (RFC 8058). GET never changes anything: mail scanners follow every link. POST acts, without
 * cookie or sign-in, as often as it comes. A mail program gets an empty 200 and no redirect (RFC 8058, 3.1); a reader
 * who pressed the button is sent back to the page, which says what is so now. A preview shows the page and acts on nothing.
 */
export function unsubscribeRoutes({ tokenSecrets, mode, ...deps }: UnsubscribeDeps): Hono {
  const app = new Hono()
  const house = async (): Promise<UnsubscribeHouse> => ({
    publication: deps.house(),
    discovery: await deps.discovery(),
  })
  const readerOf = (token: string): string | undefined =>
    tokenSecrets.map((secret) => verifyReaderToken(secret, 'unsubscribe', token)).find((id) => id !== undefined)

  app.on('GET', PATHS, async (c) => {
    const id = readerOf(c.req.param('token') ?? '')
    if (id === undefined) return c.html(brokenLinkPage(await house()), 404)
    const reader = await viewReader(deps, id)
    if (!reader || reader.state === 'unsubscribed') return c.html(donePage(await house(), reader))
    if (mode === 'start') c.header('Content-Security-Policy', FORM_POLICY)
    return c.html(askPage(await house(), reader, mode))
  })
  if (mode === 'preview') return app

  app.on('POST', PATHS, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.body(null, 413) }), async (c) => {
    const token = c.req.param('token') ?? ''
    const id = readerOf(token)
    if (id === undefined) return c.body(null, 404)
    const oneClick = await saysOneClick(c)
    await unsubscribe(deps, id, oneClick ? 'one-click' : 'link')
    return oneClick ? c.body(null, 200) : c.redirect(pageOf(c, token), 303)
  })
  for (const path of PATHS)
    app.all(path, (c) => c.body(null, c.req.method === 'OPTIONS' ? 204 : 405, { Allow: 'GET, HEAD, POST' }))
  return app
}

/** Relative to what was asked for: a proxy may have taken a prefix off the path, and only the browser knows it. */
function pageOf(c: Context, token: string): string {
  return `${c.req.path.endsWith('/') ? '../' : ''}${encodeURIComponent(token)}`
}

/** Whoever posts to the link means it, so a body that cannot be read is no reason not to act. */
async function saysOneClick(c: Context): Promise<boolean> {
  try {
    return 'List-Unsubscribe' in (await c.req.parseBody())
  } catch {
    return false
  }
}
