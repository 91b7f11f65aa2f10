import { beforeEach, describe, expect, it } from 'vitest'
import { LATER_MS, type FakeChannel } from '../fixtures/channel.ts'
import { never } from './fixture.ts'
import { acting, copies, HOUR_MS, MINUTE_MS, owing, type Owing } from './owing.ts'

let on: Owing

beforeEach(async () => {
  on = await owing()
})

/** A worker that claims the first post and gets no further. */
async function stopMidway(posts: FakeChannel, how: 'before' | 'after'): Promise<void> {
  const claim = await on.store.claim({
    worker: 'worker-0',
    now: on.clock.now(),
    channels: [posts.id],
    staleBefore: new Date(0),
    gone: [],
  })
  if (!claim) throw new Error('nothing to claim')
  const { group: key, rendering, deliveries, settled } = claim
  if (how === 'after') await posts.sender().send({ key, rendering, deliveries, settled }, never)
}

describe('unknown, while the channel takes the same attempt twice without a second copy', () => {
  it.each(['accept-unknown', 'accept-then-throw', 'lose', 'throw'] as const)(
    '%s: is sent again with the same key and bytes, after a pause',
    async (behaviour) => {
      const mails = on.mail({ replayWindowMs: 24 * HOUR_MS })
      mails.next(behaviour)
      await on.owe(mails)
      await on.pass([mails])
      expect(await on.states('mail')).toBe('unknown unknown unknown sent sent')
      await on.pass([mails])
      expect(mails.attempts).toHaveLength(2)
      on.clock.advance(90_000)
      await on.pass([mails])
      expect(await on.states('mail')).toBe('sent sent sent sent sent')
      expect(copies(mails)).toEqual([1, 1, 1, 1, 1])
      const [first, , again] = mails.attempts
      expect(again?.replace('send ', '')).toBe(first?.replace(`${behaviour} `, ''))
    },
  )

  it('is asked again at ever longer pauses, at most a minute', async () => {
    const posts = on.channel('posts', { replayWindowMs: 24 * HOUR_MS })
    posts.next(...Array.from({ length: 60 }, () => 'lose' as const))
    await on.owe(posts)
    const pauses: number[] = []
    for (let round = 0; round < 7; round++) {
      await on.pass([posts])
      const [first] = await on.ledger('posts')
      const pause = Date.parse(first?.notBefore ?? '') - on.clock.now().getTime()
      pauses.push(pause / 1000)
      on.clock.advance(pause)
    }
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60])
  })

  it('stays in doubt when the replay is refused for now, and is replayed at the time that was named', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
    posts.next('accept-unknown', 'send', 'send', 'later')
    await on.owe(posts)
    await on.pass([posts])
    on.clock.advance(90_000)
    await on.pass([posts])
    expect((await on.ledger('posts'))[0]).toMatchObject({
      state: 'unknown',
      reason: 'busy',
      notBefore: new Date(on.clock.now().getTime() + LATER_MS).toISOString(),
    })
    on.clock.advance(LATER_MS)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
    expect(copies(posts)).toEqual([1, 1, 1])
  })

  it('is not sent as if it were new when the replay was refused until after the window', async () => {
    const posts = on.channel('posts', { replayWindowMs: 8 * MINUTE_MS })
    posts.next('accept-unknown', 'send', 'send', 'later')
    await on.owe(posts)
    await on.pass([posts])
    on.clock.advance(90_000)
    await on.pass([posts])
    on.clock.advance(LATER_MS)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('review sent sent')
    expect(posts.attempts).toHaveLength(4)
  })

  it('is left to a person once the window has passed and there is no looking', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
    posts.next('accept-unknown')
    await on.owe(posts)
    await on.pass([posts])
    on.clock.advance(HOUR_MS)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('review sent sent')
    expect(posts.attempts).toHaveLength(3)
    expect((await on.ledger('posts'))[0]?.reason).toMatch(/may have left before; look on the other side/)
  })

  it('is looked up once the window has passed, not sent again', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS, find: true })
    posts.next('accept-unknown')
    await on.owe(posts)
    await on.pass([posts])
    on.clock.advance(HOUR_MS)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
    expect(posts.looks).toHaveLength(1)
    expect(copies(posts)).toEqual([1, 1, 1])
  })
})

describe('unknown, where nothing protects from a second copy', () => {
  it('is left to a person at once when there is no looking', async () => {
    const posts = on.channel('posts', { replayWindowMs: 0 })
    posts.next('accept-then-throw')
    await on.owe(posts)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('review sent sent')
    expect((await on.ledger('posts'))[0]?.reason).toBe(
      'connection reset; look on the other side, then settle it by hand',
    )
    on.clock.advance(48 * HOUR_MS)
    await on.pass([posts])
    expect(copies(posts)).toEqual([1, 1, 1])
  })

  it('is found on the other side', async () => {
    const posts = on.channel('posts', { replayWindowMs: 0, find: true })
    posts.next('accept-then-throw')
    await on.owe(posts)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('unknown sent sent')
    on.clock.advance(90_000)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
    expect((await on.ledger('posts'))[0]?.remoteId).toBe(`remote ${posts.looks[0]}`)
    expect(copies(posts)).toEqual([1, 1, 1])
  })

  it('is looked for three times, then left to a person and never sent again', async () => {
    const posts = on.channel('posts', { replayWindowMs: 0, find: 'blind' })
    posts.next('lose')
    await on.owe(posts)
    for (let round = 0; round < 8; round++) {
      await on.pass([posts])
      on.clock.advance(HOUR_MS)
    }
    expect(posts.looks).toHaveLength(3)
    expect(await on.states('posts')).toBe('review sent sent')
    expect(posts.attempts).toHaveLength(3)
  })

  it('is sent again when the look shows that it never arrived', async () => {
    const posts = on.channel('posts', { replayWindowMs: 0, find: true })
    posts.next('lose')
    await on.owe(posts)
    await on.pass([posts])
    on.clock.advance(90_000)
    const notThere = { kind: 'later', notBefore: on.clock.now(), reason: 'it is not there' } as const
    await on.pass([acting(posts, { find: async () => notThere })])
    on.clock.advance(1000)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
    expect(copies(posts)).toEqual([1, 1, 1])
  })
})

describe('a claim', () => {
  it.each(['before', 'after'] as const)(
    'of a worker that is gone is taken over, whether it was killed %s the attempt',
    async (how) => {
      const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
      await on.owe(posts)
      await stopMidway(posts, how)
      await on.pass([posts], { gone: ['worker-0'] })
      expect(await on.states('posts')).toBe('sent sent sent')
      expect(copies(posts)).toEqual([1, 1, 1])
    },
  )

  it.each(['before', 'after'] as const)(
    'of a worker that was killed %s the attempt is looked up where nothing protects from a second copy',
    async (how) => {
      const posts = on.channel('posts', { replayWindowMs: 0, find: true })
      await on.owe(posts)
      await stopMidway(posts, how)
      await on.pass([posts], { gone: ['worker-0'] })
      expect(posts.looks).toHaveLength(1)
      expect(copies(posts).every((count) => count === 1)).toBe(true)
      expect(await on.states('posts')).toBe(how === 'after' ? 'sent sent sent' : 'unknown sent sent')
    },
  )

  it('of a worker that lives is left alone', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    await stopMidway(posts, 'before')
    await on.pass([posts])
    expect(await on.states('posts')).toBe('claimed sent sent')
  })

  it('of a worker that cannot be asked is taken over after ten minutes', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    await stopMidway(posts, 'before')
    on.clock.advance(10 * MINUTE_MS)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('claimed sent sent')
    on.clock.advance(1)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
  })

  it('that was taken over is not settled by the worker that lost it', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
    await on.owe(posts)
    await stopMidway(posts, 'after')
    await on.pass([posts], { gone: ['worker-0'] })
    const [first] = await on.ledger('posts')
    if (!first) throw new Error('nothing in the ledger')
    await on.store.settle('worker-0', new Map([[first.key, { kind: 'rejected', reason: 'too late' }]]), on.clock.now())
    expect((await on.ledger('posts'))[0]).toEqual(first)
  })

  it('is never had by two workers that deliver at once', async () => {
    const mails = on.mail({ replayWindowMs: 0 })
    await on.owe(mails)
    await Promise.all(['a', 'b', 'c'].map((worker) => on.pass([mails], { worker })))
    expect(copies(mails)).toEqual([1, 1, 1, 1, 1])
    expect(await on.states('mail')).toBe('sent sent sent sent sent')
  })
})
