import { beforeEach, describe, expect, it } from 'vitest'
import type { DueDigest, Schedule } from '../../src/domain/schedule.ts'
import { tick, type TickActions } from '../../src/pipeline/tick.ts'
import type { Store } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { never, zone } from './fixture.ts'

const schedules: readonly Schedule[] = [
  { kind: 'digest', id: 'daily', at: '07:00', catchUpDays: 3 },
  { kind: 'poll', id: 'source', everyMinutes: 15 },
]

const clock = testClock()
let store: Store
let log: ReturnType<typeof testLog>
let done: string[]

beforeEach(async () => {
  store = await testStore()
  log = testLog()
  done = []
  clock.set('2026-06-28T18:00:00.000Z')
  await go()
  done = []
})

const actions: TickActions = {
  digest: async (schedule: string, { date, fromDay }: DueDigest) => void done.push(`${schedule} ${fromDay}..${date}`),
  poll: async () => void done.push('poll'),
}

async function go({
  worker = 'worker-1',
  gone = [] as string[],
  act = actions,
  signal = never,
  only = schedules,
} = {}): Promise<void> {
  await tick({ clock, store, log }, only, zone, { name: worker, isGone: (name) => gone.includes(name) }, act, signal)
}

const daily = schedules.slice(0, 1)

describe('a new schedule', () => {
  it('has missed nothing, and polls at once', async () => {
    store = await testStore()
    await go()
    expect(done).toEqual(['poll'])
  })
})

describe('a slot', () => {
  it('fires once, when its time has come', async () => {
    clock.set('2026-06-29T04:59:00.000Z')
    await go({ only: daily })
    expect(done).toEqual([])
    clock.set('2026-06-29T05:00:00.000Z')
    for (let minute = 0; minute < 5; minute++) {
      await go({ only: daily })
      clock.advance(60_000)
    }
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
    expect(log.lines).toEqual([])
  })

  it('fires once though two workers ask at the same time', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await Promise.all(['a', 'b', 'c'].map((worker) => go({ worker })))
    expect(done.toSorted()).toEqual(['daily 2026-06-28..2026-06-29', 'poll'])
  })

  it('that was finished never fires again, though the clock jumps back and forth', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go()
    done = []
    for (const jump of [
      '2026-06-28T18:00:00Z',
      '2026-06-29T05:00:30Z',
      '2026-06-28T18:00:00Z',
      '2026-06-29T05:00:00Z',
    ]) {
      clock.set(jump)
      await go()
    }
    expect(done).toEqual([])
  })

  it('of before the schedule was first seen makes no edition, though the clock jumps back there', async () => {
    for (const jump of ['2026-06-29T04:00:00Z', '2026-06-27T12:00:00Z', '2020-01-01T00:00:00Z']) {
      clock.set(jump)
      await go({ only: daily })
    }
    expect(done).toEqual([])
  })

  it('fires again after the clock was ahead for a while and was set right', async () => {
    clock.set('2027-03-01T12:00:00.000Z')
    await go()
    done = []
    clock.set('2026-06-29T05:00:00.000Z')
    await go()
    clock.set('2026-06-30T05:00:00.000Z')
    await go()
    await go()
    expect(done).toEqual(['daily 2026-06-28..2026-06-29', 'poll', 'daily 2026-06-29..2026-06-30', 'poll'])
  })

  it('fires again though the clock was ahead when the schedule was first seen', async () => {
    store = await testStore()
    for (const now of ['2027-03-01T12:00:00.000Z', '2026-06-28T18:00:00.000Z', '2026-06-29T05:00:00.000Z']) {
      clock.set(now)
      await go({ only: daily })
    }
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
  })

  it('fires again on the next day after the clock jumped far back and was set right', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go({ only: daily })
    clock.set('2020-01-01T00:00:00Z')
    await go({ only: daily })
    clock.set('2026-06-30T05:00:00.000Z')
    await go({ only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29', 'daily 2026-06-29..2026-06-30'])
  })

  it('that was missed is made up for: one edition for several days', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go({ only: daily })
    clock.set('2026-07-02T15:00:00.000Z')
    await go({ only: daily })
    await go({ only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29', 'daily 2026-06-29..2026-07-02'])
  })

  it('comes once on the days of both clock changes', async () => {
    const at0230: readonly Schedule[] = [{ kind: 'digest', id: 'night', at: '02:30', catchUpDays: 3 }]
    for (const [from, date] of [
      ['2026-03-28T12:00:00Z', '2026-03-29'],
      ['2026-10-24T12:00:00Z', '2026-10-25'],
    ] as const) {
      store = await testStore()
      done = []
      clock.set(from)
      for (let quarter = 0; quarter < 96; quarter++) {
        await go({ only: at0230 })
        clock.advance(15 * 60_000)
      }
      expect(done.map((line) => line.slice(-10))).toEqual([date])
    }
  })
})

describe('a worker', () => {
  const killed: TickActions = { ...actions, digest: () => new Promise(() => undefined) }

  /** Claims the slot of 05:00 and is killed while it works. */
  async function claimAndDie(): Promise<void> {
    clock.set('2026-06-29T05:00:00.000Z')
    const claimed = Promise.withResolvers<void>()
    void go({
      worker: 'dead',
      only: daily,
      act: { ...killed, digest: () => (claimed.resolve(), killed.digest('', due, never)) },
    })
    await claimed.promise
  }
  const due: DueDigest = { slot: new Date(0), date: '', fromDay: '' }

  it('that was killed in its slot has it taken over at once', async () => {
    await claimAndDie()
    await go({ worker: 'heir', gone: ['dead'], only: daily })
    await go({ worker: 'heir', gone: ['dead'], only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
  })

  it('that works on its slot is left to it', async () => {
    await claimAndDie()
    clock.advance(29 * 60_000)
    await go({ worker: 'other', only: daily })
    expect(done).toEqual([])
  })

  it('that cannot be asked loses its slot after half an hour', async () => {
    await claimAndDie()
    clock.advance(30 * 60_000 + 1)
    await go({ worker: 'other', only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
  })

  it('that is stopped in its slot leaves it to its successor', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    const stop = new AbortController()
    await go({ only: daily, signal: stop.signal, act: { ...actions, digest: async () => stop.abort() } })
    await go({ worker: 'heir', gone: ['worker-1'], only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
  })

  it('that is stopped begins nothing', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go({ signal: AbortSignal.abort() })
    expect(done).toEqual([])
  })
})

describe('an action that fails', () => {
  const failing: TickActions = { ...actions, digest: () => Promise.reject(new Error('the store is full')) }

  it('is logged with its schedule, and does not keep the others from theirs', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go({ act: failing })
    expect(log.lines).toEqual(['error: Schedule daily: the store is full'])
    expect(done).toEqual(['poll'])
  })

  it('is tried again after half an hour, not in a tight loop', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    await go({ act: failing, only: daily })
    clock.advance(15 * 60_000)
    await go({ only: daily })
    expect(done).toEqual([])
    clock.advance(16 * 60_000)
    await go({ only: daily })
    expect(done).toEqual(['daily 2026-06-28..2026-06-29'])
  })
})
