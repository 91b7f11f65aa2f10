import { html } from 'hono/html'
import type { ChannelView, EditionView } from '../../pipeline/view.ts'
import type { Html } from '../page.ts'
import { deliveryWords } from '../words.ts'

/** What became of what is owed, channel by channel. */
export function deliveriesSection({ channels }: EditionView): Html {
  const planned = channels.filter(({ counts }) => counts.length > 0)
  return html`<section id="deliveries">
    <h2>Deliveries</h2>
    ${
      planned.length === 0
        ? html`<p class="quiet measure">None yet. They are planned at the moment the edition is approved.</p>`
        : table(planned)
    }
  </section>`
}

function table(channels: readonly ChannelView[]): Html {
  return html`<table class="figures">
    <thead>
      <tr>
        <th scope="col">Channel</th>
        <th scope="col">What became of it</th>
      </tr>
    </thead>
    <tbody>
      ${channels.map(
        ({ title, counts }) =>
          html`<tr>
            <th scope="row">${title}</th>
            <td>${counts.map(({ state, count }) => `${count} ${deliveryWords[state]}`).join(', ')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}
