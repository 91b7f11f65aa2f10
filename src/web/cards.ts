import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { html } from 'hono/html'
import { cardAlt, editionCard } from '../domain/card.ts'
import type { Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Desk } from '../pipeline/view.ts'
import type { Clock, Files, Log, Pictures } from '../ports.ts'
import type { Html } from './page.ts'

export interface CardDeps {
  readonly desk: Pick<Desk, 'published'>
  readonly files: Files
  readonly pictures: Pick<Pictures, 'draw'>
  readonly log: Log
  readonly clock: Pick<Clock, 'now'>
}

const DAY_SECONDS = 86_400
/** How long a card that could not be drawn is not tried again, whoever asks. */
const FAILED_SECONDS = 600
/** What `EDITION_PATH` lets through as the day. */
const DAY = '\\d{4}-\\d{2}-\\d{2}(?:-[0-9a-f]{8})?'
const NAME = new RegExp(`^([a-z0-9-]+)-(${DAY})\\.png$`)

/**
 * The picture that stands for an edition where its address is shared. Drawn when it is first asked for, then kept in
 * `public/cards/`, so that it can lie on a static host; only for editions that readers may see. What could not be drawn
 * is left alone for a while: strangers can make the worker draw nothing twice.
 */
export function cardRoutes(deps: CardDeps): Hono {
  const app = new Hono()
  const drawing = new Map<string, Promise<Uint8Array | undefined>>()
  /** Until when, in milliseconds since the epoch. */
  const failed = new Map<string, number>()
  const draw = async (name: string, edition: Edition): Promise<Uint8Array | undefined> => {
    if ((failed.get(name) ?? 0) > deps.clock.now().getTime()) return undefined
    try {
      return await cardOf(deps, name, edition)
    } catch (error) {
      failed.set(name, deps.clock.now().getTime() + FAILED_SECONDS * 1000)
      deps.log.error(`The card of ${edition.id} could not be drawn: ${reasonOf(error)}`)
      return undefined
    }
  }
  app.get('/cards/:name', etag(), async (c) => {
    const name = c.req.param('name')
    const [, schedule, day] = NAME.exec(name) ?? []
    const found = day === undefined ? undefined : await deps.desk.published(`${schedule}/${day}`)
    if (!found) return c.notFound()
    // A crowd that comes at once waits for one drawing.
    const begun = drawing.get(name) ?? draw(name, found.edition).finally(() => drawing.delete(name))
    drawing.set(name, begun)
    const bytes = await begun
    if (!bytes) return c.text('The card could not be drawn.', 503, { 'Retry-After': String(FAILED_SECONDS) })
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
  const { content } = await pictures.draw(editionCard(edition))
  await files.write(path, content).catch((error: unknown) => {
    log.warn(`The card of ${edition.id} is drawn anew each time: ${reasonOf(error)}`)
  })
  return content
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** For the head of a page that shows one edition: how it looks where its address is shared (ogp.me; X reads the card's size). */
export function linkPreview(publicUrl: string, edition: Edition): Html {
  const { id, subject, preheader, intro, publication } = edition
  const alt = cardAlt(subject, editionCard(edition).sources)
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
