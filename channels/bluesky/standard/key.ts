import { TID } from '@atproto/common-web'
import { sha256 } from '../../../src/domain/hash.ts'

/** An earlier time has fewer than the eleven digits that a TID needs (September 2005). */
const EARLIEST_MICROSECONDS = 2 ** 50
/** A number of JavaScript counts single microseconds up to here (June 2255). */
const LATEST_MICROSECONDS = 2 ** 53 - 2 ** 32
const HOUR_MICROSECONDS = 3_600_000_000

/**
 * Record key (TID) of a `site.standard` record: the same for the same seed and instant. These records are written
 * whatever is there, so two must not share a key: the seed spreads them over the hour after `at`, where those of one
 * day would otherwise all stand at its midnight. A TID need not be a true time.
 */
export function standardKey(seed: string, at: string): string {
  const hash = sha256(`site.standard ${seed}`)
  const time = Math.min(Math.max(Date.parse(at) * 1000, EARLIEST_MICROSECONDS), LATEST_MICROSECONDS)
  const spread = Number.parseInt(hash.slice(0, 12), 16) % HOUR_MICROSECONDS
  return TID.fromTime(time + spread, Number.parseInt(hash.slice(12, 16), 16) & 1023).toString()
}
