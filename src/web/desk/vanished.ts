import { html } from 'hono/html'
import { shellWord } from '../../domain/shell.ts'
import { dayIn, longDay } from '../../domain/time.ts'
import type { VanishedItem } from '../../pipeline/view.ts'
import type { Html } from '../page.ts'
import { timeIn } from '../words.ts'

/** What left and its source no longer lists, each with the edition it left in and the command that takes it back. */
export function vanishedSection(zone: string, items: readonly VanishedItem[]): Html | '' {
  if (items.length === 0) return ''
  return html`<section id="vanished" class="measure">
    <h2>No longer listed</h2>
    <p>These have left, and their source does not list them any more. Nothing is taken back by itself.</p>
    <ul class="editions">
      ${items.map((item) => entry(zone, item))}
    </ul>
  </section>`
}

function entry(zone: string, { url, title, edition, since }: VanishedItem): Html {
  const when = `${longDay(dayIn(zone, new Date(since)), 'en')}, ${timeIn(zone, since)}`
  return html`<li>
    <p class="small quiet figures">since ${when}</p>
    <a href="/desk/${edition}" dir="auto">${title}</a>
    <p class="small quiet">To take it back: <code>groundwire retract ${shellWord(url)}</code></p>
  </li>`
}
