import type { PublishedLine } from '../../src/channel/published.ts'
import { dayIn } from '../../src/domain/time.ts'

/** By the day on which they appeared, the newest first, in the given order within a day; last what nobody knows the age of. */
export function newestFirst(lines: readonly PublishedLine[]): PublishedLine[] {
  return lines.toSorted((a, b) => Number(a.isBacklog) - Number(b.isBacklog) || descending(a.day, b.day))
}

/** All sections, the oldest first, so that one more changes nothing for those before it; last those of unknown age. */
export function sectionsOf(lines: readonly PublishedLine[]): string[] {
  const oldest = new Map<string, string>()
  for (const { section, day, isBacklog } of lines) {
    const known = oldest.get(section) ?? UNKNOWN_AGE
    oldest.set(section, !isBacklog && day < known ? day : known)
  }
  return [...oldest].toSorted(([, a], [, b]) => descending(b, a)).map(([section]) => section)
}

/** Later than any day. */
const UNKNOWN_AGE = '~'

/**
 * What readers poll: the `limit` lines that appeared or were corrected last, by days, in their order. What was corrected
 * comes back, for readers look at nothing older; but it takes no more than half of the places, whatever is put right at
 * once.
 *
 * @param lines the newest first.
 */
export function latest(lines: readonly PublishedLine[], limit: number, zone: string): PublishedLine[] {
  const back = lines
    .slice(limit)
    .filter(({ correctedAt }) => correctedAt !== undefined)
    .toSorted((a, b) => descending(a.correctedAt ?? '', b.correctedAt ?? ''))
    .slice(0, Math.ceil(limit / 2))
  if (back.length === 0) return lines.slice(0, limit)
  const ranked = [...back, ...lines.slice(0, limit)]
    .map((line) => ({ line, day: lastDay(line, zone) }))
    .toSorted((a, b) => descending(a.day, b.day))
  const kept = new Set(ranked.slice(0, limit).map(({ line }) => line))
  return lines.filter((line) => kept.has(line))
}

/** On which it appeared or was corrected. */
function lastDay({ day, correctedAt, isBacklog }: PublishedLine, zone: string): string {
  const corrected = correctedAt === undefined ? '' : dayIn(zone, new Date(correctedAt))
  return isBacklog || corrected > day ? corrected : day
}

/** For sorting: the greater text first. */
export function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1
}
