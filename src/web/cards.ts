import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { html } from 'hono/html'
import { cardAlt, sourceHosts } from '../domain/card.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Desk } from '../pipeline/view.ts'
import type { Files, Log, Pictures } from '../ports.ts'
import type { Html } from './page.ts'

export interface CardDeps {
  readonly desk: Pick<Desk, 'published'>
  readonly files: Files
  readonly pictures: Pick<Pictures, 'draw'>
  readonly log: Log
}

const DAY_SECONDS = 86_400
/** What `EDITION_PATH` lets through as the day. */
const DAY = '\\d{4}-\\d{2}-\\d{2}(?:-[0-9a-f]{8})?'
const NAME = new RegExp(`^([a-z0-9-]+)-(${DAY})\\.png$`)

/**
 * The picture that stands for an edition where its address is shared. Drawn when it is first asked for, then kept in
 * `public/cards/`, so that it can lie on a static host; only for editions that readers may see.
 */
export function cardRoutes(deps: CardDeps): Hono {
  const app = new Hono()
  const drawing = new Map<string, Promise<Uint8Array>>()
  app.get('/cards/:name', etag(), async (c) => {
    const name = c.req.param('name')
    const [, schedule, day] = NAME.exec(name) ?? []
    const found = day === undefined ? undefined : await deps.desk.published(`${schedule}/${day}`)
    if (!found) return c.notFound()
    // A crowd that comes at once waits for one drawing.
    const begun = drawing.get(name) ?? cardOf(deps, name, found.edition).finally(() => drawing.delete(name))
    drawing.set(name, begun)
    const bytes = await begun
    c.header('Cache-Control', `public, max-age=${DAY_SECONDS}`)
    c.header('ETag', `"${sha256(bytes)}"`)
    return c.body(Buffer.from(bytes), 200, { 'Content-Type': 'image/png', 'Content-Length': String(bytes.byteLength) })
  })
  return app
}

async function cardOf({ files, pictures, log }: CardDeps, name: string, edition: Edition): Promise<Uint8Array> {
  const path = `public/cards/${name}`
  const kept = await files.readBytes(path)
  if (kept) return kept
  const { subject, publication } = edition
  const sources = sourceHosts(editionItems(edition))
  const { content } = await pictures.draw({ publication: publication.name, title: subject, sources })
  await files.write(path, content).catch((error: unknown) => {
    log.warn(
      `The card of ${edition.id} is drawn anew each time: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  return content
}

/** For the head of a page that shows one edition: how it looks where its address is shared (ogp.me; X reads the card's size). */
export function linkPreview(publicUrl: string, edition: Edition): Html {
  const { id, subject, preheader, intro, publication } = edition
  const alt = cardAlt(subject, sourceHosts(editionItems(edition)))
  const properties = [
    ['og:site_name', publication.name],
    ['og:type', 'article'],
    ['og:title', subject],
    ['og:description', preheader || intro || publication.description],
    ['og:url', `${publicUrl}/editions/${id}`],
    ['og:image', `${publicUrl}/cards/${id.replace('/', '-')}.png`],
    ['og:image:type', 'image/png'],
    ['og:image:width', '1200'],
    ['og:image:height', '630'],
    ['og:image:alt', alt],
  ]
  return html`${properties.map(([name, value]) => html`<meta property="${name}" content="${value}" />`)}<meta
      name="twitter:card"
      content="summary_large_image"
    />`
}
