import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import { sha256 } from '../domain/hash.ts'
import type { Files } from '../ports.ts'
import type { Html } from './page.ts'
import { html } from 'hono/html'

/** The feeds as readers' programs find them, in the order in which they are offered. */
export const feeds = [
  { file: 'rss.xml', name: 'RSS', type: 'application/rss+xml' },
  { file: 'atom.xml', name: 'Atom', type: 'application/atom+xml' },
  { file: 'feed.json', name: 'JSON Feed', type: 'application/feed+json' },
] as const

/**
 * The feed files as they lie in `public/`. A strong ETag over the bytes lets a poller ask again for next to nothing;
 * half an hour of caching and no `Expires: 0`, which makes Miniflux forget the ETag. Any web page may read them (CORS).
 */
export function feedRoutes(files: Files): Hono {
  const app = new Hono()
  for (const { file, type } of feeds) {
    const path = `/${file}`
    const retainedHeaders = [...RETAINED_304_HEADERS, 'access-control-allow-origin']
    app.use(path, cors({ allowMethods: ['GET', 'HEAD'] }), etag({ retainedHeaders }))
    app.get(path, async (c) => {
      const text = await files.read(`public/${file}`)
      if (text === undefined)
        return c.text('This feed is made when the first edition leaves. There is none yet.\n', 404)
      const bytes = new TextEncoder().encode(text)
      c.header('Cache-Control', 'public, max-age=1800')
      c.header('ETag', `"${sha256(bytes)}"`)
      return c.body(bytes, 200, {
        'Content-Type': `${type}; charset=utf-8`,
        'Content-Length': String(bytes.byteLength),
      })
    })
  }
  return app
}

/** For the head of readers' pages (RSS autodiscovery). */
export function feedDiscovery(publicUrl: string, publicationName: string): Html {
  return html`${feeds.map(
    ({ file, name, type }) =>
      html`<link rel="alternate" type="${type}" title="${publicationName} (${name})" href="${publicUrl}/${file}" />`,
  )}`
}
