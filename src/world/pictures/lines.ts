import { graphemeEnds, shorten } from '../../domain/text.ts'
import type { Letters, Typeface } from './typeface.ts'

export interface Block {
  readonly lines: readonly Letters[]
  /** Of the em, pixels. */
  readonly size: number
}

export interface Room {
  /** Pixels. */
  readonly width: number
  /** Of all lines together. */
  readonly height: number
  readonly maxLines: number
  /** Of a line, as a multiple of the size. */
  readonly leading: number
  /** Sizes to try, the largest first. */
  readonly sizes: readonly number[]
}

const LONGEST = 320
const CUT_STEP = 8

/**
 * Text in the largest size in which it fits without breaking a word; in the smallest, words are broken and the end is
 * cut. Lines are made about equally long, as a person would set a headline.
 */
export function fitLines(text: string, face: Typeface, room: Room): Block {
  const whole = shorten(text, LONGEST)
  for (const size of room.sizes) {
    const lines = breakLines(whole, face, size, room.width, false)
    if (lines && lines.length <= linesIn(room, size)) return block(balanced(whole, face, size, room, lines), face, size)
  }
  const size = room.sizes.at(-1) ?? 1
  for (let length = LONGEST; length > CUT_STEP; length -= CUT_STEP) {
    const lines = breakLines(shorten(whole, length), face, size, room.width, true)
    if (lines && lines.length <= linesIn(room, size)) return block(lines, face, size)
  }
  return { lines: [], size }
}

function block(lines: readonly string[], face: Typeface, size: number): Block {
  return { lines: lines.map((line) => face.set(line, size)), size }
}

function linesIn({ height, leading, maxLines }: Room, size: number): number {
  return Math.min(maxLines, Math.floor(height / (size * leading)))
}

/** The narrowest setting that needs no more lines. */
function balanced(text: string, face: Typeface, size: number, room: Room, lines: readonly string[]): readonly string[] {
  let best = lines
  let [low, high] = [room.width / 2, room.width]
  while (high - low > 4) {
    const width = (low + high) / 2
    const tried = breakLines(text, face, size, width, false)
    if (tried && tried.length <= lines.length) [best, high] = [tried, width]
    else low = width
  }
  return best
}

/** Undefined when a word is too long for a line and may not be broken. */
function breakLines(
  text: string,
  face: Typeface,
  size: number,
  width: number,
  breakWords: boolean,
): string[] | undefined {
  const fits = (line: string): boolean => face.set(line, size).width <= width
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && fits(`${line} ${word}`)) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    for (; !fits(word); word = word.slice(lines.at(-1)?.length)) {
      if (!breakWords) return undefined
      lines.push(headThatFits(word, fits))
    }
    line = word
  }
  return line === '' ? lines : [...lines, line]
}

/** At least one grapheme. */
function headThatFits(word: string, fits: (text: string) => boolean): string {
  const ends = graphemeEnds(word)
  const tooLong = ends.findIndex((end) => !fits(word.slice(0, end)))
  return word.slice(0, ends[Math.max(0, tooLong - 1)])
}

/** One line that is cut where it would be too wide. */
export function fitLine(text: string, face: Typeface, size: number, width: number, spacing = 0): Letters {
  for (let length = Math.min(LONGEST, text.length); length > 1; length -= 1) {
    const letters = face.set(shorten(text, length), size, spacing)
    if (letters.width <= width) return letters
  }
  return face.set('', size)
}
