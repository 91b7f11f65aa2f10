import { validate } from 'node-cron'
import { describe, expect, it } from 'vitest'
import { cronOf, dueDigest, latestSlot, type DueDigest } from '../../src/domain/schedule.ts'

const berlin = 'Europe/Berlin'
const daily = { kind: 'digest', id: 'daily', at: '07:00', catchUpDays: 3 } as const

function slot(now: string, at = '07:00', zone = berlin): string {
  return latestSlot({ ...daily, at }, new Date(now), zone).toISOString()
}

/** Every different slot at 02:30 that is seen when looking each quarter of an hour. */
function slotsOf(from: string, hours: number): string[] {
  const times = Array.from({ length: hours * 4 }, (_, at) => new Date(Date.parse(from) + at * 900_000).toISOString())
  return [...new Set(times.map((time) => slot(time, '02:30')))]
}

describe('cronOf', () => {
  it('fires a digest once a day at its time', () => {
    expect(cronOf(daily)).toBe('0 7 * * *')
    expect(cronOf({ ...daily, at: '23:05' })).toBe('5 23 * * *')
    expect(cronOf({ ...daily, at: '00:00' })).toBe('0 0 * * *')
  })

  it('is understood by the cron that runs it, for every allowed pace', () => {
    expect(validate(cronOf(daily))).toBe(true)
    for (let everyMinutes = 1; everyMinutes <= 60; everyMinutes++)
      expect(validate(cronOf({ kind: 'poll', id: 'source', everyMinutes })), String(everyMinutes)).toBe(true)
  })
})

describe('latestSlot', () => {
  it('is today’s slot from the very instant on, and yesterday’s before', () => {
    expect(slot('2026-06-29T05:00:00.000Z')).toBe('2026-06-29T05:00:00.000Z')
    expect(slot('2026-06-29T04:59:59.999Z')).toBe('2026-06-28T05:00:00.000Z')
    expect(slot('2026-06-29T23:59:00.000Z')).toBe('2026-06-29T05:00:00.000Z')
  })

  it('keeps to wall-clock time over a clock change', () => {
    expect(slot('2026-03-28T12:00:00Z')).toBe('2026-03-28T06:00:00.000Z')
    expect(slot('2026-03-29T12:00:00Z')).toBe('2026-03-29T05:00:00.000Z')
  })

  it('makes one slot a day of a time that is skipped or comes twice', () => {
    expect(slotsOf('2026-03-28T12:00:00Z', 48)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
    expect(slotsOf('2026-10-24T12:00:00Z', 48)).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  it('cuts time into equal pieces for polling', () => {
    const poll = { kind: 'poll', id: 'source', everyMinutes: 15 } as const
    expect(latestSlot(poll, new Date('2026-06-29T05:29:59.999Z'), berlin)).toEqual(new Date('2026-06-29T05:15:00Z'))
    expect(latestSlot(poll, new Date('2026-06-29T05:30:00.000Z'), berlin)).toEqual(new Date('2026-06-29T05:30:00Z'))
  })
})

describe('dueDigest', () => {
  const longAgo = new Date('2026-01-01T00:00:00Z')
  const due = (
    now: string,
    last?: string,
    { since = longAgo, catchUpDays = 3, zone = berlin } = {},
  ): DueDigest | undefined =>
    dueDigest({ ...daily, catchUpDays }, last === undefined ? undefined : new Date(last), since, new Date(now), zone)

  it('owes the edition of the slot’s day, from the day of the slot before', () => {
    expect(due('2026-06-29T05:00:00Z', '2026-06-28T05:00:00Z')).toEqual({
      slot: new Date('2026-06-29T05:00:00Z'),
      date: '2026-06-29',
      fromDay: '2026-06-28',
    })
  })

  it('owes nothing twice', () => {
    expect(due('2026-06-29T05:00:00Z', '2026-06-29T05:00:00Z')).toBeUndefined()
    expect(due('2026-06-29T22:00:00Z', '2026-06-29T05:00:00Z')).toBeUndefined()
  })

  it('owes nothing while the clock has gone back behind a slot that was made', () => {
    expect(due('2026-06-27T12:00:00Z', '2026-06-29T05:00:00Z')).toBeUndefined()
    expect(due('2026-06-29T04:00:00Z', '2026-06-29T05:00:00Z')).toBeUndefined()
  })

  it('has missed nothing when it is new, and begins with its first slot', () => {
    const since = new Date('2026-06-29T06:00:00Z')
    expect(due('2026-06-29T06:00:00Z', undefined, { since })).toBeUndefined()
    expect(due('2026-06-30T04:59:00Z', undefined, { since })).toBeUndefined()
    expect(due('2026-06-30T05:00:00Z', undefined, { since })).toMatchObject({
      date: '2026-06-30',
      fromDay: '2026-06-29',
    })
  })

  it('owes the slot that comes at the very instant it is first seen', () => {
    const since = new Date('2026-06-29T05:00:00Z')
    expect(due('2026-06-29T05:00:00Z', undefined, { since })).toMatchObject({
      date: '2026-06-29',
      fromDay: '2026-06-29',
    })
  })

  it('makes one edition of several missed slots', () => {
    expect(due('2026-06-29T12:00:00Z', '2026-06-26T05:00:00Z')).toEqual({
      slot: new Date('2026-06-29T05:00:00Z'),
      date: '2026-06-29',
      fromDay: '2026-06-26',
    })
  })

  it('reaches no further back than the catch-up period', () => {
    expect(due('2026-06-29T12:00:00Z', '2026-06-01T05:00:00Z')).toMatchObject({ fromDay: '2026-06-26' })
    expect(due('2026-06-29T12:00:00Z', '2026-06-01T05:00:00Z', { catchUpDays: 0 })).toMatchObject({
      date: '2026-06-29',
      fromDay: '2026-06-29',
    })
  })

  it('lets a slot go that is older than the catch-up period', () => {
    // Before seven the latest slot is yesterday's: with no day of grace it is too late for it.
    expect(due('2026-06-29T04:00:00Z', '2026-06-01T05:00:00Z', { catchUpDays: 0 })).toBeUndefined()
    expect(due('2026-06-29T04:00:00Z', '2026-06-01T05:00:00Z', { catchUpDays: 1 })).toMatchObject({
      date: '2026-06-28',
      fromDay: '2026-06-28',
    })
  })

  it('makes one edition a day over both clock changes of a year, however often it is asked', () => {
    const dates: string[] = []
    let last: Date | undefined = new Date('2025-12-31T06:00:00Z')
    for (let now = Date.parse('2026-01-01T00:00:00Z'); now < Date.parse('2027-01-01T00:00:00Z'); now += 3 * 3_600_000) {
      const owed: DueDigest | undefined = dueDigest(daily, last, longAgo, new Date(now), berlin)
      if (!owed) continue
      dates.push(owed.date)
      last = owed.slot
    }
    expect(dates).toHaveLength(365)
    expect(new Set(dates).size).toBe(365)
  })
})
