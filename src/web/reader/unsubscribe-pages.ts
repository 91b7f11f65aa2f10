import { html } from 'hono/html'
import type { Publication } from '../../domain/publication.ts'
import type { ReaderView } from '../../pipeline/unsubscribe.ts'
import { page, type Html } from '../page.ts'

export interface UnsubscribeHouse {
  readonly publication: Publication
  /** Elements for the head that lead to the feeds. */
  readonly discovery: Html
}

/** What will happen, and the one button that makes it happen; in a preview it cannot be pressed. */
export function askPage(house: UnsubscribeHouse, reader: ReaderView, mode: 'preview' | 'start'): Html {
  const sentence = html`<p class="measure state">
    Press the button, and ${name(house.publication)} sends no more mail to ${addressOf(reader)}.
  </p>`
  // Without an address of its own the form goes to the page's, whatever stands before it on the way here.
  const main =
    mode === 'start'
      ? html`<form method="post">
          ${sentence}
          <p class="act"><button>Unsubscribe</button></p>
        </form>`
      : html`${sentence}
          <p class="act"><button disabled>Unsubscribe</button></p>
          <p class="small quiet">This is a preview: the button works on the readers’ pages.</p>`
  return frame(house, 'Unsubscribe', main)
}

/** No more mail comes: because of what the reader did just now or long ago, or because nobody of that name is left. */
export function donePage(house: UnsubscribeHouse, reader: ReaderView | undefined): Html {
  return frame(
    house,
    'You are unsubscribed',
    html`<p class="measure state">
      ${name(house.publication)} sends no more mail to ${reader ? addressOf(reader) : 'you'}. One that was on its way
      already may still arrive.
    </p>`,
  )
}

/** For a link that we did not make, or that did not come whole. */
export function brokenLinkPage(house: UnsubscribeHouse): Html {
  return frame(
    house,
    'This link does not work',
    html`<p class="measure state">
      It may have been cut in two on its way. Open it from the foot of any mail from ${name(house.publication)}, or copy
      it from there whole.
    </p>`,
  )
}

function frame({ publication, discovery }: UnsubscribeHouse, title: string, main: Html): Html {
  return page({
    publication,
    title,
    place: '',
    kind: 'reader',
    home: '/',
    meta: html`<meta name="robots" content="noindex" />${discovery}`,
    head: html`<h1>${title}</h1>`,
    main,
  })
}

function name(publication: Publication): Html {
  return html`<bdi>${publication.name}</bdi>`
}

function addressOf({ maskedAddress }: ReaderView): Html {
  return html`<bdi class="whole">${maskedAddress}</bdi>`
}
