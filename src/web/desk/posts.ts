import { html } from 'hono/html'
import type { ChannelView } from '../../pipeline/view.ts'
import type { Html } from '../page.ts'
import { counted } from '../words.ts'
import { findingsBeside, type PlacedFindings } from './findings.ts'
import { frame } from './frames.ts'
import { measuresLine } from './measures.ts'

/** Posts side by side like a contact sheet, each as its network draws it, with its counters. */
export function postsSection(edition: string, channel: ChannelView, findings: PlacedFindings): Html {
  return html`<section id="${channel.id}">
    <h2>${channel.title}</h2>
    <p class="quiet">${counted(channel.renderings.length, 'post')}</p>
    ${findingsBeside(findings.channels.get(channel.id))}
    <ol class="posts">
      ${channel.renderings.map(
        (rendering) =>
          html`<li class="post">
            <h3 dir="auto">${rendering.title}</h3>
            ${measuresLine(edition, rendering)}
            ${frame(edition, rendering, `${channel.title} post: ${rendering.title}`)}
            ${findingsBeside(findings.renderings.get(rendering))}
          </li>`,
      )}
    </ol>
  </section>`
}
