import { expect, test } from 'vitest'
import type { Pace, Reservation, Store } from '../../../src/ports.ts'
import { seeded } from '../../fixtures/random.ts'
import { minutesAfterNoon, NOON } from './fixtures.ts'
import { forThisTest, type OpenStore } from './opened.ts'

const PACE: Pace = { name: 'resend', perSecond: 4 }
const WIDE = { spanMs: 1000, horizonMs: 60_000 }

export function paceContract(open: OpenStore): void {
  test('calls are evenly spaced, one reservation after the other, whoever asks', async () => {
    const { store, another, reopen } = await forThisTest(open)
    const other = await another()
    const ask = { now: NOON, ...WIDE }
    expect(await store.reserve(PACE, ask)).toEqual({ from: NOON, everyMs: 250, calls: 4 })
    expect(await other.reserve(PACE, ask)).toEqual({ from: afterNoon(1000), everyMs: 250, calls: 4 })
    const again = await reopen()
    expect(await again.reserve(PACE, ask)).toEqual({ from: afterNoon(2000), everyMs: 250, calls: 4 })
  })

  test('as many calls are reserved as fit into the span, and at least one', async () => {
    const { store } = await forThisTest(open)
    const calls = async (perSecond: number, spanMs: number): Promise<number> => {
      const pace = { name: `${perSecond} in ${spanMs}`, perSecond }
      return (await store.reserve(pace, { now: NOON, spanMs, horizonMs: 0 })).calls
    }
    expect(await calls(4, 999)).toBe(3)
    expect(await calls(3, 1000)).toBe(3)
    expect(await calls(4.75, 1000)).toBe(4)
    expect(await calls(0.1, 1000)).toBe(1)
    expect(await calls(2, 0)).toBe(1)
    expect(await calls(5000, 100)).toBe(500)
  })

  test('turns that nobody took are not saved up', async () => {
    const { store } = await forThisTest(open)
    await store.reserve(PACE, { now: NOON, ...WIDE })
    const now = minutesAfterNoon(60)
    expect(await store.reserve(PACE, { now, ...WIDE })).toMatchObject({ from: now, calls: 4 })
    expect((await store.reserve(PACE, { now, ...WIDE })).from).toEqual(new Date(now.getTime() + 1000))
  })

  test('nothing is reserved beyond the horizon, and nothing written', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.reserve(PACE, { now: NOON, ...WIDE })
    const before = await fingerprint()
    const early = await store.reserve(PACE, { now: NOON, spanMs: 1000, horizonMs: 999 })
    expect(early).toEqual({ from: afterNoon(1000), everyMs: 250, calls: 0 })
    expect(await fingerprint()).toBe(before)
    expect((await store.reserve(PACE, { now: NOON, spanMs: 1000, horizonMs: 1000 })).calls).toBe(4)
  })

  test('each name has a pace of its own', async () => {
    const { store } = await forThisTest(open)
    await store.reserve(PACE, { now: NOON, ...WIDE })
    expect((await store.reserve({ ...PACE, name: 'smtp' }, { now: NOON, ...WIDE })).from).toEqual(NOON)
    await store.adjust(PACE, { throttled: true }, NOON)
    expect([(await store.pace('resend'))?.perSecond, (await store.pace('smtp'))?.perSecond]).toEqual([2, 4])
    expect(await store.pace('other')).toBeUndefined()
  })

  test('a complaint halves the rate and stops everything for a second, or as long as it says', async () => {
    const { store } = await forThisTest(open)
    await store.adjust(PACE, { throttled: true }, NOON)
    expect(await store.pace('resend')).toEqual({ perSecond: 2, pausedUntil: afterNoon(1000) })
    expect(await store.reserve(PACE, { now: NOON, ...WIDE })).toEqual({
      from: afterNoon(1000),
      everyMs: 500,
      calls: 2,
    })
    await store.adjust(PACE, { throttled: true, pauseUntil: afterNoon(9000) }, afterNoon(2000))
    expect(await store.pace('resend')).toEqual({ perSecond: 1, pausedUntil: afterNoon(9000) })
    expect((await store.reserve(PACE, { now: afterNoon(2000), ...WIDE })).from).toEqual(afterNoon(9000))
  })

  test('complaints that come while all is paused answer earlier calls: the rate is halved once', async () => {
    const { store, another } = await forThisTest(open)
    const handles = [store, await another(), await another()]
    await Promise.all(handles.map((handle) => handle.adjust(PACE, { throttled: true }, NOON)))
    await store.adjust(PACE, { throttled: true }, afterNoon(900))
    expect(await store.pace('resend')).toEqual({ perSecond: 2, pausedUntil: afterNoon(1900) })
  })

  test('no number of complaints brings it below one call in ten seconds', async () => {
    const { store } = await forThisTest(open)
    for (let n = 0; n < 12; n += 1) await store.adjust(PACE, { throttled: true }, minutesAfterNoon(n))
    expect((await store.pace('resend'))?.perSecond).toBe(0.1)
    const slow = { name: 'slow', perSecond: 0.05 }
    await store.adjust(slow, { throttled: true }, NOON)
    expect((await store.pace('slow'))?.perSecond).toBe(0.05)
  })

  test('a pause alone leaves the rate, is never shortened, and is no longer than a month', async () => {
    const { store, fingerprint } = await forThisTest(open)
    await store.adjust(PACE, { pauseUntil: minutesAfterNoon(5) }, NOON)
    const before = await fingerprint()
    await store.adjust(PACE, { pauseUntil: minutesAfterNoon(4) }, NOON)
    await store.adjust(PACE, { pauseUntil: minutesAfterNoon(-4) }, NOON)
    expect(await fingerprint()).toBe(before)
    expect(await store.pace('resend')).toEqual({ perSecond: 4, pausedUntil: minutesAfterNoon(5) })
    const misread = { pauseUntil: new Date('9000-01-01T00:00:00.000Z') }
    await store.adjust(PACE, misread, NOON)
    expect((await store.pace('resend'))?.pausedUntil).toEqual(minutesAfterNoon(32 * 1440))
  })

  test('a limit brings the rate down to 95 % of it at once, and lets it grow to that by steps of a quarter', async () => {
    const { store } = await forThisTest(open)
    await store.adjust(PACE, { limitPerSecond: 2 }, NOON)
    expect(await store.pace('resend')).toEqual({ perSecond: 1.9, limitPerSecond: 2 })
    await store.adjust(PACE, { limitPerSecond: 10 }, NOON)
    expect(await store.pace('resend')).toEqual({ perSecond: 1.9, limitPerSecond: 10 })
    const rates: (number | undefined)[] = []
    while (await store.quicken(PACE, NOON)) rates.push((await store.pace('resend'))?.perSecond)
    expect(rates.map((rate) => rate?.toFixed(3))).toEqual([
      '2.375',
      '2.969',
      '3.711',
      '4.639',
      '5.798',
      '7.248',
      '9.060',
      '9.500',
    ])
  })

  test('it grows no faster than it was configured while no limit is known, and not while it is paused', async () => {
    const { store, fingerprint } = await forThisTest(open)
    expect(await store.quicken(PACE, NOON)).toBe(false)
    await store.adjust(PACE, { throttled: true }, NOON)
    const before = await fingerprint()
    expect(await store.quicken(PACE, afterNoon(999))).toBe(false)
    expect(await fingerprint()).toBe(before)
    const grown: boolean[] = []
    for (let n = 0; n < 5; n += 1) grown.push(await store.quicken(PACE, afterNoon(1000)))
    expect(grown).toEqual([true, true, true, true, false])
    expect((await store.pace('resend'))?.perSecond).toBe(4)
  })

  test('answers that say nothing new write nothing', async () => {
    const { store, fingerprint } = await forThisTest(open)
    const empty = await fingerprint()
    await store.adjust(PACE, {}, NOON)
    for (const limitPerSecond of [0, -1, Number.NaN, Infinity]) await store.adjust(PACE, { limitPerSecond }, NOON)
    await store.adjust(PACE, { throttled: false }, NOON)
    expect([await fingerprint(), await store.pace('resend')]).toEqual([empty, undefined])
    await store.adjust(PACE, { limitPerSecond: 5 }, NOON)
    const known = await fingerprint()
    await store.adjust(PACE, { limitPerSecond: 5, throttled: false, pauseUntil: NOON }, NOON)
    expect(await fingerprint()).toBe(known)
  })

  test('a configured rate that is lowered counts at once; one that is raised is grown into', async () => {
    const { store } = await forThisTest(open)
    await store.adjust(PACE, { limitPerSecond: 20 }, NOON)
    await store.reserve(PACE, { now: NOON, ...WIDE })
    const everyMs = async (perSecond: number): Promise<number> =>
      (await store.reserve({ ...PACE, perSecond }, { now: NOON, ...WIDE })).everyMs
    expect(await everyMs(2)).toBe(500)
    expect(await everyMs(2)).toBe(500)
    expect(await everyMs(10)).toBe(500)
    expect(await store.quicken({ ...PACE, perSecond: 10 }, NOON)).toBe(true)
    expect(await everyMs(10)).toBe(400)
  })

  test('a clock that was set back moves what is reserved and paused back with it', async () => {
    const { store } = await forThisTest(open)
    const ahead = minutesAfterNoon(60 * 24 * 365)
    await store.reserve(PACE, { now: ahead, ...WIDE })
    expect(await store.reserve(PACE, { now: NOON, ...WIDE })).toMatchObject({ from: afterNoon(1000), calls: 4 })
    await store.adjust(PACE, { pauseUntil: new Date(ahead.getTime() + 30_000) }, ahead)
    expect((await store.reserve(PACE, { now: NOON, ...WIDE })).from).toEqual(afterNoon(30_000))
    expect((await store.reserve(PACE, { now: NOON, ...WIDE })).from).toEqual(afterNoon(31_000))
  })

  test('a worker whose clock was read a little earlier gets the next turn, not an earlier one', async () => {
    const { store } = await forThisTest(open)
    await store.reserve(PACE, { now: NOON, ...WIDE })
    const { from } = await store.reserve(PACE, { now: afterNoon(-60_000), spanMs: 1000, horizonMs: 120_000 })
    expect(from).toEqual(afterNoon(1000))
  })

  // In one second from any instant on (its start counts, its end does not) there are at most ⌈r⌉ calls, all workers
  // together, where r is the fastest rate that was in force.
  test.each([1, 2, 3, 4])(
    'no second has more calls than the rate, with many workers at random instants (%i)',
    async (seed) => {
      const { store, another } = await forThisTest(open)
      const handles = [store, await another(), await another()]
      const chance = seeded(seed)
      const pace = { name: 'resend', perSecond: 0.5 + chance() * 12 }
      let at = 0
      let fastest = pace.perSecond
      const calls: number[] = []
      for (let round = 0; round < 60; round += 1) {
        at += Math.floor(chance() ** 3 * 3000)
        const asked = handles.map((handle) => step(handle, pace, chance, at))
        for (const { from, everyMs, calls: count } of (await Promise.all(asked)).flat())
          for (let n = 0; n < count; n += 1) calls.push(from.getTime() + n * everyMs)
        fastest = Math.max(fastest, (await store.pace('resend'))?.perSecond ?? 0)
      }
      calls.sort((a, b) => a - b)
      expect(calls.length).toBeGreaterThan(100)
      // A millisecond's millionth less than a second: what is exactly a second apart is not in the same one.
      const crowds = calls.map((first, n) => calls.findIndex((other, m) => m > n && other - first >= 1000 - 1e-6) - n)
      expect(Math.max(...crowds)).toBeLessThanOrEqual(Math.ceil(fastest))
    },
  )
}

function afterNoon(ms: number): Date {
  return new Date(NOON.getTime() + ms)
}

/** What one worker may do at an instant, at random; its clock was read up to a second ago. */
async function step(store: Store, pace: Pace, chance: () => number, at: number): Promise<Reservation[]> {
  const now = afterNoon(at - Math.floor(chance() * 1000))
  const dice = chance()
  if (dice < 0.05) await store.adjust(pace, { throttled: true }, now)
  else if (dice < 0.1) await store.adjust(pace, { limitPerSecond: 1 + chance() * 20 }, now)
  else if (dice < 0.4) await store.quicken(pace, now)
  return [
    await store.reserve(pace, { now, spanMs: Math.floor(chance() * 1500), horizonMs: Math.floor(chance() * 20_000) }),
  ]
}
