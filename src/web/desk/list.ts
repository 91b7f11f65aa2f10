import { html } from 'hono/html'
import { amendmentKindOf } from '../../domain/amendment.ts'
import type { Publication } from '../../domain/publication.ts'
import { longDay } from '../../domain/time.ts'
import type { EditionLine, VanishedItem } from '../../pipeline/view.ts'
import { page, type Html } from '../page.ts'
import { counted, editionWords, scheduleInWords } from '../words.ts'
import { vanishedSection } from './vanished.ts'
import { amendmentWords } from './words.ts'

/** What vanished from its source, then every edition the desk knows, newest first. */
export function editionList(
  publication: Publication,
  editions: readonly EditionLine[],
  vanished: readonly VanishedItem[],
): Html {
  return page({
    publication,
    title: 'The desk',
    place: 'The desk',
    kind: 'desk',
    home: '/desk',
    head: html`<h1>Editions</h1>`,
    main: html`${vanishedSection(publication.zone, vanished)} ${editions.length === 0 ? empty() : listed(editions)}`,
  })
}

function listed(editions: readonly EditionLine[]): Html {
  return html`<ol class="editions measure">
    ${editions.map(entry)}
  </ol>`
}

function entry({ id, date, subject, state, items }: EditionLine): Html {
  const schedule = id.slice(0, id.lastIndexOf('/'))
  const amends = amendmentKindOf(id)
  const what = amends
    ? html`<span>${amendmentWords[amends].name}</span>`
    : html`<span>${counted(items, 'item')}</span><span>${scheduleInWords(schedule)}</span>`
  return html`<li>
    <p class="small quiet figures">${longDay(date, 'en')}</p>
    <a href="/desk/${id}" dir="auto">${subject}</a>
    <p class="small quiet line figures"><span>${editionWords[state].name}</span>${what}</p>
  </li>`
}

function empty(): Html {
  return html`<p class="measure">
    No edition has been made yet. <code>groundwire run</code> makes the one of today;
    <code>groundwire run --date 2026-06-29</code> that of another day.
  </p>`
}
