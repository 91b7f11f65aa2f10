import { expect, it } from 'vitest'
import { schedules } from '../../schedules/index.ts'
import { readConfig } from '../../src/config.ts'
import { scheduleOf, schedulesFor } from '../../src/main/schedules.ts'

it('runs the bundled schedules at their own times unless the configuration says otherwise', () => {
  expect(schedulesFor(readConfig({}, {}, new Map()))).toEqual(schedules)
})

it('runs them at the configured times', () => {
  const config = readConfig({ schedule: { at: '18:30', pollMinutes: 5, catchUpDays: 0 } }, {}, new Map())
  expect(schedulesFor(config)).toEqual([
    { kind: 'digest', id: 'daily', at: '18:30', catchUpDays: 0 },
    { kind: 'poll', id: 'source', everyMinutes: 5 },
  ])
})

it('knows each bundled schedule by its kind, and no two share a name', () => {
  expect(scheduleOf('digest').id).toBe('daily')
  expect(scheduleOf('poll').id).toBe('source')
  expect(new Set(schedules.map(({ id }) => id)).size).toBe(schedules.length)
})
