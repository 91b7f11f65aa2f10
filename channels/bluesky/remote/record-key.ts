import { TID } from '@atproto/common-web'
import { sha256 } from '../../../src/domain/hash.ts'
import { CLOCK_IDS, tidOf } from '../tid.ts'

/**
 * The key of a post. The same identity at the same instant gives the same key for ever, also when every store was lost;
 * microseconds and clock id are the identity's hash.
 *
 * @param at instant, RFC 3339.
 */
export function recordKey(seed: string, at: string): string {
  const hash = Number.parseInt(sha256(seed).slice(0, 12), 16)
  return tidOf(at, hash % 1000, Math.floor(hash / 1000))
}

/** The key to try when something else has this one: the next clock id of the same time. */
export function nextKey(rkey: string): string {
  const tid = TID.fromStr(rkey)
  return TID.fromTime(tid.timestamp(), (tid.clockid() + 1) % CLOCK_IDS).toString()
}
