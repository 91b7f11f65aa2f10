import { html, raw } from 'hono/html'
import type { Publication } from '../domain/publication.ts'
import { css } from './style.ts'

/** Escaped HTML; everything put into the template is escaped unless it is itself of this type. */
export type Html = ReturnType<typeof html>

export interface PageParts {
  readonly publication: Publication
  /** Of the window; the publication's name is added. */
  readonly title: string
  /** Right end of the nameplate: where in the house this page is. */
  readonly place: Html | string
  /** `desk`: wide, with a margin for findings. `reader`: one column. */
  readonly kind: 'desk' | 'reader'
  /** Where the publication's name leads. */
  readonly home: string
  /** Between nameplate and main content: the heading and what belongs to it. */
  readonly head: Html
  readonly main: Html
  readonly foot?: Html
  /** Further elements of `<head>`. */
  readonly meta?: Html
}

/** The frame of every page: nameplate, heading, main, foot. No script anywhere. */
export function page({ publication, title, place, kind, home, head, main, foot, meta }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${publication.name}</title>
        <link rel="icon" href="data:," />
        ${meta} ${raw(`<style>${css}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <div class="page ${kind}">
          <header>
            <p class="nameplate">
              <a href="${home}" dir="auto">${publication.name}</a> <span class="quiet">${place}</span>
            </p>
            <div class="head">${head}</div>
          </header>
          <main id="main" tabindex="-1">${main}</main>
          ${foot ? html`<footer class="small quiet">${foot}</footer>` : ''}
        </div>
      </body>
    </html>`
}

/** A page that says one thing: not found, not allowed, went wrong. */
export function plainPage(
  publication: Publication,
  title: string,
  sentence: string,
  { meta }: Pick<PageParts, 'meta'> = {},
): Html {
  return page({
    publication,
    title,
    place: '',
    kind: 'reader',
    home: '/',
    head: html`<h1>${title}</h1>`,
    main: html`<p class="measure">${sentence}</p>`,
    ...(meta && { meta }),
  })
}
