import { html, raw } from 'hono/html'
import { dark, font, light } from '../../../emails/theme.ts'
import type { Amendment } from '../../domain/amendment.ts'
import { dayIn, plainDay } from '../../domain/time.ts'
import { amendmentWords } from '../desk/words.ts'
import type { Html } from '../page.ts'

/** `Correction, 30 June 2026: …`, in the editor's words. */
export function amendedLine({ kind, note, at }: Amendment, zone: string): Html {
  const words = `${amendmentWords[kind].name}, ${plainDay(dayIn(zone, new Date(at)), 'en')}`
  return html`<p><b>${words}${note === '' ? '.' : ':'}</b> <span dir="auto">${note}</span></p>`
}

/** By item, the latest first; of what was taken back that alone. */
export function byItem(amendments: readonly Amendment[]): ReadonlyMap<string, readonly Amendment[]> {
  const all = Map.groupBy(amendments, ({ url }) => url)
  return new Map(
    [...all].map(([url, own]) => {
      const withdrawn = own.filter(({ kind }) => kind === 'retraction')
      return [url, withdrawn.length > 0 ? withdrawn.slice(0, 1) : own]
    }),
  )
}

/** The same above a page that was frozen before. Its colours are its own, for that page may have others. */
export function amendedNotice(amendments: readonly Amendment[], zone: string): Html | '' {
  const told = [...byItem(amendments).values()].flat()
  if (told.length === 0) return ''
  return html`${raw(`<style>${NOTICE_CSS}</style>`)}
    <div class="groundwire-amended" role="note">
      ${told.map(
        (amendment) =>
          html`<p dir="auto">“${amendment.title}”</p>
            ${amendedLine(amendment, zone)}`,
      )}
    </div>`
}

const NOTICE_CSS = `.groundwire-amended{box-sizing:border-box;max-width:600px;margin:0 auto;padding:24px 20px;font:16px/1.5 ${font.sans};color:${light.ink};background:${light.paper};border-bottom:1px solid ${light.ink};overflow-wrap:anywhere}
.groundwire-amended p{margin:0}
.groundwire-amended p+p[dir]{margin-top:12px}
@media (prefers-color-scheme: dark){.groundwire-amended{color:${dark.ink};background:${dark.paper};border-color:${dark.ink}}}`
