import { html } from 'hono/html'
import type { FrozenRendering } from '../../ports.ts'
import type { Html } from '../page.ts'

export type Scheme = 'light' | 'dark'

/** What the desk says of a document whose bytes the store has let go. */
export const NOT_KEPT = 'A newer edition has replaced this file; its bytes are no longer kept.'

/** Whether the store still has it: see `Store.renderings`. */
export function isKept({ content, page }: FrozenRendering): boolean {
  return content !== '' || page !== ''
}

/** Where one form of a rendering is served: drawn (`page`), as plain text, or the very bytes that leave. */
export function renderingPath(
  edition: string,
  { channel, id }: FrozenRendering,
  form: 'page' | 'text' | 'content',
): string {
  return `/desk/${edition}/${encodeURIComponent(channel)}/${encodeURIComponent(id)}/${form}`
}

/**
 * A rendering as its reader sees it, shut off from the desk. Its links open a new tab. Without script a frame cannot
 * take the height of its content: the style sheet gives it one, and its lower corner can be dragged.
 */
export function frame(edition: string, rendering: FrozenRendering, title: string, scheme?: Scheme): Html {
  const query = scheme ? `?scheme=${scheme}` : ''
  return html`<iframe
    src="${renderingPath(edition, rendering, 'page')}${query}"
    title="${title}"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
    loading="lazy"
    referrerpolicy="no-referrer"
  ></iframe>`
}

/**
 * The page of a rendering made ready for a frame: links open outside it, and its colours are those of `scheme`
 * whatever the editor's own machine prefers. Only style sheets and `media` attributes are rewritten, so that an item
 * about CSS keeps its words.
 */
export function framedPage(page: string, scheme?: Scheme): string {
  const forced = scheme ? `<style>:root{color-scheme:${scheme} !important}</style>` : ''
  const additions = `<base target="_blank">${forced}`
  const body = scheme ? page.replace(/<style\b.*?<\/style>|\smedia="[^"]*"/gis, (css) => force(css, scheme)) : page
  return /<head\b[^>]*>/i.test(body) ? body.replace(/<head\b[^>]*>/i, (head) => head + additions) : additions + body
}

// A width condition that always, or never, holds: it may stand wherever the colour condition stood.
const ALWAYS = '(min-width:0)'
const NEVER = '(max-width:0)'

function force(css: string, scheme: Scheme): string {
  return css.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, asked: string) =>
    asked.toLowerCase() === scheme ? ALWAYS : NEVER,
  )
}
