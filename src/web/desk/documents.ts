import { html } from 'hono/html'
import { announcementIn } from '../../domain/feed-format.ts'
import { utf8Bytes } from '../../domain/text.ts'
import type { ChannelView } from '../../pipeline/view.ts'
import type { FrozenRendering } from '../../ports.ts'
import type { Html } from '../page.ts'
import { counted, measureInWords, sizeInWords } from '../words.ts'
import { findingsBeside, type PlacedFindings } from './findings.ts'
import { frame, isKept, renderingPath } from './frames.ts'
import { measuresLine } from './measures.ts'

/** As many lines can be looked over at once; more are folded. */
const UNFOLDED = 12
const NONE_KEPT = 'A newer edition has replaced these files; their bytes are no longer kept.'

/**
 * Whole documents, such as feeds. Those in the root, which everybody knows, are shown one below the other, open the first
 * and those with findings; what lies in folders below is a list, for it may be dozens that say the same, and so is what
 * the store no longer has; of these what has findings also stands before the list.
 */
export function documentsSection(edition: string, channel: ChannelView, findings: PlacedFindings): Html {
  const announced = channel.renderings.filter(({ id }) => announcementIn(id) !== undefined)
  const files = channel.renderings.filter((rendering) => !announced.includes(rendering))
  const kept = files.filter(isKept)
  const shown = kept.filter(({ id }) => !id.includes('/'))
  const listed = kept.filter(({ id }) => id.includes('/'))
  const gone = files.filter((rendering) => !isKept(rendering))
  const document = (rendering: FrozenRendering, index: number): Html =>
    html`<details class="document" ${index === 0 || findings.renderings.has(rendering) ? 'open' : ''}>
      <summary><h3 dir="auto">${rendering.title}</h3></summary>
      ${measuresLine(edition, rendering)} ${findingsBeside(findings.renderings.get(rendering))}
      ${frame(edition, rendering, `${channel.title}: ${rendering.title}`)}
    </details>`
  const more = counted(listed.length, shown.length > 0 ? 'more document' : 'document')
  return html`<section id="${channel.id}">
    <h2>${channel.title}</h2>
    ${findingsBeside(findings.channels.get(channel.id))} ${shown.map(document)} ${list(edition, more, listed, findings)}
    ${list(edition, `${counted(gone.length, 'document')} replaced since`, gone, findings)}
    ${announced.length > 0 ? announcements(announced, findings) : ''}
  </section>`
}

/** Nothing when there is none. */
function list(
  edition: string,
  title: string,
  renderings: readonly FrozenRendering[],
  findings: PlacedFindings,
): Html | '' {
  if (renderings.length === 0) return ''
  const noted = renderings.filter((rendering) => findings.renderings.has(rendering))
  return html`${noted.map(
      (rendering) =>
        html`<div class="document small">
          <p>${facts(edition, rendering)}</p>
          ${findingsBeside(findings.renderings.get(rendering))}
        </div>`,
    )}
    <details class="document" ${renderings.length <= UNFOLDED ? 'open' : ''}>
      <summary><h3>${title}</h3></summary>
      ${renderings.every(isKept) ? '' : html`<p class="small quiet measure">${NONE_KEPT}</p>`}
      <ul class="documents small">
        ${renderings.map((rendering) => html`<li>${facts(edition, rendering)}</li>`)}
      </ul>
    </details>`
}

/** Title, which leads to how it looks; then its measures, and its address, which leads to the very bytes. */
function facts(edition: string, rendering: FrozenRendering): Html {
  const { id, title, measures, content, mayLeave } = rendering
  const lengths = measures
    .filter(({ name, limit }) => limit !== undefined || name !== 'bytes')
    .map((measure) => html`<span>${measureInWords(measure)}</span>`)
  if (!isKept(rendering))
    return html`<span dir="auto">${title}</span>
      <span class="measures quiet figures">${lengths}${id === title ? '' : html`<span>${id}</span>`}</span>`
  const bytes = sizeInWords(utf8Bytes(content))
  const raw = html`<a href="${renderingPath(edition, rendering, 'content')}">${id}, ${bytes}</a>`
  const stays = mayLeave ? '' : html`<b class="over">does not leave</b>`
  return html`<a href="${renderingPath(edition, rendering, 'page')}" dir="auto">${title}</a>
    <span class="measures quiet figures">${lengths}${raw}${stays}</span>`
}

/** What hubs are told: one line for each hub, for each is told the same of all that it is told. */
function announcements(announced: readonly FrozenRendering[], findings: PlacedFindings): Html {
  const hubs = [...Map.groupBy(announced, ({ id }) => announcementIn(id)?.hub).values()]
  return html`<div class="document">
    <h3>${counted(announced.length, 'announcement')}</h3>
    <ul class="small measure">
      ${hubs.map(announcementLine)}
    </ul>
    ${announced.map((rendering) => findingsBeside(findings.renderings.get(rendering)))}
  </div>`
}

function announcementLine([first, ...others]: readonly FrozenRendering[]): Html {
  return html`<li dir="auto">${[first?.title, ...others.map(({ id }) => announcementIn(id)?.path)].join(', ')}</li>`
}
