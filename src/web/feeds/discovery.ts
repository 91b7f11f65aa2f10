import { html } from 'hono/html'
import type { Desk } from '../../pipeline/view.ts'
import type { Html } from '../page.ts'

/** Gives what belongs in the head of every page for readers: the feeds that exist at this moment (RSS autodiscovery). */
export type Discovery = () => Promise<Html>

export function discoveryOf(desk: Pick<Desk, 'feeds'>, publicUrl: string): Discovery {
  return async () => {
    const feeds = await desk.feeds()
    return html`${feeds.map(
      ({ title, mediaType, path }) =>
        html`<link rel="alternate" type="${mediaType}" title="${title}" href="${publicUrl}/${path}" />`,
    )}`
  }
}
