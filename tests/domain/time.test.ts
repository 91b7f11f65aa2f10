import { describe, expect, it } from 'vitest'
import { addDays, dayIn, instantAt, longDay, publishedDay } from '../../src/domain/time.ts'

const berlin = 'Europe/Berlin'
const newYork = 'America/New_York'
const lordHowe = 'Australia/Lord_Howe'

const at = (day: string, time: string, zone: string): string => instantAt(day, time, zone).toISOString()

describe('dayIn', () => {
  it('gives the day that calendars of the zone show at one instant', () => {
    const instant = new Date('2026-06-29T23:30:00Z')
    expect(dayIn('UTC', instant)).toBe('2026-06-29')
    expect(dayIn(berlin, instant)).toBe('2026-06-30')
    expect(dayIn('Pacific/Honolulu', instant)).toBe('2026-06-29')
    expect(dayIn('Pacific/Kiritimati', new Date('2026-06-29T10:00:00Z'))).toBe('2026-06-30')
  })

  it('changes day at local midnight, a millisecond neither early nor late', () => {
    expect(dayIn(berlin, new Date('2026-06-28T21:59:59.999Z'))).toBe('2026-06-28')
    expect(dayIn(berlin, new Date('2026-06-28T22:00:00.000Z'))).toBe('2026-06-29')
  })

  it('follows the clock change: midnight in New York is 5 h behind UTC in winter and 4 h in summer', () => {
    expect(dayIn(newYork, new Date('2026-01-15T04:59:00Z'))).toBe('2026-01-14')
    expect(dayIn(newYork, new Date('2026-01-15T05:00:00Z'))).toBe('2026-01-15')
    expect(dayIn(newYork, new Date('2026-07-15T03:59:00Z'))).toBe('2026-07-14')
    expect(dayIn(newYork, new Date('2026-07-15T04:00:00Z'))).toBe('2026-07-15')
  })

  it('takes 00:30 for the start of a day, not for its 24th hour', () => {
    expect(dayIn('UTC', new Date('2026-01-01T00:30:00Z'))).toBe('2026-01-01')
  })
})

describe('instantAt', () => {
  it('is the instant at which clocks in the zone show that time', () => {
    expect(at('2026-06-29', '07:00', berlin)).toBe('2026-06-29T05:00:00.000Z')
    expect(at('2026-01-29', '07:00', berlin)).toBe('2026-01-29T06:00:00.000Z')
    expect(at('2026-06-29', '07:00', 'Asia/Kathmandu')).toBe('2026-06-29T01:15:00.000Z')
    expect(at('2026-06-29', '00:00', 'Pacific/Kiritimati')).toBe('2026-06-28T10:00:00.000Z')
    expect(at('2026-06-29', '23:59', 'Pacific/Pago_Pago')).toBe('2026-06-30T10:59:00.000Z')
  })

  it.each([
    ['Berlin skips 02:00 to 03:00', '2026-03-29', '02:30', berlin, '2026-03-29T01:30:00.000Z'],
    ['the first minute that is skipped', '2026-03-29', '02:00', berlin, '2026-03-29T01:00:00.000Z'],
    ['the last minute before the gap', '2026-03-29', '01:59', berlin, '2026-03-29T00:59:00.000Z'],
    ['the first minute after the gap', '2026-03-29', '03:00', berlin, '2026-03-29T01:00:00.000Z'],
    ['New York skips 02:00 to 03:00', '2026-03-08', '02:30', newYork, '2026-03-08T07:30:00.000Z'],
    ['Lord Howe skips half an hour, 02:00 to 02:30', '2026-10-04', '02:15', lordHowe, '2026-10-03T15:45:00.000Z'],
  ])('moves a time that does not exist as far after the gap: %s', (_, day, time, zone, expected) => {
    expect(at(day, time, zone)).toBe(expected)
  })

  it.each([
    ['Berlin has 02:30 twice', '2026-10-25', '02:30', berlin, '2026-10-25T00:30:00.000Z'],
    ['03:00 is there once again', '2026-10-25', '03:00', berlin, '2026-10-25T02:00:00.000Z'],
    ['New York has 01:30 twice', '2026-11-01', '01:30', newYork, '2026-11-01T05:30:00.000Z'],
    ['Lord Howe has 01:45 twice', '2026-04-05', '01:45', lordHowe, '2026-04-04T14:45:00.000Z'],
  ])('takes the first of a time that comes twice: %s', (_, day, time, zone, expected) => {
    expect(at(day, time, zone)).toBe(expected)
  })

  it('and dayIn agree on every day of a year with both clock changes', () => {
    for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1))
      for (const zone of [berlin, newYork, lordHowe]) expect(dayIn(zone, instantAt(day, '07:00', zone))).toBe(day)
  })
})

it('publishedDay leaves a bare day alone and turns an instant into the day of the zone', () => {
  expect(publishedDay('2026-06-29', 'Pacific/Honolulu')).toBe('2026-06-29')
  expect(publishedDay('2026-06-29T23:30:00.000Z', berlin)).toBe('2026-06-30')
})

it('longDay writes the day out in the reader’s language', () => {
  expect(longDay('2026-06-29', 'en')).toBe('Monday, 29 June 2026')
  expect(longDay('2026-06-29', 'en-US')).toBe('Monday, June 29, 2026')
  expect(longDay('2026-06-29', 'de')).toBe('Montag, 29. Juni 2026')
})

it('addDays crosses months, years, leap days and clock changes', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30')
})
