import { beforeEach, describe, expect, it } from 'vitest'
import type { Timing } from '../../src/channel/timing.ts'
import { takeTurn } from '../../src/channel/turn.ts'
import type { LedgerEntry, Outcome } from '../../src/domain/delivery.ts'
import { testClock } from '../fixtures/clock.ts'
import { testNotes } from '../fixtures/notes.ts'
import { testStore } from '../fixtures/store.ts'

const MINUTE_MS = 60_000
const ACCOUNT = 'bluesky news.example.com'
const spaced: Timing = { gapMinutes: 10, quiet: { from: '22:00', to: '07:00' } }
/** 10:00 in Berlin. */
const START = '2026-06-29T08:00:00.000Z'

let clock = testClock(START)
let notes = testNotes()

beforeEach(() => {
  clock = testClock(START)
  notes = testNotes()
})

function attempt(key: string, doubts = 0): { key: string; deliveries: readonly LedgerEntry[] } {
  const entry: LedgerEntry = {
    key,
    group: key,
    edition: 'daily/2026-06-29',
    channel: 'bluesky',
    rendering: key,
    target: key,
    state: 'claimed',
    attempts: 1,
    doubts,
  }
  return { key, deliveries: [entry] }
}

const turn = (key: string, doubts = 0, timing = spaced): Promise<Outcome | undefined> =>
  takeTurn({ clock, notes }, ACCOUNT, timing, 'Europe/Berlin', attempt(key, doubts))

const until = (instant: string, reason: string): Outcome => ({
  kind: 'later',
  byPlan: true,
  notBefore: new Date(instant),
  reason,
})
const gap = (instant: string): Outcome => until(instant, 'spaced: one post in 10 minutes')

describe('a turn', () => {
  it('is for the first that comes; the next comes back when the gap is over', async () => {
    expect(await turn('a')).toBeUndefined()
    clock.advance(4 * MINUTE_MS)
    expect(await turn('b')).toEqual(gap('2026-06-29T08:10:00.000Z'))
    clock.advance(6 * MINUTE_MS - 1)
    expect(await turn('b')).toEqual(gap('2026-06-29T08:10:00.000Z'))
    clock.advance(1)
    expect(await turn('b')).toBeUndefined()
  })

  it('is an account’s own', async () => {
    await turn('a')
    expect(await takeTurn({ clock, notes }, 'bluesky other', spaced, 'UTC', attempt('b'))).toBeUndefined()
  })

  it('is not taken in quiet hours, neither afresh nor by what was refused for the moment before them', async () => {
    clock.set('2026-06-29T19:59:00.000Z')
    expect(await turn('a')).toBeUndefined()
    clock.set('2026-06-29T20:00:00.000Z')
    for (const key of ['a', 'b']) expect(await turn(key)).toEqual(until('2026-06-30T05:00:00.000Z', 'quiet hours'))
  })

  it('is free where there is no gap', async () => {
    for (const key of ['a', 'b', 'c']) expect(await turn(key, 0, { gapMinutes: 0 })).toBeUndefined()
  })

  it('keeps what was due all at once apart', async () => {
    const waiting = ['a', 'b', 'c', 'd', 'e']
    const left: string[] = []
    for (let minute = 0; minute <= 45; minute += 1) {
      for (const key of waiting) {
        if (left.some((one) => one.startsWith(key)) || (await turn(key))) continue
        left.push(`${key} ${minute}`)
      }
      clock.advance(MINUTE_MS)
    }
    expect(left).toEqual(['a 0', 'b 10', 'c 20', 'd 30', 'e 40'])
  })

  it('is never blocked for longer than the gap by a clock that was ahead', async () => {
    clock.set('2027-06-29T08:00:00.000Z')
    await turn('a')
    clock.set(START)
    expect(await turn('b')).toBeUndefined()
    expect(await turn('c')).toEqual(gap('2026-06-29T08:10:00.000Z'))
  })
})

describe('what has its turn already', () => {
  it('has it when it comes again after it was killed, or refused for the moment', async () => {
    await turn('a')
    clock.advance(MINUTE_MS)
    expect(await turn('a', 1)).toBeUndefined()
    clock.advance(MINUTE_MS)
    expect(await turn('a')).toBeUndefined()
  })

  it('keeps the others at a distance from its last attempt, not from its first', async () => {
    await turn('a')
    clock.advance(9 * MINUTE_MS)
    await turn('a')
    clock.advance(2 * MINUTE_MS)
    expect(await turn('b')).toEqual(gap('2026-06-29T08:19:00.000Z'))
  })

  it('goes on when it may have left, whosever turn it is, and others keep their distance to it', async () => {
    await turn('a')
    clock.advance(10 * MINUTE_MS)
    await turn('b')
    clock.advance(5 * MINUTE_MS)
    expect(await turn('a', 1)).toBeUndefined()
    clock.advance(6 * MINUTE_MS)
    expect(await turn('c')).toEqual(gap('2026-06-29T08:25:00.000Z'))
    clock.set('2026-06-29T23:00:00.000Z')
    expect(await turn('b', 2)).toBeUndefined()
  })
})

it('of several workers at once one has the turn', async () => {
  const store = await testStore()
  for (const round of [0, 1, 2]) {
    const keys = Array.from({ length: 20 }, (_, at) => `${round} ${at}`)
    const turns = await Promise.all(
      keys.map((key) => takeTurn({ clock, notes: store }, ACCOUNT, spaced, 'Europe/Berlin', attempt(key))),
    )
    expect(turns.filter((wait) => wait === undefined)).toHaveLength(1)
    clock.advance(10 * MINUTE_MS)
  }
  await store.close()
})
