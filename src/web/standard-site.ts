import { Hono, type Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { escapeHtml } from '../domain/html.ts'
import type { Desk } from '../pipeline/view.ts'
import type { FrozenRendering } from '../ports.ts'
import { EDITION_PATH } from './paths.ts'

/** AT-URIs of the records that stand for this publication and its editions (see standard.site). */
export interface StandardSite {
  readonly publication: string
  /** Path of the publication's own address, without slash at its end; '' for the root. */
  readonly path: string
  document(edition: string, renderings: readonly FrozenRendering[]): string | undefined
}

export interface StandardSiteDeps {
  readonly desk: Pick<Desk, 'published'>
  /** Resolves to undefined while there are no records to speak of. */
  readonly standardSite: () => Promise<StandardSite | undefined>
}

const WELL_KNOWN = '/.well-known/site.standard.publication'
const CACHE = 'public, max-age=300'

/**
 * Proof that the records in the repository and these pages belong together: an address that names the publication, and
 * a `link` in the head of each edition that has a document, also where the page is the mail's own.
 */
export function standardSiteRoutes({ desk, standardSite }: StandardSiteDeps): Hono {
  const app = new Hono()
  const wellKnown = async (c: Context): Promise<Response> => {
    const site = await standardSite()
    const path = new URL(c.req.url).pathname.slice(WELL_KNOWN.length)
    if (!site || (path !== '' && path !== site.path)) return c.notFound()
    // Whoever verifies it may be a page of another site.
    return c.text(site.publication, 200, { 'Cache-Control': CACHE, 'Access-Control-Allow-Origin': '*' })
  }
  app.get(WELL_KNOWN, wellKnown)
  app.get(`${WELL_KNOWN}/*`, wellKnown)
  app.use(
    `/editions${EDITION_PATH}`,
    createMiddleware(async (c, next) => {
      await next()
      if (c.res.status !== 200) return
      const id = `${c.req.param('schedule')}/${c.req.param('date')}`
      const site = await standardSite()
      const found = site && (await desk.published(id))
      const document = found && site.document(id, await found.renderings())
      if (document === undefined) return
      const link = `<link rel="site.standard.document" href="${escapeHtml(document)}" />`
      const page = await c.res.text()
      c.res = new Response(
        page.replace('</head>', () => `${link}</head>`),
        c.res,
      )
    }),
  )
  return app
}
