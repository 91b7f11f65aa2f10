import { addDays, dayIn, instantAt } from './time.ts'

/**
 * When something is done by itself: at a time of day in the publication's zone, or every so many minutes.
 * `catchUpDays` says how late a missed slot may still be made up for. A schedule that was never seen before has missed
 * nothing.
 */
export type Schedule =
  | { readonly kind: 'digest'; readonly id: string; /** `HH:MM` */ readonly at: string; readonly catchUpDays: number }
  | { readonly kind: 'poll'; readonly id: string; /** 1 to 60 */ readonly everyMinutes: number }

/** Five-field cron expression, to be read in the publication's zone. */
export function cronOf(schedule: Schedule): string {
  if (schedule.kind === 'poll') return `*/${schedule.everyMinutes} * * * *`
  const [hour, minute] = schedule.at.split(':').map(Number)
  return `${minute} ${hour} * * *`
}

/**
 * The latest slot at or before `now`. A digest's time that a clock change skips is moved as far after the gap; one
 * that comes twice counts as its first coming (see `instantAt`): one slot a day, always.
 */
export function latestSlot(schedule: Schedule, now: Date, zone: string): Date {
  if (schedule.kind === 'poll') {
    const every = schedule.everyMinutes * 60_000
    return new Date(Math.floor(now.getTime() / every) * every)
  }
  const today = dayIn(zone, now)
  const slot = instantAt(today, schedule.at, zone)
  return slot <= now ? slot : instantAt(addDays(today, -1), schedule.at, zone)
}

/**
 * The day whose edition a slot makes, and the first day it covers: the day of the slot before, for what was published
 * later on that day is in no edition yet.
 */
export interface DueDigest {
  readonly slot: Date
  readonly date: string
  readonly fromDay: string
}

/**
 * What a digest schedule owes now: one edition for the latest slot, which also takes in the days whose slots were
 * missed, up to `catchUpDays` back: one good mail, not three at once. Undefined when the slot was claimed before, is
 * older than the catch-up period, or the schedule is new and its first slot has not come yet.
 *
 * @param startedAt when this schedule was first seen.
 */
export function dueDigest(
  schedule: Extract<Schedule, { kind: 'digest' }>,
  lastSlot: Date | undefined,
  startedAt: Date,
  now: Date,
  zone: string,
): DueDigest | undefined {
  const slot = latestSlot(schedule, now, zone)
  if (lastSlot ? slot <= lastSlot : slot < startedAt) return undefined
  const date = dayIn(zone, slot)
  const reach = addDays(dayIn(zone, now), -schedule.catchUpDays)
  if (date < reach) return undefined
  const before = dayIn(zone, lastSlot ?? startedAt)
  return { slot, date, fromDay: before > reach ? before : reach }
}
