import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse, type Font, type PathCommand } from 'opentype.js/dist/opentype.mjs'
import { kerningOf, type Kerning } from './kerning.ts'

/** A line of text as outlines. */
export interface Letters {
  /** Pixels. */
  readonly width: number
  /** SVG path data whose baseline begins at the given place. */
  path(x: number, y: number): string
}

export interface Typeface {
  /** Whether it has a glyph for every character. */
  covers(text: string): boolean
  /**
   * @param size of the em, pixels.
   * @param spacing between letters, as a share of the em.
   */
  set(text: string, size: number, spacing?: number): Letters
}

interface Cut {
  readonly font: Font
  readonly kerning: Kerning
}

interface Placed {
  readonly cut: Cut
  readonly glyph: ReturnType<Font['charToGlyph']>
  /** Font units from the start of the line. */
  readonly x: number
}

const require = createRequire(import.meta.url)
/** Font units to the em, in every font here. */
const UNITS = 1000

/**
 * A typeface that is cut into several files, one for each script. Each file is read when a character is in none before
 * it. Letters stand one after the other, left to right, with pair kerning; what needs more shaping is not covered.
 */
export function openTypeface(files: readonly string[]): Typeface {
  const cuts: Cut[] = []
  const known = new Map<string, Cut | undefined>()
  const cutFor = (character: string): Cut | undefined => {
    if (known.has(character)) return known.get(character)
    const has = ({ font }: Cut): boolean => font.charToGlyph(character).index !== 0
    let found = cuts.find(has)
    for (let file = files[cuts.length]; !found && file !== undefined; file = files[cuts.length]) {
      const cut = readCut(file)
      cuts.push(cut)
      if (has(cut)) found = cut
    }
    known.set(character, found)
    return found
  }
  return {
    covers: (text) => Array.from(text).every((character) => cutFor(character) !== undefined),
    set(text, size, spacing = 0) {
      const { placed, end } = place(text, cutFor, spacing * UNITS)
      const scale = size / UNITS
      return {
        width: Math.max(0, end - spacing * UNITS) * scale,
        path: (x, y) =>
          placed
            .flatMap(({ glyph, x: from }) => glyph.getPath(x + from * scale, y, size).commands.map(written))
            .join(''),
      }
    },
  }
}

function readCut(file: string): Cut {
  const bytes = readFileSync(require.resolve(file))
  const copy = new Uint8Array(bytes)
  return { font: parse(copy.buffer), kerning: kerningOf(bytes) }
}

function place(
  text: string,
  cutFor: (character: string) => Cut | undefined,
  spacing: number,
): { readonly placed: readonly Placed[]; readonly end: number } {
  const placed: Placed[] = []
  let x = 0
  for (const character of text) {
    const cut = cutFor(character)
    if (!cut) continue
    const glyph = cut.font.charToGlyph(character)
    const before = placed.at(-1)
    if (before?.cut === cut) x += cut.kerning(before.glyph.index, glyph.index)
    placed.push({ cut, glyph, x })
    const advance = glyph.advanceWidth ?? 0
    x += advance === 0 ? 0 : advance + spacing
  }
  return { placed, end: x }
}

/** To a hundredth of a pixel. The library's own writer gives NaN for numbers near zero. */
function written(command: PathCommand): string {
  if (command.type === 'Z') return 'Z'
  const { type, x, y } = command
  const points =
    type === 'C' ? [command.x1, command.y1, command.x2, command.y2] : type === 'Q' ? [command.x1, command.y1] : []
  return type + [...points, x, y].map((value) => Math.round(value * 100) / 100).join(' ')
}
