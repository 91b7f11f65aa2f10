import { Hono, type Context } from 'hono'
import type { Desk, EditionView } from '../../pipeline/view.ts'
import type { FrozenRendering } from '../../ports.ts'
import { FRAME_POLICY } from '../headers.ts'
import { EDITION_PATH } from '../paths.ts'
import { editionPage } from './edition.ts'
import { framedPage, isKept, NOT_KEPT } from './frames.ts'
import { editionList } from './list.ts'

const LISTED_EDITIONS = 100
const LISTED_ITEMS = 50

/** The editors' desk: the list, one page per edition, and the documents its frames show. It changes nothing. */
export function deskRoutes(desk: Desk): Hono {
  const app = new Hono()
  const viewOf = shared(desk)
  const renderingOf = async (c: Context): Promise<FrozenRendering | undefined> => {
    const view = await viewOf(editionId(c))
    const channel = view?.channels.find(({ id }) => id === c.req.param('channel'))
    return channel?.renderings.find(({ id }) => id === c.req.param('rendering'))
  }
  app.get('/', async (c) => {
    const [editions, vanished] = await Promise.all([desk.list(LISTED_EDITIONS), desk.vanished(LISTED_ITEMS)])
    return c.html(editionList(desk.publication, editions, vanished))
  })
  app.get(EDITION_PATH, async (c) => {
    const view = await viewOf(editionId(c))
    return view ? c.html(editionPage(desk.publication, view)) : c.notFound()
  })
  app.get(`${EDITION_PATH}/:channel/:rendering/page`, async (c) => {
    const rendering = await renderingOf(c)
    if (!rendering) return c.notFound()
    if (!isKept(rendering)) return c.text(NOT_KEPT, 410)
    const asked = c.req.query('scheme')
    const scheme = asked === 'light' || asked === 'dark' ? asked : undefined
    c.header('Content-Security-Policy', FRAME_POLICY)
    return c.html(framedPage(rendering.page, scheme))
  })
  app.get(`${EDITION_PATH}/:channel/:rendering/text`, async (c) => {
    const text = (await renderingOf(c))?.text
    return text === undefined ? c.notFound() : c.text(text)
  })
  // Whatever it is, it is shown as text: a feed or a mail opened here must not become a page of this origin.
  app.get(`${EDITION_PATH}/:channel/:rendering/content`, async (c) => {
    const rendering = await renderingOf(c)
    if (!rendering) return c.notFound()
    return isKept(rendering) ? c.text(rendering.content) : c.text(NOT_KEPT, 410)
  })
  return app
}

function editionId(c: Context): string {
  return `${c.req.param('schedule')}/${c.req.param('date')}`
}

/** The frames of one page ask for the same edition at the same time; those who wait share one answer. */
function shared(desk: Desk): Desk['view'] {
  const waiting = new Map<string, Promise<EditionView | undefined>>()
  return (id) => {
    const known = waiting.get(id)
    if (known) return known
    const asked = desk.view(id).finally(() => waiting.delete(id))
    waiting.set(id, asked)
    return asked
  }
}
