import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Desk } from '../pipeline/view.ts'
import { plainPage } from './page.ts'
import { cssSource } from './style.ts'

/** Nothing at all: of what is data and no page. */
export const NEVER = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

/**
 * Our own pages: the one style sheet by its hash, no script, no style attribute. What a title or a finding smuggles in
 * could therefore neither run nor repaint the page, even if escaping failed.
 */
const PAGE_POLICY = `${NEVER}; style-src ${cssSource}; img-src data:; frame-src 'self'`

/** The same for the pages that carry a form, which leads back to ourselves. */
export const FORM_POLICY = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'")

/**
 * Pages that a channel drew: mail needs inline styles and images from anywhere on the secure web. Still no script, no
 * form, no frame.
 */
export const RENDERED_POLICY = `${NEVER}; style-src 'unsafe-inline'; img-src https: data:`

/**
 * The same in a frame of the desk: an origin of its own, so that it can reach nothing here. Links open a new tab, as
 * an editor who checks them needs.
 */
export const FRAME_POLICY = `${RENDERED_POLICY}; sandbox allow-popups allow-popups-to-escape-sandbox`

/** What every answer carries unless its route says otherwise. */
export function safeHeaders(): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    c.header('Content-Security-Policy', PAGE_POLICY)
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    c.header('Cache-Control', 'no-store')
    await next()
  })
}

/** Besides what was routed before it nothing can be changed, so nothing but reading is understood. */
export function readingOnly(): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return next()
    return c.text('These pages can only be read.\n', 405, { Allow: 'GET, HEAD' })
  })
}

/**
 * Where there is nothing at an address that ends in a slash, the one without it may be meant. Relative, for what stands
 * before the path on the way here, scheme and host included, is not known.
 */
export function withoutTrailingSlash(): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    await next()
    const { pathname, search } = new URL(c.req.url)
    const last = /([^/]+)\/$/.exec(pathname)?.[1]
    if (c.res.status === 404 && last !== undefined) c.res = c.redirect(`../${last}${search}`, 301)
  })
}

/**
 * The desk shows what is not published yet and knows no sign-in. It has a listener of its own on loopback, and there
 * answers under this machine's own names alone: that keeps out a web page that points a name of its own at this machine
 * (DNS rebinding), and a proxy that says it is one. A proxy that hides itself cannot be told from a browser here: what
 * keeps readers from the desk is that the readers' port has none.
 */
export function thisMachineOnly(desk: Pick<Desk, 'publication'>): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (isLocal(c)) return next()
    const sentence =
      'The desk shows what is not published yet. It answers only on the machine it runs on, under http://localhost; from elsewhere, use an SSH tunnel (ssh -L).'
    return c.html(plainPage(desk.publication, 'Only on this machine', sentence), 403)
  })
}

function isLocal(c: Context): boolean {
  const { hostname } = new URL(c.req.url)
  const proxied = c.req.header('x-forwarded-for') ?? c.req.header('forwarded')
  return proxied === undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
