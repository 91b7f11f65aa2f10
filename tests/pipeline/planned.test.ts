import { beforeEach, describe, expect, it } from 'vitest'
import { postTimes, type Timing } from '../../src/channel/timing.ts'
import { takeTurn } from '../../src/channel/turn.ts'
import type { Sender } from '../../src/channel.ts'
import { amend } from '../../src/pipeline/amend.ts'
import { poll } from '../../src/pipeline/poll.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { Store } from '../../src/ports.ts'
import { fakeChannel, onePerEdition, type FakeChannel } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, news, runInput, settingsFor, zone } from './fixture.ts'

const ID = 'daily/2026-06-29'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** 07:00 in Berlin, when the edition is meant to leave. */
const PLANNED = '2026-06-29T05:00:00.000Z'

let clock = testClock(PLANNED)
let store: Store
let log: ReturnType<typeof testLog>

beforeEach(async () => {
  clock = testClock(PLANNED)
  store = await testStore({ subscribers: 2 })
  log = testLog()
})

/** A network with one account: posts have times, and a sender that takes turns like the real ones. */
interface Network extends FakeChannel {
  /** `1 05:00`: which post was taken, and when. */
  readonly taken: string[]
}

function network(id: string, timing: Timing): Network {
  const fake = fakeChannel(id, { now: () => clock.now(), disturbs: true })
  const taken: string[] = []
  const sender: Sender = {
    ...fake.sender(),
    async send(attempt, signal) {
      const wait = await takeTurn({ clock, notes: store }, id, timing, zone, attempt, false)
      if (wait) return attempt.deliveries.map(() => wait)
      const outcomes = await fake.sender().send(attempt, signal)
      if (outcomes[0]?.kind === 'sent') taken.push(`${attempt.rendering.id} ${clock.now().toISOString().slice(11, 16)}`)
      return outcomes
    },
  }
  return {
    ...fake,
    taken,
    times: (_settings, renderings, from, place) => postTimes(renderings.length, timing, from, place),
    open: () => sender,
    sender: () => sender,
  }
}

function mail(): FakeChannel {
  return fakeChannel('mail', {
    audience: 'subscribers',
    perAttempt: 100,
    renderings: onePerEdition,
    now: () => clock.now(),
    disturbs: true,
  })
}

const four = fakeSource(...['a', 'b', 'c', 'd'].map((name) => news(name)))

async function pass(channels: readonly FakeChannel[], over: Partial<RunInput> = {}): Promise<RunReport> {
  return run({ clock, store, log }, runInput(four, channels, over), () => undefined, never)
}

async function polls(channels: readonly FakeChannel[], minutes: number, every = 1): Promise<void> {
  for (let minute = 0; minute < minutes; minute += every) {
    clock.advance(every * MINUTE_MS)
    await poll({ clock, store, log }, runInput(four, channels), never)
  }
}

describe('posts that are spaced', () => {
  it('leave one after the other, each once, while mail leaves at once', async () => {
    const [posts, letters] = [network('posts', { gapMinutes: 10 }), mail()]
    expect(await pass([posts, letters])).toMatchObject({ verdict: 'approved', state: 'sending', delivered: 3 })
    expect(clock.now().toISOString()).toBe(PLANNED)
    await polls([posts, letters], 35)
    expect(posts.taken).toEqual(['1 05:00', '2 05:10', '3 05:20', '4 05:30'])
    expect([...posts.accepted.values(), ...letters.accepted.values()]).toEqual([1, 1, 1, 1, 1, 1])
    expect((await store.edition(ID))?.state).toBe('sent')
  })

  it('are not called before their time: an idle pass makes no attempt and writes nothing', async () => {
    const posts = network('posts', { gapMinutes: 10 })
    await pass([posts])
    clock.advance(MINUTE_MS)
    for (const _ of [1, 2, 3]) expect(await pass([posts])).toMatchObject({ verdict: 'unchanged', delivered: 0 })
    expect(posts.attempts).toHaveLength(1)
  })

  it('do not keep a pass waiting, however patient it is', async () => {
    const posts = network('posts', { gapMinutes: 1 })
    const worker = { name: 'worker-1', isGone: () => false, patienceMs: 120_000 }
    expect(await pass([posts], { worker })).toMatchObject({ delivered: 1 })
    expect(clock.now().toISOString()).toBe(PLANNED)
  })

  it('tell what leaves later and when', async () => {
    const report = await pass([network('posts', { gapMinutes: 10 })])
    expect(report.waits).toEqual([
      {
        channel: 'posts',
        reason: 'it leaves at its time',
        byPlan: true,
        count: 3,
        notBefore: '2026-06-29T05:10:00.000Z',
      },
    ])
  })

  it('stay spaced when much is due at once because no worker was there', async () => {
    const posts = network('posts', { gapMinutes: 10 })
    await pass([posts])
    clock.advance(5 * HOUR_MS)
    expect(await pass([posts])).toMatchObject({ verdict: 'resumed', delivered: 1 })
    await polls([posts], 25)
    expect(posts.taken).toEqual(['1 05:00', '2 10:00', '3 10:10', '4 10:20'])
  })

  it('stay spaced among editions', async () => {
    const posts = network('posts', { gapMinutes: 10 })
    await pass([posts])
    const more = fakeSource(news('e', '2026-06-30'))
    const next = runInput(more, [posts], { date: '2026-06-30', schedule: { id: 'daily', at: '07:00' } })
    await run({ clock, store, log }, next, () => undefined, never)
    await polls([posts], 45)
    expect(posts.taken.map((one) => one.slice(-5))).toEqual(['05:00', '05:10', '05:20', '05:30', '05:40'])
  })

  it('stay under the limit of the day among editions, and the rest leaves on the next one without being late', async () => {
    const posts = network('posts', { gapMinutes: 10, mostPerDay: 5 })
    await pass([posts])
    await polls([posts], 40)
    const more = fakeSource(...['e', 'f', 'g'].map((name) => news(name)))
    await run(
      { clock, store, log },
      runInput(more, [posts], { schedule: { id: 'noon', at: '08:00' } }),
      () => undefined,
      never,
    )
    await polls([posts], 24 * 60, 10)
    expect(posts.taken.map((one) => one.slice(-5))).toEqual([
      '05:00',
      '05:10',
      '05:20',
      '05:30',
      '05:40',
      '22:00',
      '22:10',
    ])
    expect(log.lines.filter((line) => line.includes('held'))).toEqual([])
  })

  it('all leave now when somebody who is there says so, also of an edition that is approved in this very pass', async () => {
    const timing = { gapMinutes: 10 }
    const posts = network('posts', timing)
    const atOnce = fakeChannel('posts', { now: () => clock.now(), disturbs: true })
    const together: FakeChannel = { ...atOnce, times: (...given) => posts.times?.(...given) ?? [] }
    expect(await pass([together], { atOnce: true })).toMatchObject({ state: 'sent', delivered: 4, waits: [] })
    expect(atOnce.attempts).toHaveLength(4)
  })

  it('leave while the other network of the edition is down, and those come when it is back', async () => {
    const [one, two] = [network('one', { gapMinutes: 10 }), network('two', { gapMinutes: 10 })]
    two.next(...Array.from({ length: 7 }, () => 'later' as const))
    await pass([one, two])
    await polls([one, two], 90)
    expect(one.taken).toHaveLength(4)
    expect([...two.accepted.values()]).toEqual([1, 1, 1, 1])
  })
})

describe('late', () => {
  it('is no post before its time, though its edition was to leave half a day ago', async () => {
    const [posts, letters] = [network('posts', { gapMinutes: 300 }), mail()]
    await pass([posts, letters])
    await polls([posts, letters], 16 * 60, 30)
    expect(posts.taken).toEqual(['1 05:00', '2 10:00', '3 15:00', '4 20:00'])
    expect(log.lines.filter((line) => line.includes('held'))).toEqual([])
  })

  it('is no post that quiet hours kept', async () => {
    clock.set('2026-06-29T05:00:00.000Z')
    const posts = network('posts', { gapMinutes: 10, quiet: { from: '07:05', to: '20:00' } })
    await pass([posts])
    clock.set('2026-06-29T18:00:00.000Z')
    await polls([posts], 25)
    expect(posts.taken).toEqual(['1 05:00', '2 18:01', '3 18:11', '4 18:21'])
  })

  it('is no post that keeps its distance to another one since its worker came back in time', async () => {
    const posts = network('posts', { gapMinutes: 60 })
    await pass([posts])
    clock.advance(11.5 * HOUR_MS)
    await polls([posts], 3 * 60, 20)
    expect(posts.taken).toHaveLength(4)
  })

  it('are posts that were due while no worker was there for longer than that, and they wait for an editor', async () => {
    const [posts, letters] = [network('posts', { gapMinutes: 60 }), mail()]
    await pass([posts, letters])
    clock.advance(14 * HOUR_MS)
    expect(await pass([posts, letters])).toMatchObject({
      verdict: 'held',
      reason: '13 hours late: it was meant to leave at 2026-06-29 08:00 (Europe/Berlin)',
      delivered: 0,
    })
    expect(posts.taken).toHaveLength(1)
    await store.release(ID, clock.now())
    await polls([posts, letters], 4 * 60, 15)
    expect(posts.taken).toEqual(['1 05:00', '2 19:15', '3 20:15', '4 21:15'])
    expect([...letters.accepted.values()]).toEqual([1, 1])
  })

  it('are posts of a network that is down, but another network goes on by its plan before they are held', async () => {
    const [one, two] = [network('one', { gapMinutes: 300 }), network('two', { gapMinutes: 10 })]
    const down: FakeChannel = { ...two, sender: () => ({ ...two.sender(), send: refuse }) }
    await pass([one, down])
    await polls([one, down], 14 * 60, 30)
    expect(one.taken).toEqual(['1 05:00', '2 10:00', '3 15:00'])
    expect((await store.edition(ID))?.state).toBe('sending')
    await polls([one, down], 2 * 60, 30)
    expect(one.taken).toHaveLength(4)
    expect(await store.edition(ID)).toMatchObject({ state: 'held', reason: expect.stringMatching(/^15 hours late/) })
  })

  it.each(['correction', 'retraction'] as const)('is no %s: it is wanted however late it is', async (kind) => {
    const base = network('posts', { gapMinutes: 10 })
    const posts: FakeChannel = {
      ...base,
      amend: async ({ amendment: { id, url }, posted }) =>
        posted.map(({ rendering }, at) => ({
          ...rendering,
          id: `${at}`,
          identity: `${id} ${rendering.id}`,
          item: url,
        })),
    }
    await pass([posts])
    const words = { kind, url: news('a').url, note: 'It was wrong.' }
    const amended = await amend({ store, clock }, words, house, settingsFor(posts), false)
    const id = 'edition' in amended ? amended.edition.id : ''
    clock.advance(13 * HOUR_MS)
    await polls([posts], 1)
    expect(log.lines.filter((line) => line.includes(`${id} is held`))).toEqual([])
    expect(await store.ledger({ edition: id })).toMatchObject([{ state: 'sent' }])
  })

  it('is mail that could not leave, and nothing else of its edition leaves then', async () => {
    const [posts, letters] = [network('posts', { gapMinutes: 300 }), mail()]
    const down: FakeChannel = { ...letters, sender: () => ({ ...letters.sender(), send: refuse }) }
    await pass([posts, down])
    await polls([posts, down], 13 * 60, 30)
    expect(await store.edition(ID)).toMatchObject({ state: 'held', reason: expect.stringMatching(/^12 hours late/) })
  })
})

const refuse: Sender['send'] = async ({ deliveries }) =>
  deliveries.map(() => ({ kind: 'later', notBefore: new Date(clock.now().getTime() + MINUTE_MS), reason: 'down' }))

describe('a worker that is killed', () => {
  /** Dies at the first call of this method of the store, before or after its effect. */
  function dying(method: 'claim' | 'settle', when: 'before' | 'after'): Store {
    const killed = async (act: () => Promise<unknown>): Promise<never> => {
      if (when === 'after') await act()
      throw new Error('killed')
    }
    const claim: Store['claim'] = (request) => killed(() => store.claim(request))
    const settle: Store['settle'] = (...given) => killed(() => store.settle(...given))
    return method === 'claim' ? { ...store, claim } : { ...store, settle }
  }

  it.each([
    ['claim', 'before', ['2 05:11', '3 05:21', '4 05:31']],
    ['claim', 'after', ['2 05:11', '3 05:21', '4 05:31']],
    ['settle', 'before', ['2 05:11', '3 05:21', '4 05:31']],
    ['settle', 'after', ['2 05:10', '3 05:20', '4 05:30']],
  ] as const)('at its %s (%s it) posts each once, and keeps the gap', async (method, when, after) => {
    const posts = network('posts', { gapMinutes: 10 })
    await run({ clock, store, log }, runInput(four, [posts], { approval: 'editor' }), () => undefined, never)
    const approving = runInput(four, [posts], { approval: 'given', draft: 'as-seen' })
    const first = run({ clock, store: dying(method, when), log }, approving, () => undefined, never)
    await expect(first).rejects.toThrow('killed')
    const next = { worker: { name: 'worker-2', isGone: (name: string) => name === 'worker-1' } }
    for (let minute = 0; minute < 35; minute += 1) {
      clock.advance(MINUTE_MS)
      await pass([posts], next)
    }
    expect([...posts.accepted.values()]).toEqual([1, 1, 1, 1])
    expect(posts.taken.slice(-3)).toEqual(after)
  })

  it('between its turn and the call has its turn again, and the next one keeps the gap', async () => {
    const posts = network('posts', { gapMinutes: 10 })
    posts.next('throw')
    await pass([posts])
    await polls([posts], 15)
    expect(posts.taken).toEqual(['1 05:01', '2 05:11'])
  })
})

it('of two workers at once neither posts what the other does, nor closer than the gap', async () => {
  const posts = network('posts', { gapMinutes: 10 })
  const worker = (name: string): Partial<RunInput> => ({ worker: { name, isGone: () => false } })
  await pass([posts])
  for (let minute = 0; minute < 40; minute += 1) {
    clock.advance(MINUTE_MS)
    await Promise.all([pass([posts], worker('one')), pass([posts], worker('two'))])
  }
  expect(posts.taken).toEqual(['1 05:00', '2 05:10', '3 05:20', '4 05:30'])
})
