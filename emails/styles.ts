import type { CSSProperties } from 'react'
import { dark, font, light } from './theme.ts'

/**
 * What inline styles cannot say. `color-scheme` keeps mail programs that honour it from inverting the light colours on
 * their own. Rules that must win over inline styles carry `!important`.
 */
export const css = `:root{color-scheme:light dark;supported-color-schemes:light dark}
body{-webkit-text-size-adjust:100%;text-size-adjust:100%}
h1,h2,h3{text-wrap:balance}p{text-wrap:pretty}
a:focus-visible{outline:2px solid ${light.ink};outline-offset:2px}
@media (max-width:480px){.sheet{padding:0!important}.lead{font-size:26px!important}.name{font-size:32px!important}}
@media (prefers-color-scheme:dark){
.paper,.paper td{background-color:${dark.paper}!important;color:${dark.ink}!important}
.ink{color:${dark.ink}!important}.quiet{color:${dark.quiet}!important}.accent{color:${dark.accent}!important}
.rule{border-color:${dark.rule}!important}.bar{border-color:${dark.ink}!important}
a:focus-visible{outline-color:${dark.ink}}
}`

function serif(sizePx: number, lineHeight: number): CSSProperties {
  return { font: `700 ${sizePx}px/${lineHeight} ${font.serif}` }
}

/** Inline styles by role. Sizes of running text are 16 px and more; nothing is smaller than 13 px. */
export const text = {
  page: {
    margin: 0,
    padding: '24px 16px 40px',
    backgroundColor: light.paper,
    color: light.ink,
    font: `16px/1.6 ${font.sans}`,
    overflowWrap: 'break-word',
    wordBreak: 'break-word',
  },
  sheet: { width: '100%', maxWidth: '600px', padding: '0 24px' },

  name: { margin: 0, padding: '20px 0 14px', textAlign: 'center', ...serif(40, 1.1), letterSpacing: '-.01em' },
  bar: { borderTop: `3px solid ${light.ink}` },
  date: {
    margin: 0,
    padding: '5px 0',
    borderTop: `1px solid ${light.rule}`,
    borderBottom: `1px solid ${light.rule}`,
    textAlign: 'center',
    color: light.quiet,
    fontSize: '14px',
  },
  intro: { margin: '24px 0 0', font: `italic 18px/1.55 ${font.serif}` },

  story: { padding: '26px 0 0' },
  nextStory: { marginTop: '22px', padding: '22px 0 0', borderTop: `1px solid ${light.rule}` },
  lead: { margin: '0 0 10px', ...serif(31, 1.16), letterSpacing: '-.01em' },
  headline: { margin: '0 0 8px', ...serif(22, 1.25) },
  headlineLink: { color: light.ink, textDecoration: 'none' },
  leadSummary: { margin: '0 0 8px', fontSize: '18px' },
  summary: { margin: '0 0 8px' },
  image: { display: 'block', width: '100%', height: 'auto', margin: '0 0 18px', border: 0 },
  imageInWords: { margin: '0 0 18px', color: light.quiet, fontSize: '15px', fontStyle: 'italic' },

  source: { margin: 0, fontSize: '15px', lineHeight: 1.6, color: light.accent },
  sourceLink: {
    color: light.accent,
    textDecoration: 'none',
    fontVariant: 'small-caps',
    fontVariantNumeric: 'tabular-nums',
    letterSpacing: '.03em',
  },

  part: {
    margin: '36px 0 0',
    padding: '12px 0 0',
    borderTop: `1px solid ${light.ink}`,
    font: `italic 400 21px/1.3 ${font.serif}`,
  },
  list: { margin: 0, padding: 0, listStyle: 'none' },
  entry: { margin: 0, padding: '14px 0 0' },
  entryTitle: { margin: 0, ...serif(17, 1.35) },
  entrySummary: { margin: '2px 0 0', fontSize: '15px', lineHeight: 1.5, color: light.quiet },
  note: { margin: '2px 0 0', lineHeight: 1.5 },

  foot: { margin: '40px 0 0', padding: '18px 0 0', borderTop: `3px solid ${light.ink}` },
  small: { margin: '0 0 10px', fontSize: '14px', lineHeight: 1.55, color: light.quiet },
  smallLink: { color: light.ink, textDecoration: 'underline' },
} as const satisfies Readonly<Record<string, CSSProperties>>
