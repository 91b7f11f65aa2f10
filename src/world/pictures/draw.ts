import type { PngOptions } from 'sharp'
import { light } from '../../../emails/theme.ts'
import { cleanLine } from '../../domain/text.ts'
import type { Card, Drawn } from '../../ports.ts'
import { fitLine, fitLines } from './lines.ts'
import { drawn, HEIGHT, PREVIEW_WIDTH, sharp, WIDTH } from './sharp.ts'
import { openTypeface, type Letters } from './typeface.ts'

// All pixels of the whole card.
const MARGIN = 84
const MEASURE = WIDTH - 2 * MARGIN
const NAME_BASELINE = 104
const RULE_TOP = 130
const SOURCE_BASELINE = 552
/** Between the rule and the line of the source. */
const TITLE_TOP = 188
const TITLE_BOTTOM = 492
/** Height of a capital, as a share of the size. */
const CAPITAL = 0.67
const LEADING = 1.14
const SIZES = [132, 118, 104, 96, 90, 84, 78, 72, 68, 64, 60, 56, 52, 48]
const NAME_SIZE = 30
const NAME_SPACING = 0.1
const SOURCE_SIZE = 34
/** Room for ` and 12 more` behind the longest host. */
const HOST_WIDTH = MEASURE - 440

/** More of a text than any card shows, UTF-16 units. */
const MOST_UNITS = 4000
/** Of a name in the DNS (RFC 1035, 2.3.4). */
const MOST_HOST = 253

/** Never seen, whatever the fonts say: what joins, hides, turns or varies other characters. */
const UNSEEN = /[\p{C}\uFE00-\uFE0F]/gu
/** Emoji and their like may be left out of a line; without a letter or a sign it would say something else. */
const DECORATION = /[\p{So}\p{Me}\u{1F3FB}-\u{1F3FF}]/u

const SCRIPTS = ['latin', 'latin-ext', 'vietnamese', 'greek', 'cyrillic', 'cyrillic-ext']
const serif = openTypeface(
  SCRIPTS.map((script) => `@fontsource/source-serif-4/files/source-serif-4-${script}-600-normal.woff`),
)
const sans = openTypeface(
  SCRIPTS.map((script) => `@fontsource/source-sans-3/files/source-sans-3-${script}-600-normal.woff`),
)

/** See `Pictures.draw`. Of a title or name in a script that the fonts do not have nothing is drawn. */
export async function draw(card: Card): Promise<Drawn> {
  const svg = Buffer.from(cardSvg(card))
  const whole = await sharp(svg).png(inColours(64)).toBuffer({ resolveWithObject: true })
  const preview = await sharp(svg).resize({ width: PREVIEW_WIDTH }).png(inColours(16)).toBuffer()
  return drawn('image/png', whole, preview)
}

function inColours(colours: number): PngOptions {
  return { palette: true, colours, dither: 0, compressionLevel: 9 }
}

function cardSvg({ publication, title, sources }: Card): string {
  const name = drawable(publication)
  const headline = drawable(title)
  const parts = [
    shape(`M0 0H${WIDTH}V${HEIGHT}H0Z`, light.paper),
    // A double rule, as under the nameplate of the pages.
    shape(`M${MARGIN} ${RULE_TOP}h${MEASURE}v2h-${MEASURE}zm0 6h${MEASURE}v2h-${MEASURE}z`, light.rule),
    headline === '' ? '' : shape(nameplate(name).path(MARGIN, NAME_BASELINE), light.ink),
    shape(headlinePath(headline || name), light.ink),
    shape(sourceLine(sources)?.path(MARGIN, SOURCE_BASELINE) ?? '', light.accent),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${parts.join('')}</svg>`
}

function shape(path: string, colour: string): string {
  return path && `<path d="${path}" fill="${colour}"/>`
}

function nameplate(name: string): Letters {
  const capitals = name.toUpperCase()
  return fitLine(sans.covers(capitals) ? capitals : name, sans, NAME_SIZE, MEASURE, NAME_SPACING)
}

function headlinePath(text: string): string {
  const height = TITLE_BOTTOM - TITLE_TOP
  const { lines, size } = fitLines(text, serif, { width: MEASURE, height, maxLines: 5, leading: LEADING, sizes: SIZES })
  const first = TITLE_TOP + size * CAPITAL
  return lines.map((line, index) => line.path(MARGIN, first + index * size * LEADING)).join('')
}

/** `Checked against arxiv.org and 2 more`. */
function sourceLine(sources: readonly string[]): Letters | undefined {
  const [first, ...more] = sources
  if (first === undefined) return undefined
  const host = fitHost(drawable(first.slice(-MOST_HOST)))
  return sans.set(`Checked against ${host}${more.length > 0 ? ` and ${more.length} more` : ''}`, SOURCE_SIZE)
}

/** A long host keeps its end: whose it is stands there. */
function fitHost(host: string): string {
  let kept = host
  for (let from = 1; from < host.length && sans.set(kept, SOURCE_SIZE).width > HOST_WIDTH; from += 1)
    kept = `…${host.slice(from).replace(/^\./, '')}`
  return kept
}

/** One line of what can be drawn; '' where that would not say the same. */
function drawable(text: string): string {
  const seen = Array.from(cleanLine(text.slice(0, MOST_UNITS)).replace(UNSEEN, '')).filter(
    (character) => !DECORATION.test(character) || serif.covers(character),
  )
  const line = seen.join('').replace(/ +/g, ' ').trim()
  return serif.covers(line) && sans.covers(line) ? line : ''
}
