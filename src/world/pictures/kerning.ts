import { inflateSync } from 'node:zlib'

/** Font units by which two neighbours move together (below 0) or apart; glyphs by index. */
export type Kerning = (left: number, right: number) => number

const EXTENSION = 9
const PAIRS = 2
const X_ADVANCE = 4

/**
 * Pair kerning of a WOFF 1 font: the `kern` feature of its GPOS table, with extension lookups, which opentype.js leaves
 * out (OpenType 1.9, GPOS lookup types 2 and 9; WOFF 1.0, 5). Trusts the font: it comes with the package.
 */
export function kerningOf(woff: Buffer): Kerning {
  const gpos = tableOf(woff, 'GPOS')
  if (!gpos) return () => 0
  const lookups = kernLookups(gpos)
  return (left, right) => lookups.reduce((sum, pairs) => sum + (firstOf(pairs, left, right) ?? 0), 0)
}

/** Of one pair; undefined where the subtable does not speak of it. */
type Pairs = (left: number, right: number) => number | undefined

function firstOf(pairs: readonly Pairs[], left: number, right: number): number | undefined {
  for (const of of pairs) {
    const value = of(left, right)
    if (value !== undefined) return value
  }
  return undefined
}

function tableOf(woff: Buffer, wanted: string): Buffer | undefined {
  for (let entry = 44; entry < 44 + 20 * woff.readUInt16BE(12); entry += 20) {
    if (woff.toString('latin1', entry, entry + 4) !== wanted) continue
    const start = woff.readUInt32BE(entry + 4)
    const length = woff.readUInt32BE(entry + 8)
    const bytes = woff.subarray(start, start + length)
    return length < woff.readUInt32BE(entry + 12) ? inflateSync(bytes) : bytes
  }
  return undefined
}

function kernLookups(gpos: Buffer): Pairs[][] {
  const features = gpos.readUInt16BE(6)
  const list = gpos.readUInt16BE(8)
  const wanted = new Set<number>()
  for (let n = 0; n < gpos.readUInt16BE(features); n += 1) {
    const record = features + 2 + 6 * n
    if (gpos.toString('latin1', record, record + 4) !== 'kern') continue
    const feature = features + gpos.readUInt16BE(record + 4)
    for (const index of offsets(gpos, feature + 2)) wanted.add(index)
  }
  return offsets(gpos, list).flatMap((offset, index) => (wanted.has(index) ? [pairsOf(gpos, list + offset)] : []))
}

/** An array of 16-bit numbers behind its own length. */
function offsets(gpos: Buffer, at: number): number[] {
  return Array.from({ length: gpos.readUInt16BE(at) }, (_, n) => gpos.readUInt16BE(at + 2 + 2 * n))
}

function pairsOf(gpos: Buffer, lookup: number): Pairs[] {
  const type = gpos.readUInt16BE(lookup)
  return offsets(gpos, lookup + 4).flatMap((offset) => {
    const at = lookup + offset
    if (type === PAIRS) return [subtable(gpos, at)]
    const isPairs = type === EXTENSION && gpos.readUInt16BE(at + 2) === PAIRS
    return isPairs ? [subtable(gpos, at + gpos.readUInt32BE(at + 4))] : []
  })
}

function subtable(gpos: Buffer, at: number): Pairs {
  const coverage = coverageOf(gpos, at + gpos.readUInt16BE(at + 2))
  const first = gpos.readUInt16BE(at + 4)
  const size = valueSize(first) + valueSize(gpos.readUInt16BE(at + 6))
  const advance = valueSize(first & (X_ADVANCE - 1))
  const value = (record: number): number => (first & X_ADVANCE ? gpos.readInt16BE(record + advance) : 0)
  if (gpos.readUInt16BE(at) === 1) return listed(gpos, at, coverage, size, value)
  const [lefts, rights] = [8, 10].map((field) => classesOf(gpos, at + gpos.readUInt16BE(at + field)))
  const columns = gpos.readUInt16BE(at + 14)
  return (left, right) =>
    coverage.has(left)
      ? value(at + 16 + size * ((lefts?.get(left) ?? 0) * columns + (rights?.get(right) ?? 0)))
      : undefined
}

/** Format 1: for each left glyph a list of right ones. */
function listed(
  gpos: Buffer,
  at: number,
  coverage: ReadonlyMap<number, number>,
  size: number,
  value: (record: number) => number,
): Pairs {
  return (left, right) => {
    const set = coverage.get(left)
    if (set === undefined) return undefined
    const pairs = at + gpos.readUInt16BE(at + 10 + 2 * set)
    for (let n = 0; n < gpos.readUInt16BE(pairs); n += 1) {
      const record = pairs + 2 + (2 + size) * n
      if (gpos.readUInt16BE(record) === right) return value(record + 2)
    }
    return undefined
  }
}

/** Bytes of a value record: two for each bit that is set. */
function valueSize(format: number): number {
  return format === 0 ? 0 : 2 * (format & 1) + valueSize(format >> 1)
}

/** Place in the coverage by glyph. */
function coverageOf(gpos: Buffer, at: number): Map<number, number> {
  if (gpos.readUInt16BE(at) === 1) return new Map(offsets(gpos, at + 2).map((glyph, place) => [glyph, place]))
  return ranges(gpos, at + 2, (glyph, start, place) => place + glyph - start)
}

/** Class by glyph; what is not named has class 0. */
function classesOf(gpos: Buffer, at: number): Map<number, number> {
  if (gpos.readUInt16BE(at) !== 1) return ranges(gpos, at + 2, (_glyph, _start, name) => name)
  const start = gpos.readUInt16BE(at + 2)
  return new Map(offsets(gpos, at + 4).map((name, n) => [start + n, name]))
}

function ranges(
  gpos: Buffer,
  at: number,
  value: (glyph: number, start: number, given: number) => number,
): Map<number, number> {
  const found = new Map<number, number>()
  for (let n = 0; n < gpos.readUInt16BE(at); n += 1) {
    const [start = 0, end = 0, given = 0] = [2, 4, 6].map((field) => gpos.readUInt16BE(at + 6 * n + field))
    for (let glyph = start; glyph <= end; glyph += 1) found.set(glyph, value(glyph, start, given))
  }
  return found
}
