import { sha256 } from '../../../src/domain/hash.ts'
import { tidOf } from '../tid.ts'

const HOUR_MICROSECONDS = 3_600_000_000

/**
 * Record key of a `site.standard` record: the same for the same seed and instant. These records are written whatever is
 * there, so two must not share a key: the seed spreads them over the hour after `at`, where those of one day would
 * otherwise all stand at its midnight.
 */
export function standardKey(seed: string, at: string): string {
  const hash = sha256(`site.standard ${seed}`)
  const spread = Number.parseInt(hash.slice(0, 12), 16) % HOUR_MICROSECONDS
  return tidOf(at, spread, Number.parseInt(hash.slice(12, 16), 16))
}
