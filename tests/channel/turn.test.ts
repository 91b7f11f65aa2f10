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

const turn = (key: string, doubts = 0, timing = spaced, atOnce = false): Promise<Outcome | undefined> =>
  takeTurn({ clock, notes }, ACCOUNT, timing, 'Europe/Berlin', attempt(key, doubts), atOnce)

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
    expect(await takeTurn({ clock, notes }, 'bluesky other', spaced, 'UTC', attempt('b'), false)).toBeUndefined()
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

  it('goes on when it may have left, whosever turn it is, and keeps nobody waiting that was never called', async () => {
    await turn('a')
    clock.advance(10 * MINUTE_MS)
    await turn('b')
    clock.advance(5 * MINUTE_MS)
    expect(await turn('a', 1)).toBeUndefined()
    clock.advance(5 * MINUTE_MS)
    expect(await turn('c')).toBeUndefined()
  })

  it('goes on into quiet hours while its turn lasts, and after that when they are over', async () => {
    clock.set('2026-06-29T19:55:00.000Z')
    await turn('a')
    clock.advance(6 * MINUTE_MS)
    expect(await turn('a', 1)).toBeUndefined()
    clock.advance(6 * MINUTE_MS)
    expect(await turn('a', 2)).toEqual(until('2026-06-30T05:00:00.000Z', 'quiet hours'))
  })

  it('keeps the gap among those in doubt, so that the end of an outage is no burst', async () => {
    const keys = ['a', 'b', 'c', 'd']
    for (const key of keys) {
      await turn(key)
      clock.advance(10 * MINUTE_MS)
    }
    const due = new Map(keys.map((key) => [key, 0]))
    const first = new Map<string, number>()
    for (let minute = 0; minute < 60; minute += 1) {
      const now = clock.now().getTime()
      for (const [key, at] of [...due].toSorted((one, other) => one[1] - other[1])) {
        if (at > now) continue
        const wait = await turn(key, 1)
        if (wait === undefined && !first.has(key)) first.set(key, minute)
        due.set(key, wait?.kind === 'later' ? wait.notBefore.getTime() : now + MINUTE_MS)
      }
      clock.advance(MINUTE_MS)
    }
    expect([...first.keys()].toSorted()).toEqual(keys)
    const minutes = [...first.values()]
    expect(minutes[0]).toBe(0)
    for (const [place, minute] of minutes.slice(1).entries())
      expect(minute - (minutes[place] ?? 0)).toBeGreaterThanOrEqual(10)
    expect(minutes.at(-1)).toBeLessThanOrEqual(33)
  })

  it('counts for the day on which it tries again', async () => {
    const limited: Timing = { gapMinutes: 10, mostPerDay: 1 }
    await turn('a', 0, limited)
    clock.advance(24 * 60 * MINUTE_MS)
    expect(await turn('a', 1, limited)).toBeUndefined()
    expect(await turn('b', 0, limited)).toMatchObject({ reason: '1 posts a day at most' })
  })

  it('was taken at once when somebody wanted it to, and counts', async () => {
    clock.set('2026-06-29T21:00:00.000Z')
    expect(await turn('a', 0, spaced, true)).toBeUndefined()
    expect(await turn('b', 0, spaced, true)).toBeUndefined()
    clock.advance(MINUTE_MS)
    // Its answer was lost: the worker that comes next does not take it for one that was never called.
    expect(await turn('b', 1)).toBeUndefined()
    expect(await turn('c', 0, { gapMinutes: 0, mostPerDay: 2 })).toMatchObject({ reason: '2 posts a day at most' })
  })

  it('waits like any other when its worker was killed before it had a turn: nothing of it can have left', async () => {
    clock.set('2026-06-29T20:00:00.000Z')
    expect(await turn('a', 1)).toEqual(until('2026-06-30T05:00:00.000Z', 'quiet hours'))
    clock.set(START)
    await turn('b')
    expect(await turn('a', 1)).toEqual(gap('2026-06-29T08:10:00.000Z'))
  })
})

describe('what fails again and again', () => {
  /** Minute by minute, each when its time has come: the first ones fail for ever, the others leave at once. */
  async function hours(count: number, failing: Readonly<Record<string, 'doubtful' | 'refused'>>): Promise<string[]> {
    const due = new Map([...Object.keys(failing), 'x', 'y', 'z'].map((key) => [key, 0]))
    const called = new Set<string>()
    const left: string[] = []
    for (let minute = 0; minute < count * 60; minute += 1) {
      const now = clock.now().getTime()
      for (const [key, at] of [...due].toSorted((a, b) => a[1] - b[1])) {
        if (at > now) continue
        const wait = await turn(key, failing[key] === 'doubtful' && called.has(key) ? 1 : 0)
        if (!wait) called.add(key)
        if (wait?.kind === 'later') due.set(key, wait.notBefore.getTime())
        else if (failing[key]) due.set(key, now + MINUTE_MS)
        else left.push(`${key} ${minute}`)
        if (!wait && !failing[key]) due.delete(key)
      }
      clock.advance(MINUTE_MS)
    }
    return left
  }

  it.each([
    ['one that may have left', { a: 'doubtful' }, ['x 19', 'y 29', 'z 39']],
    ['one that is refused for the moment', { a: 'refused' }, ['x 19', 'y 29', 'z 39']],
    ['two that may have left', { a: 'doubtful', b: 'doubtful' }, ['x 38', 'y 48', 'z 58']],
    ['several of both', { a: 'doubtful', b: 'refused', c: 'doubtful', d: 'refused' }, ['x 76', 'y 86', 'z 96']],
  ] as const)('lets the others have their turns: %s', async (_, failing, left) => {
    expect(await hours(6, failing)).toEqual(left)
  })
})

describe('a limit for the day', () => {
  const limited: Timing = { gapMinutes: 0, mostPerDay: 2 }
  const tomorrow = (hour = '2026-06-29T22:00:00.000Z'): Outcome => until(hour, '2 posts a day at most')

  it('keeps what is over it for the next day, on which it counts anew', async () => {
    for (const key of ['a', 'b']) expect(await turn(key, 0, limited)).toBeUndefined()
    for (const key of ['c', 'd', 'e']) expect(await turn(key, 0, limited)).toEqual(tomorrow())
    clock.set('2026-06-29T21:59:59.999Z')
    expect(await turn('c', 0, limited)).toEqual(tomorrow())
    clock.set('2026-06-29T22:00:00.000Z')
    for (const key of ['c', 'd']) expect(await turn(key, 0, limited)).toBeUndefined()
    expect(await turn('e', 0, limited)).toEqual(tomorrow('2026-06-30T22:00:00.000Z'))
  })

  it('names a time that lies in no quiet hours', async () => {
    const quiet = { ...limited, quiet: { from: '23:00', to: '06:30' } }
    for (const key of ['a', 'b']) await turn(key, 0, quiet)
    expect(await turn('c', 0, quiet)).toEqual(tomorrow('2026-06-30T04:30:00.000Z'))
  })

  it('counts each post once, however often it is tried, and stops none that is being tried', async () => {
    for (const key of ['a', 'b', 'a', 'b', 'b']) expect(await turn(key, 0, limited)).toBeUndefined()
    expect(await turn('a', 3, limited)).toBeUndefined()
    expect(await turn('c', 0, limited)).toEqual(tomorrow())
  })

  it('is an account’s own, and no limit where none is set', async () => {
    for (const key of ['a', 'b', 'c', 'd']) expect(await turn(key, 0, { gapMinutes: 0 })).toBeUndefined()
    expect(await takeTurn({ clock, notes }, 'bluesky other', limited, 'UTC', attempt('a'), false)).toBeUndefined()
  })

  it('remembers no more than it needs', async () => {
    for (let day = 0; day < 30; day += 1) {
      for (const key of ['a', 'b', 'c']) await turn(`${key}${day}`, 0, { gapMinutes: 0, mostPerDay: 3 })
      clock.advance(24 * 60 * MINUTE_MS)
    }
    expect(JSON.parse((await notes.recall(`${ACCOUNT} turns`)) ?? '[]')).toHaveLength(6)
  })
})

it('of several workers at once one has the turn', async () => {
  const store = await testStore()
  for (const round of [0, 1, 2]) {
    const keys = Array.from({ length: 20 }, (_, at) => `${round} ${at}`)
    const turns = await Promise.all(
      keys.map((key) => takeTurn({ clock, notes: store }, ACCOUNT, spaced, 'Europe/Berlin', attempt(key), false)),
    )
    expect(turns.filter((wait) => wait === undefined)).toHaveLength(1)
    clock.advance(10 * MINUTE_MS)
  }
  await store.close()
})
