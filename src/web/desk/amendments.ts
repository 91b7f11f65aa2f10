import { html } from 'hono/html'
import type { Amendment } from '../../domain/amendment.ts'
import type { Edition } from '../../domain/edition.ts'
import type { Html } from '../page.ts'
import { headline, sourceLine } from '../story.ts'
import { amendmentWords } from './words.ts'

/** What the digest tells of earlier items. */
export function amendmentsGroup({ amendments = [] }: Edition): Html | '' {
  if (amendments.length === 0) return ''
  return html`<p class="group">Corrections</p>
    <ol>
      ${amendments.map(
        (amendment) =>
          html`<li class="item brief">
            <article class="text" dir="auto">
              <h3>${headline(amendment)}</h3>
              ${noteLine(amendment)} ${sourceLine({ sources: amendment.source ? [amendment.source] : [] })}
            </article>
          </li>`,
      )}
    </ol>`
}

/** `Correction: …`, in the editor's words. */
export function noteLine({ kind, note }: Amendment): Html {
  const { name } = amendmentWords[kind]
  return note === '' ? html`<p><b>${name}.</b></p>` : html`<p><b>${name}:</b> <span dir="auto">${note}</span></p>`
}
