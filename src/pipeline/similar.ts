import type { Item } from '../domain/item.ts'
import { sameSourceKey } from '../domain/url.ts'

/** Two items of one edition that an editor should look at side by side. */
export interface Twins {
  readonly first: Item
  readonly second: Item
  /** The page both were checked against; undefined when only their words agree. */
  readonly source?: string
}

/**
 * Share of the rarer words of the shorter text that the other one has too. Tuned on eleven days of a real publication:
 * of eleven stories told twice nine have 0.31 to 0.49, and none of 699 other pairs of a day has more than 0.23.
 */
const SAME_STORY = 0.29
/** Two titles without a summary may share a word or two by chance. */
const LEAST_WORDS = 3
const WORD = /[\p{L}\p{N}]{3,}/gu

/**
 * Pairs of items that share a primary source or tell the same story, in the order of the items. Words are compared
 * by their first five letters, which is enough to see `reproduces` and `reproduce` as one, and words that many items
 * of the edition use count for little.
 */
export function findTwins(items: readonly Item[]): Twins[] {
  const words = items.map(significantWords)
  const spread = new Map<string, number>()
  for (const set of words) for (const word of set) spread.set(word, (spread.get(word) ?? 0) + 1)
  const weight = (word: string): number => Math.log((1 + items.length) / (spread.get(word) ?? 1))
  const twins: Twins[] = []
  items.forEach((first, at) => {
    for (let other = at + 1; other < items.length; other++) {
      const second = items[other]
      const [a, b] = [words[at], words[other]]
      if (!second || !a || !b) continue
      const source = sharedSource(first, second)
      if (source !== undefined) twins.push({ first, second, source })
      else if (overlap(a, b, weight) >= SAME_STORY) twins.push({ first, second })
    }
  })
  return twins
}

function sharedSource(first: Item, second: Item): string | undefined {
  const keys = new Set(second.sources.map(({ url }) => sameSourceKey(url)))
  return first.sources.find(({ url }) => keys.has(sameSourceKey(url)))?.url
}

function significantWords(item: Item): Set<string> {
  const words = `${item.title} ${item.summary}`.toLowerCase().match(WORD) ?? []
  return new Set(words.filter((word) => !STOP_WORDS.has(word)).map((word) => word.slice(0, 5)))
}

/** From 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>, weight: (word: string) => number): number {
  const shared = [...a].filter((word) => b.has(word))
  if (shared.length < LEAST_WORDS) return 0
  const total = (words: Iterable<string>): number => [...words].reduce((sum, word) => sum + weight(word), 0)
  return total(shared) / Math.min(total(a), total(b))
}

const STOP_WORDS = new Set(
  `about after again all also and any are but can does down for from get gives had has have her his how its into
  just like made make makes more most much new not now off one only other our out over own said says she show shows
  some than that the their them then there these they this through two under use used using was were what when where
  which while who why will with without would year years you your`.split(/\s+/),
)
