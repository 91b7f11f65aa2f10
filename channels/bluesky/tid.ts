import { TID } from '@atproto/common-web'

export const CLOCK_IDS = 1024
/** An earlier time has fewer than the eleven digits of a TID (September 2005). Microseconds, whole milliseconds. */
const EARLIEST = Math.ceil(2 ** 50 / 1000) * 1000
/** A number counts single microseconds up to 2 ** 53 (June 2255); this leaves room for any offset. */
const LATEST = 2 ** 53 - 2 ** 32

/**
 * A TID, as keys of posts and site.standard records must be. It need not be a true time: `at` is held within what a TID
 * can say.
 *
 * @param at instant, RFC 3339.
 * @param offset microseconds after it, less than 2 ** 32.
 * @param clockId any whole number.
 */
export function tidOf(at: string, offset: number, clockId: number): string {
  const time = Math.min(Math.max(Date.parse(at) * 1000, EARLIEST), LATEST)
  return TID.fromTime(time + offset, clockId % CLOCK_IDS).toString()
}
