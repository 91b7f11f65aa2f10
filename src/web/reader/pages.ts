import { html } from 'hono/html'
import type { Amendment } from '../../domain/amendment.ts'
import type { Edition } from '../../domain/edition.ts'
import type { Item } from '../../domain/item.ts'
import type { Publication } from '../../domain/publication.ts'
import { longDay } from '../../domain/time.ts'
import type { EditionLine } from '../../pipeline/view.ts'
import { linkPreview } from '../cards.ts'
import { page, type Html } from '../page.ts'
import { headline, sourceLine } from '../story.ts'
import { counted, unbroken } from '../words.ts'
import { amendedLine, amendedNotice, byItem } from './amended.ts'

export interface ReaderHouse {
  readonly publication: Publication
  readonly publicUrl: string
  /** Elements for the head that lead to the feeds. */
  readonly discovery: Html
}

/**
 * One edition for readers in the look of the house, or word that there is none yet. What was taken back keeps its title
 * and source alone.
 *
 * @param amendments what was said of its items since.
 */
export function readerPage(
  { publication, publicUrl, discovery }: ReaderHouse,
  edition: Edition | undefined,
  amendments: readonly Amendment[] = [],
): Html {
  const frame = { publication, place: ways(), kind: 'reader', home: '/', foot: foot(publication) } as const
  if (!edition) {
    const main = html`<p class="measure">The first edition has not left yet. It will stand here.</p>`
    const head = html`<h1>${publication.description}</h1>`
    return page({ ...frame, title: 'No edition yet', head, main, meta: discovery })
  }
  const { id, date, intro, stories, briefs, background } = edition
  const day = longDay(date, 'en')
  const said = byItem(amendments)
  const list = (name: string, items: readonly Item[], className: string): Html | '' =>
    itemList(name, items, className, (item) => told(item, said, publication.zone))
  const address = `${publicUrl}/editions/${id}`
  return page({
    ...frame,
    title: day,
    meta: html`<link rel="canonical" href="${address}" />${discovery}${linkPreview(publicUrl, edition)}`,
    head: html`<h1>${unbroken(day)}</h1>
      ${intro ? html`<p class="measure state" dir="auto">${intro}</p>` : ''}
      <p class="quiet"><a href="/editions/${id}">As it was mailed</a></p>`,
    main: html`${list('', stories, 'item')}${list('In brief', briefs, 'item brief')}${list(
      'Background',
      background,
      'item brief',
    )}`,
  })
}

const BODY = /<body\b[^>]*>/i

/**
 * What was mailed, as it was, but that its head also says where the feeds are and how it looks where its address is
 * shared, and that what was put right or taken back since stands above it.
 */
export async function mailedPage(
  mailed: string,
  { publication, publicUrl, discovery }: ReaderHouse,
  edition: Edition,
  amendments: readonly Amendment[] = [],
): Promise<string> {
  const added = String(await html`${discovery}${linkPreview(publicUrl, edition)}`)
  const notice = String(await amendedNotice(amendments, publication.zone))
  const headed = mailed.replace(/<head[^>]*>/i, (head) => head + added)
  return BODY.test(headed) ? headed.replace(BODY, (body) => body + notice) : notice + headed
}

/** Every edition that has been let go, newest first. */
export function pastEditions({ publication, discovery }: ReaderHouse, editions: readonly EditionLine[]): Html {
  return page({
    publication,
    title: 'Past editions',
    place: ways(),
    kind: 'reader',
    home: '/',
    meta: discovery,
    head: html`<h1>Past editions</h1>`,
    main:
      editions.length === 0
        ? html`<p class="measure">The first edition has not left yet. It will be listed here.</p>`
        : html`<ol class="editions measure">
            ${editions.map(entry)}
          </ol>`,
    foot: foot(publication),
  })
}

interface Told {
  readonly lines: readonly Html[]
  readonly isWithdrawn: boolean
}

function told({ url }: Item, said: ReadonlyMap<string, readonly Amendment[]>, zone: string): Told {
  const own = said.get(url) ?? []
  return {
    lines: own.map((amendment) => amendedLine(amendment, zone)),
    isWithdrawn: own.some(({ kind }) => kind === 'retraction'),
  }
}

function itemList(name: string, items: readonly Item[], className: string, toldOf: (item: Item) => Told): Html | '' {
  if (items.length === 0) return ''
  return html`${name ? html`<h2 class="group">${name}</h2>` : ''}
    <ol>
      ${items.map((item) => {
        const { lines, isWithdrawn } = toldOf(item)
        return html`<li class="${className}">
          <article class="text" dir="auto">
            ${name ? html`<h3>${headline(item)}</h3>` : html`<h2>${headline(item)}</h2>`} ${lines}
            ${name === '' && item.summary && !isWithdrawn ? html`<p>${item.summary}</p>` : ''} ${sourceLine(item)}
          </article>
        </li>`
      })}
    </ol>`
}

function entry({ id, date, subject, items }: EditionLine): Html {
  return html`<li>
    <p class="small quiet figures">${longDay(date, 'en')}</p>
    <a href="/editions/${id}" dir="auto">${subject}</a>
    <p class="small quiet">${counted(items, 'item')}</p>
  </li>`
}

function ways(): Html {
  return html`<a href="/editions">Past editions</a>`
}

function foot({ url, description }: Publication): Html {
  return html`<p dir="auto">${description}</p>
    <p class="line">
      <a href="${url}">${new URL(url).hostname}</a><a href="/editions">Past editions</a><a href="/feeds">Feeds</a>
    </p>`
}
