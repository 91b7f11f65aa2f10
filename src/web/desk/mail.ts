import { html } from 'hono/html'
import type { Edition } from '../../domain/edition.ts'
import type { Publication } from '../../domain/publication.ts'
import type { ChannelView } from '../../pipeline/view.ts'
import type { FrozenRendering } from '../../ports.ts'
import type { Html } from '../page.ts'
import { timeIn } from '../words.ts'
import { findingsBeside, type PlacedFindings } from './findings.ts'
import { frame, type Scheme } from './frames.ts'
import { measuresLine } from './measures.ts'

/** The mail as its reader meets it: a row in the inbox, then opened, on a phone and on a desktop, in light and dark, or as text. */
export function mailSection(
  publication: Publication,
  edition: Edition,
  channel: ChannelView,
  findings: PlacedFindings,
): Html {
  return html`<section id="${channel.id}">
    <h2>${channel.title}</h2>
    ${findingsBeside(findings.channels.get(channel.id))}
    ${channel.renderings.map(
      (rendering, index) =>
        html`${measuresLine(edition.id, rendering)} ${findingsBeside(findings.renderings.get(rendering))}
        ${inboxRows(publication, edition)} ${opened(edition, rendering, index)}`,
    )}
  </section>`
}

function inboxRows({ name, zone }: Publication, { subject, preheader, plannedAt }: Edition): Html {
  const time = timeIn(zone, plannedAt)
  return html`<h3 class="unseen">In the inbox</h3>
    <div class="inbox">
      <figure>
        <figcaption class="small quiet">In the inbox of a phone</figcaption>
        <p class="row narrow">
          <span class="first"><b class="cut" dir="auto">${name}</b> <span class="quiet figures">${time}</span></span>
          <span class="cut" dir="auto">${subject}</span> <span class="cut quiet" dir="auto">${preheader}</span>
        </p>
      </figure>
      <figure>
        <figcaption class="small quiet">In the inbox of a desktop</figcaption>
        <div class="scroll" tabindex="0" role="region" aria-label="The row in a desktop’s inbox; scrolls sideways">
          <p class="row wide">
            <b class="cut" dir="auto">${name}</b>
            <span class="cut" dir="auto"><b>${subject}</b> <span class="quiet">${preheader}</span></span>
            <span class="quiet figures">${time}</span>
          </p>
        </div>
      </figure>
    </div>`
}

/** Tabs without script: each radio button shows the panel of its class. */
function opened(edition: Edition, rendering: FrozenRendering, index: number): Html {
  const name = `mail-${index}`
  const pick = (view: string, words: string, checked: boolean): Html =>
    html`<input
        type="radio"
        class="pick-${view}"
        name="${name}"
        id="${name}-${view}"
        ${checked ? 'checked' : ''}
      /><label for="${name}-${view}">${words}</label>`
  return html`<h3 class="unseen">Opened</h3>
    <fieldset class="tabs mail">
      <legend class="unseen">Show the mail</legend>
      ${pick('light', 'Light', true)} ${pick('dark', 'Dark', false)}
      ${rendering.text === undefined ? '' : pick('text', 'Plain text', false)} ${panel(edition, rendering, 'light')}
      ${panel(edition, rendering, 'dark')} ${rendering.text === undefined ? '' : plainPanel(rendering.text)}
    </fieldset>`
}

function panel(edition: Edition, rendering: FrozenRendering, scheme: Scheme): Html {
  return html`<div class="panel ${scheme}">
    <figure class="phone">
      <figcaption class="small quiet">Phone, 375 px</figcaption>
      ${frame(edition.id, rendering, `The mail on a phone, ${scheme}`, scheme)}
    </figure>
    <figure class="desktop">
      <figcaption class="small quiet">Desktop, 680 px</figcaption>
      <div class="scroll" tabindex="0" role="region" aria-label="The mail on a desktop, ${scheme}; scrolls sideways">
        ${frame(edition.id, rendering, `The mail on a desktop, ${scheme}`, scheme)}
      </div>
    </figure>
  </div>`
}

function plainPanel(text: string): Html {
  return html`<div class="panel text">
    <pre class="plain" dir="auto" tabindex="0" role="region" aria-label="The mail as plain text">${text}</pre>
  </div>`
}
