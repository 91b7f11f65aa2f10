import { beforeEach, describe, expect, test } from 'vitest'
import { openPacer, type Pacer } from '../../src/pipeline/pace.ts'
import type { Store } from '../../src/ports.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { testStore } from '../fixtures/store.ts'
import { never } from './fixture.ts'

const START = Date.parse('2026-06-29T05:00:00.000Z')
const PATIENCE_MS = 120_000
const pace = { name: 'provider', perSecond: 2 }

let clock: TestClock
let store: Store

beforeEach(async () => {
  clock = testClock(new Date(START).toISOString())
  store = await testStore()
})

const open = (of: typeof pace | undefined = pace): Pacer => openPacer({ clock, store }, of, PATIENCE_MS)

/** Milliseconds since the start at which each of so many turns came. */
async function turnsOf(pacer: Pacer, count: number): Promise<number[]> {
  const at: number[] = []
  for (let turn = 0; turn < count; turn++) {
    expect(await pacer.turn(never)).toBe(true)
    at.push(clock.now().getTime() - START)
  }
  return at
}

describe('Turns', () => {
  test('come evenly spaced at the configured rate, the first at once', async () => {
    expect(await turnsOf(open(), 5)).toEqual([0, 500, 1000, 1500, 2000])
  })

  test('are shared by all who call the same provider', async () => {
    const [one, two] = [open(), open()]
    const at = [await turnsOf(one, 1), await turnsOf(two, 1), await turnsOf(one, 1), await turnsOf(two, 1)]
    expect(at.flat()).toEqual([0, 500, 1000, 1500])
  })

  test('that nobody took are lost: a pause is not followed by a storm', async () => {
    const pacer = open({ name: 'provider', perSecond: 100 })
    await turnsOf(pacer, 3)
    clock.advance(60_000)
    const [first = 0, ...more] = await turnsOf(pacer, 20)
    expect(first).toBeLessThanOrEqual(60_000 + 40)
    const gaps = more.map((at, index) => at - ([first, ...more][index] ?? 0))
    // The very first may be a kept one.
    expect(gaps.filter((gap) => gap < 10).length).toBeLessThanOrEqual(1)
  })

  test('stop for as long as the other side asks, for all', async () => {
    const [one, two] = [open(), open()]
    await turnsOf(one, 1)
    one.heard({ throttled: true, pauseUntil: new Date(START + 30_000) })
    await one.settled()
    const [next = 0] = await turnsOf(two, 1)
    expect(next).toBeGreaterThanOrEqual(30_000)
  })

  test('come half as often after a complaint, however many lanes were refused together', async () => {
    const pacer = open()
    await turnsOf(pacer, 1)
    for (let lane = 0; lane < 4; lane++) pacer.heard({ throttled: true })
    await pacer.settled()
    expect((await store.pace('provider'))?.perSecond).toBe(1)
  })

  test('come faster step by step when all is calm, up to a little below what the other side allows', async () => {
    const pacer = open()
    pacer.heard({ limitPerSecond: 10 })
    await pacer.settled()
    const rates: (number | undefined)[] = []
    for (let step = 0; step < 12; step++) {
      clock.advance(10_000)
      await pacer.settled()
      rates.push((await store.pace('provider'))?.perSecond)
    }
    expect(rates[0]).toBe(2.5)
    expect(rates.at(-1)).toBe(9.5)
    expect(rates.every((rate, at) => (rate ?? 0) >= (rates[at - 1] ?? 0))).toBe(true)
  })

  test('never come faster than configured while the other side has not said what it allows', async () => {
    const pacer = open()
    await turnsOf(pacer, 1)
    clock.advance(60_000)
    await pacer.settled()
    expect((await store.pace('provider'))?.perSecond).toBe(2)
  })

  test('fall at once to what the other side allows when that is less than configured', async () => {
    const pacer = open({ name: 'provider', perSecond: 20 })
    await turnsOf(pacer, 1)
    pacer.heard({ limitPerSecond: 2 })
    await pacer.settled()
    expect((await store.pace('provider'))?.perSecond).toBe(1.9)
  })

  test('are not waited for beyond the patience of the pass', async () => {
    const pacer = open()
    pacer.heard({ pauseUntil: new Date(START + PATIENCE_MS + 60_000) })
    await pacer.settled()
    expect(await pacer.turn(never)).toBe(false)
    expect(clock.now().getTime()).toBe(START)
  })

  test.each([2, 20, 100, 10_000])(
    'come also where the store is slower than the rate (%i a second), and no faster than it',
    async (perSecond) => {
      let reserved = 0
      const slow: Store = {
        ...store,
        async reserve(of, request) {
          const reservation = await store.reserve(of, request)
          clock.advance(150)
          reserved += 1
          return reservation
        },
      }
      const pacer = openPacer({ clock, store: slow }, { name: 'provider', perSecond }, PATIENCE_MS)
      await turnsOf(pacer, 5)
      expect(reserved).toBeLessThanOrEqual(5)
    },
  )

  test('end when the pass is stopped', async () => {
    const pacer = open()
    await turnsOf(pacer, 1)
    expect(await pacer.turn(AbortSignal.abort())).toBe(false)
  })

  test('without a rate come at once, but a pause that was asked for is kept', async () => {
    const pacer = openPacer({ clock, store }, undefined, PATIENCE_MS)
    expect(await turnsOf(pacer, 3)).toEqual([0, 0, 0])
    pacer.heard({ pauseUntil: new Date(START + 5000) })
    expect(await turnsOf(pacer, 1)).toEqual([5000])
    pacer.heard({ pauseUntil: new Date(START + 3_600_000) })
    expect(await pacer.turn(never)).toBe(false)
    expect(await store.pace('provider')).toBeUndefined()
  })
})
