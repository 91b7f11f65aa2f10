import type { Schedule } from '../src/domain/schedule.ts'

/** What the worker does by itself unless the configuration says otherwise. Times are in the publication's zone. */
export const schedules: readonly Schedule[] = [
  { kind: 'digest', id: 'daily', at: '07:00', catchUpDays: 3 },
  { kind: 'poll', id: 'source', everyMinutes: 15 },
]
