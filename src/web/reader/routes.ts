import { Hono } from 'hono'
import { amendmentKindOf } from '../../domain/amendment.ts'
import type { Desk, PublishedEdition } from '../../pipeline/view.ts'
import type { Discovery } from '../feeds/discovery.ts'
import { RENDERED_POLICY } from '../headers.ts'
import { EDITION_PATH } from '../paths.ts'
import { mailedPage, pastEditions, readerPage, type ReaderHouse } from './pages.ts'

export interface ReaderDeps {
  readonly desk: Desk
  readonly publicUrl: string
  readonly discovery: Discovery
  readonly mode: 'preview' | 'start'
}

const LISTED_EDITIONS = 100

/**
 * What readers see without a subscription: the latest edition, the past ones, each as it was mailed. For anybody who
 * asks nothing is rendered; only a preview, which shows drafts too, does.
 */
export function readerRoutes({ desk, publicUrl, mode, discovery }: ReaderDeps): Hono {
  const app = new Hono()
  const house = async (): Promise<ReaderHouse> => ({
    publication: desk.publication,
    publicUrl,
    discovery: await discovery(),
  })
  const everything = mode === 'preview'
  const list = (limit: number) => (everything ? desk.list(limit) : desk.listPublished(limit))
  app.get('/', async (c) => {
    const [latest] = await list(1)
    if (everything) return c.redirect(latest ? `/desk/${latest.id}` : '/desk')
    const found = latest && (await desk.published(latest.id))
    return c.html(readerPage(await house(), found?.edition, await found?.amendments()))
  })
  app.get('/editions', async (c) => {
    const digests = (await list(LISTED_EDITIONS)).filter(({ id }) => amendmentKindOf(id) === undefined)
    return c.html(pastEditions(await house(), digests))
  })
  app.get(`/editions${EDITION_PATH}`, async (c) => {
    const id = `${c.req.param('schedule')}/${c.req.param('date')}`
    const found = (await desk.published(id)) ?? (everything ? await viewed(desk, id) : undefined)
    if (!found) return c.notFound()
    const amendments = await found.amendments()
    const mail = (await found.renderings()).find(({ channel }) => channel === 'email')
    if (!mail) return c.html(readerPage(await house(), found.edition, amendments))
    c.header('Content-Security-Policy', RENDERED_POLICY)
    return c.html(await mailedPage(mail.page, await house(), found.edition, amendments))
  })
  return app
}

/** As the editor would let it go. */
async function viewed(desk: Desk, id: string): Promise<PublishedEdition | undefined> {
  const view = await desk.view(id)
  return (
    view && {
      edition: view.edition,
      renderings: async () => view.channels.flatMap(({ renderings }) => renderings),
      amendments: async () => [],
    }
  )
}
