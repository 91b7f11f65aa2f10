import { html } from 'hono/html'
import { type Edition, editionItems } from '../../domain/edition.ts'
import type { Publication } from '../../domain/publication.ts'
import { longDay } from '../../domain/time.ts'
import type { ChannelView, EditionView } from '../../pipeline/view.ts'
import { page, type Html } from '../page.ts'
import { counted, editionWords, scheduleInWords, timeIn, unbroken } from '../words.ts'
import { documentsSection } from './documents.ts'
import { deliveriesSection } from './deliveries.ts'
import { findingsBeside, findingsSummary, placeFindings, type PlacedFindings } from './findings.ts'
import { itemsSection } from './items.ts'
import { amendmentWords } from './words.ts'
import { mailSection } from './mail.ts'
import { postsSection } from './posts.ts'

/** Everything about one edition on one page: what was found, what is in it, what each channel makes of it, what became of it. */
export function editionPage(publication: Publication, view: EditionView): Html {
  const { edition, channels } = view
  const findings = placeFindings(view)
  const day = longDay(edition.date, 'en')
  const channelSection = (channel: ChannelView): Html => {
    if (channel.renderings.length === 0) return emptySection(channel, findings, edition)
    if (channel.id === 'email') return mailSection(publication, edition, channel, findings)
    const posts = channel.renderings.some(({ item }) => item !== undefined)
    return (posts ? postsSection : documentsSection)(edition.id, channel, findings)
  }
  return page({
    publication,
    title: day,
    place: html`<a href="/desk">The desk</a>`,
    kind: 'desk',
    home: '/desk',
    head: head(publication, view, day, findings),
    main: html`${
      findings.edition.length > 0 ? html`<div class="of-edition measure">${findingsBeside(findings.edition)}</div>` : ''
    }
    ${itemsSection(edition, findings)} ${channels.map(channelSection)} ${deliveriesSection(view)}`,
  })
}

function head({ zone }: Publication, view: EditionView, day: string, findings: PlacedFindings): Html {
  const { edition, state, reason, channels } = view
  const { name, meaning } = editionWords[state]
  const amends = edition.amends && amendmentWords[edition.amends.amendment.kind]
  const says = amends ? `${meaning} ${amends.meaning}` : meaning
  const time = `${timeIn(zone, edition.plannedAt)}, ${zone}`
  const what = amends
    ? html`<span>${amends.name}</span><span>said at ${time}</span>`
    : html`<span>${scheduleInWords(edition.schedule)}</span><span>${counted(editionItems(edition).length, 'item')}</span
        ><span>planned for ${time}</span>`
  return html`<h1>${unbroken(day)}</h1>
    <p class="line quiet figures">${what}</p>
    <p class="state measure"><b>${name}.</b> ${says}${reason ? html` <span dir="auto">${reason}</span>` : ''}</p>
    <div>${findingsSummary(findings)}</div>
    <nav class="jump line" aria-label="Parts of this page">
      <a href="#items">${amends ? 'The item' : 'The items'}</a
      >${channels.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}<a href="#deliveries">Deliveries</a>
    </nav>`
}

function emptySection({ id, title }: ChannelView, findings: PlacedFindings, { amends }: Edition): Html {
  const next = amends && id === 'email' ? ' The next digest tells of it.' : ''
  return html`<section id="${id}">
    <h2>${title}</h2>
    <p class="quiet">Nothing leaves through this channel.${next}</p>
    ${findingsBeside(findings.channels.get(id))}
  </section>`
}
