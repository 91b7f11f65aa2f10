import { addDays, dayIn, instantAt } from '../domain/time.ts'

/** When an account posts. Times of day are `HH:MM` in the publication's zone. */
export interface Timing {
  /** Least time between two posts of one account. */
  readonly gapMinutes: number
  /** From the one time to the other, over midnight if need be, nothing is posted. */
  readonly quiet?: { readonly from: string; readonly to: string } | undefined
  /** Posts of one account on one day of the publication; absent: any number. */
  readonly mostPerDay?: number
}

/** When the quiet hours that `at` lies in are over; undefined when it lies in none. */
export function quietUntil({ quiet }: Timing, at: Date, zone: string): Date | undefined {
  if (!quiet || quiet.from === quiet.to) return undefined
  const today = dayIn(zone, at)
  for (const day of [addDays(today, -1), today]) {
    const from = instantAt(day, quiet.from, zone)
    const to = instantAt(quiet.to > quiet.from ? day : addDays(day, 1), quiet.to, zone)
    if (from <= at && at < to) return to
  }
  return undefined
}

/** When each of so many posts of one account leaves, the first as soon as it may. */
export function postTimes(count: number, timing: Timing, from: Date, zone: string): Date[] {
  const times: Date[] = []
  for (let at = from; times.length < count; at = new Date(at.getTime() + timing.gapMinutes * 60_000)) {
    at = quietUntil(timing, at, zone) ?? at
    times.push(at)
  }
  return times
}
