import { schedules } from '../../schedules/index.ts'
import type { Config } from '../config.ts'
import type { Schedule } from '../domain/schedule.ts'

/** The bundled schedules with the configured times. */
export function schedulesFor({ schedule: { at, catchUpDays, pollMinutes } }: Config): Schedule[] {
  return schedules.map((schedule) =>
    schedule.kind === 'digest' ? { ...schedule, at, catchUpDays } : { ...schedule, everyMinutes: pollMinutes },
  )
}

/** The one schedule of a kind. */
export function scheduleOf<Kind extends Schedule['kind']>(kind: Kind): Extract<Schedule, { kind: Kind }> {
  const found = schedules.find((schedule): schedule is Extract<Schedule, { kind: Kind }> => schedule.kind === kind)
  if (!found) throw new Error(`no schedule of kind ${kind} in schedules/`)
  return found
}
