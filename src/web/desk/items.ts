import { html } from 'hono/html'
import type { AmendedItem } from '../../domain/amendment.ts'
import type { Edition } from '../../domain/edition.ts'
import type { Item } from '../../domain/item.ts'
import type { Html } from '../page.ts'
import { headline, sourceLine } from '../story.ts'
import { amendmentsGroup, noteLine } from './amendments.ts'
import { findingsBeside, type PlacedFindings } from './findings.ts'

/** The items in the order in which readers get them, each with its source and what the checks say of it. */
export function itemsSection(edition: Edition, findings: PlacedFindings): Html {
  if (edition.amends) return amendedItem(edition.amends, findings)
  return html`<section id="items">
    <h2>The items</h2>
    ${edition.intro ? html`<p class="measure" dir="auto">${edition.intro}</p>` : ''}
    ${group('', edition.stories, findings, 'item')} ${group('In brief', edition.briefs, findings, 'item brief')}
    ${amendmentsGroup(edition)} ${group('Background', edition.background, findings, 'item brief')} ${leftOut(findings)}
  </section>`
}

/** What is put right or taken back, and the item as it now is. */
function amendedItem({ amendment, item }: AmendedItem, findings: PlacedFindings): Html {
  return html`<section id="items">
    <h2>The item</h2>
    <ol>
      <li class="item">
        <article class="text" dir="auto">
          <h3>${headline(item)}</h3>
          ${noteLine(amendment)} ${item.summary ? html`<p>${item.summary}</p>` : ''} ${sourceLine(item)}
        </article>
        ${findingsBeside(findings.items.get(item.url))}
      </li>
    </ol>
    ${leftOut(findings)}
  </section>`
}

function group(name: string, items: readonly Item[], findings: PlacedFindings, className: string): Html | '' {
  if (items.length === 0) return ''
  return html`${name ? html`<p class="group">${name}</p>` : ''}
    <ol>
      ${items.map(
        (item) =>
          html`<li class="${className}">
            <article class="text" dir="auto">
              <h3>${headline(item)}</h3>
              ${className === 'item' && item.summary ? html`<p>${item.summary}</p>` : ''} ${sourceLine(item)}
            </article>
            ${findingsBeside(findings.items.get(item.url))}
          </li>`,
      )}
    </ol>`
}

function leftOut({ leftOut: urls }: PlacedFindings): Html | '' {
  if (urls.size === 0) return ''
  return html`<p class="group">Not in this edition</p>
    <ul>
      ${Array.from(
        urls,
        ([url, findings]) =>
          html`<li class="item brief">
            <p class="text small">${url}</p>
            ${findingsBeside(findings)}
          </li>`,
      )}
    </ul>`
}
