import { Hono } from 'hono'
import type { Desk, EditionLine, EditionView } from '../../pipeline/view.ts'
import { RENDERED_POLICY } from '../headers.ts'
import { EDITION_PATH } from '../paths.ts'
import { pastEditions, readerPage, type ReaderHouse } from './pages.ts'

export interface ReaderDeps {
  readonly desk: Desk
  readonly publicUrl: string
  readonly mode: 'preview' | 'start'
}

const LISTED_EDITIONS = 100
// Drafts and held editions that may stand before the latest published one.
const LOOKED_THROUGH = 20
const PUBLISHED: ReadonlySet<EditionLine['state']> = new Set(['approved', 'sending', 'sent'])

/** What readers see without a subscription: the latest edition, the past ones, each as it was mailed. */
export function readerRoutes({ desk, publicUrl, mode }: ReaderDeps): Hono {
  const app = new Hono()
  const house = (): ReaderHouse => ({ publication: desk.publication, publicUrl })
  const shown = ({ state }: EditionLine | EditionView): boolean => mode === 'preview' || PUBLISHED.has(state)
  app.get('/', async (c) => {
    const editions = await desk.list(LOOKED_THROUGH)
    const latest = editions.find(shown)
    if (mode === 'preview') return c.redirect(latest ? `/desk/${latest.id}` : '/desk')
    return c.html(readerPage(house(), latest && (await desk.view(latest.id))))
  })
  app.get('/editions', async (c) => {
    const editions = await desk.list(LISTED_EDITIONS)
    return c.html(pastEditions(house(), editions.filter(shown)))
  })
  app.get(`/editions${EDITION_PATH}`, async (c) => {
    const view = await desk.view(`${c.req.param('schedule')}/${c.req.param('date')}`)
    if (!view || !shown(view)) return c.notFound()
    const mail = view.channels.find(({ id }) => id === 'email')?.renderings[0]
    if (!mail) return c.html(readerPage(house(), view))
    c.header('Content-Security-Policy', RENDERED_POLICY)
    return c.html(mail.page)
  })
  return app
}
