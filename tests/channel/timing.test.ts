import { describe, expect, it } from 'vitest'
import { postTimes, quietUntil, type Timing } from '../../src/channel/timing.ts'

const BERLIN = 'Europe/Berlin'
const at = (instant: string): Date => new Date(instant)
const asText = (times: readonly (Date | undefined)[]): (string | undefined)[] =>
  times.map((time) => time?.toISOString())
const night: Timing = { gapMinutes: 10, quiet: { from: '22:00', to: '07:00' } }

describe('quiet hours', () => {
  it.each([
    ['2026-06-29T19:59:59.999Z', undefined],
    ['2026-06-29T20:00:00.000Z', '2026-06-30T05:00:00.000Z'],
    ['2026-06-29T22:30:00.000Z', '2026-06-30T05:00:00.000Z'],
    ['2026-06-30T04:59:59.999Z', '2026-06-30T05:00:00.000Z'],
    ['2026-06-30T05:00:00.000Z', undefined],
  ])('over midnight: at %s until %s', (instant, until) => {
    expect(quietUntil(night, at(instant), BERLIN)?.toISOString()).toBe(until)
  })

  it.each([
    ['2026-06-29T09:59:00.000Z', undefined],
    ['2026-06-29T10:00:00.000Z', '2026-06-29T11:30:00.000Z'],
    ['2026-06-29T11:30:00.000Z', undefined],
  ])('within a day: at %s until %s', (instant, until) => {
    const noon = { gapMinutes: 10, quiet: { from: '12:00', to: '13:30' } }
    expect(quietUntil(noon, at(instant), BERLIN)?.toISOString()).toBe(until)
  })

  it('there are none where they end as they begin, or are not set', () => {
    expect(
      quietUntil({ gapMinutes: 1, quiet: { from: '07:00', to: '07:00' } }, at('2026-06-29T05:00:00.000Z'), BERLIN),
    ).toBe(undefined)
    expect(quietUntil({ gapMinutes: 1 }, at('2026-06-29T05:00:00.000Z'), BERLIN)).toBeUndefined()
  })

  it.each([
    // Clocks go from 02:00 to 03:00: the night of ten hours has nine.
    ['2026-03-28T21:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    // Clocks go from 03:00 back to 02:00: it has ten.
    ['2026-10-24T20:00:00.000Z', '2026-10-25T06:00:00.000Z'],
  ])('end at their time of day where the clocks change: from %s to %s', (from, until) => {
    expect(quietUntil(night, at(from), BERLIN)?.toISOString()).toBe(until)
  })

  it('that end within an hour that a clock change skips end as far after it', () => {
    const quiet = { gapMinutes: 1, quiet: { from: '01:00', to: '02:30' } }
    expect(quietUntil(quiet, at('2026-03-29T00:30:00.000Z'), BERLIN)?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })
})

describe('the times of posts', () => {
  it('begin at once and keep the gap', () => {
    expect(asText(postTimes(3, { gapMinutes: 10 }, at('2026-06-29T05:00:00.000Z'), BERLIN))).toEqual([
      '2026-06-29T05:00:00.000Z',
      '2026-06-29T05:10:00.000Z',
      '2026-06-29T05:20:00.000Z',
    ])
  })

  it('go on after quiet hours, and keep the gap there too', () => {
    expect(asText(postTimes(4, night, at('2026-06-29T19:45:00.000Z'), BERLIN))).toEqual([
      '2026-06-29T19:45:00.000Z',
      '2026-06-29T19:55:00.000Z',
      '2026-06-30T05:00:00.000Z',
      '2026-06-30T05:10:00.000Z',
    ])
  })

  it('wait for the end of quiet hours from the first on', () => {
    expect(asText(postTimes(1, night, at('2026-06-29T23:00:00.000Z'), BERLIN))).toEqual(['2026-06-30T05:00:00.000Z'])
  })

  it('keep the gap as time passes, not as clocks show it, where these change', () => {
    const hourly = { gapMinutes: 60 }
    expect(asText(postTimes(3, hourly, at('2026-10-25T00:00:00.000Z'), BERLIN))).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ])
  })

  it('are all at once without a gap, and none for none', () => {
    expect(new Set(asText(postTimes(5, { gapMinutes: 0 }, at('2026-06-29T05:00:00.000Z'), BERLIN))).size).toBe(1)
    expect(postTimes(0, night, at('2026-06-29T05:00:00.000Z'), BERLIN)).toEqual([])
  })

  it('come to an end where only a minute of the day is not quiet', () => {
    const busy = { gapMinutes: 10, quiet: { from: '12:01', to: '12:00' } }
    expect(asText(postTimes(3, busy, at('2026-06-29T10:00:30.000Z'), BERLIN))).toEqual([
      '2026-06-29T10:00:30.000Z',
      '2026-06-30T10:00:00.000Z',
      '2026-07-01T10:00:00.000Z',
    ])
  })
})
