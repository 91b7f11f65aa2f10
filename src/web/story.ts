import { html } from 'hono/html'
import type { Item } from '../domain/item.ts'
import { canonicalUrl, hostOf } from '../domain/url.ts'
import type { Html } from './page.ts'

/** The title, leading to the item where its address is one that may be followed. */
export function headline({ url, title }: Pick<Item, 'url' | 'title'>): Html {
  return html`${outward(url, title)}`
}

/** `Checked against arxiv.org`: every primary source by its host, in the one colour that stands for nothing else. */
export function sourceLine({ sources }: Pick<Item, 'sources'>): Html {
  if (sources.length === 0) return html`<p class="unsourced">No primary source</p>`
  return html`<p class="source">
    Checked against ${sources.map(({ url }, index) => html`${index > 0 ? ', ' : ''}${outward(url, hostOf(url))}`)}
  </p>`
}

function outward(url: string, text: string): Html | string {
  const safe = canonicalUrl(url)
  return safe === undefined ? text : html`<a href="${url}">${text}</a>`
}
