import { html } from 'hono/html'
import type { Measure } from '../../domain/rendering.ts'
import { utf8Bytes } from '../../domain/text.ts'
import type { FrozenRendering } from '../../ports.ts'
import type { Html } from '../page.ts'
import { measureInWords, sizeInWords } from '../words.ts'
import { renderingPath } from './frames.ts'

/** Every length that a limit applies to, then the size of the whole, which leads to the very bytes. */
export function measuresLine(edition: string, rendering: FrozenRendering): Html {
  const bytes = utf8Bytes(rendering.content)
  const others = rendering.measures.filter(({ value, limit }) => limit !== undefined || value !== bytes)
  return html`<p class="measures small quiet figures">
    ${others.map(oneMeasure)}<a href="${renderingPath(edition, rendering, 'content')}">raw, ${sizeInWords(bytes)}</a>${
      rendering.mayLeave ? '' : html`<b class="over">does not leave</b>`
    }
  </p>`
}

function oneMeasure(measure: Measure): Html {
  const over = measure.limit !== undefined && measure.value > measure.limit
  return over ? html`<b class="over">${measureInWords(measure)}</b>` : html`<span>${measureInWords(measure)}</span>`
}
