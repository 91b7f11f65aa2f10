import { TID } from '@atproto/common-web'
import { sha256 } from '../../../src/domain/hash.ts'

const CLOCK_IDS = 1024
/** An earlier time has fewer than the eleven digits of a TID (September 2005). */
const EARLIEST_MS = 2 ** 50 / 1000
/** Up to here a number counts single microseconds (June 2255). */
const LATEST_MS = 2 ** 53 / 1000 - 1

/**
 * The key of a record: a TID, as posts and site.standard records must have. The same identity at the same instant gives
 * the same key for ever, also when every store was lost; microseconds and clock id are the identity's hash.
 *
 * @param at instant, RFC 3339.
 */
export function recordKey(seed: string, at: string): string {
  const hash = Number.parseInt(sha256(seed).slice(0, 12), 16)
  const ms = Math.floor(Math.min(Math.max(Date.parse(at), Math.ceil(EARLIEST_MS)), LATEST_MS))
  return TID.fromTime(ms * 1000 + (hash % 1000), Math.floor(hash / 1000) % CLOCK_IDS).toString()
}

/** The key to try when something else has this one: the next clock id of the same time. */
export function nextKey(rkey: string): string {
  const tid = TID.fromStr(rkey)
  return TID.fromTime(tid.timestamp(), (tid.clockid() + 1) % CLOCK_IDS).toString()
}
