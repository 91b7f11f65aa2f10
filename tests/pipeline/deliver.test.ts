import { beforeEach, describe, expect, it } from 'vitest'
import { LATER_MS, onePerEdition } from '../fixtures/channel.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { acting, copies, HOUR_MS, owing, START, type Owing } from './owing.ts'

let on: Owing

beforeEach(async () => {
  on = await owing()
})

describe('what is owed', () => {
  it('leaves once, in the order of planning, and is settled with what the other side said', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    const steps = await on.pass([posts])
    expect(copies(posts)).toEqual([1, 1, 1])
    const entries = await on.ledger('posts')
    expect(posts.attempts).toEqual(entries.map(({ key }) => `send ${key}: ${key}`))
    expect(entries[0]).toMatchObject({
      state: 'sent',
      attempts: 1,
      settledAt: START,
      remoteId: `remote ${entries[0]?.key}`,
    })
    expect(steps.map((step) => step.settlements.map(({ kind }) => kind))).toEqual([['sent'], ['sent'], ['sent']])
  })

  it('leaves in groups where an attempt carries several', async () => {
    const mails = on.mail()
    await on.owe(mails)
    await on.pass([mails])
    expect(mails.attempts.map((attempt) => attempt.split(', ').length)).toEqual([3, 2])
    expect([...mails.accepted.keys()].map((key) => key.slice(-9))).toEqual([
      'reader-01',
      'reader-02',
      'reader-03',
      'reader-04',
      'reader-05',
    ])
    expect(copies(mails)).toEqual([1, 1, 1, 1, 1])
  })

  it('is nothing any more in a second pass', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    await on.pass([posts])
    expect(await on.pass([posts])).toEqual([])
    expect(posts.attempts).toHaveLength(3)
  })

  it('of a channel that is not on stays owed', async () => {
    const [posts, other] = [on.channel('posts'), on.channel('other')]
    await on.owe(posts, other)
    await on.pass([posts])
    expect(await on.states('other')).toBe('planned planned planned')
  })
})

describe('a channel that fails', () => {
  it('by throwing holds up no other, and is not asked in a tight loop', async () => {
    const [broken, sound] = [on.channel('broken'), on.channel('sound')]
    broken.next('throw', 'throw', 'throw', 'throw', 'throw', 'throw')
    await on.owe(broken, sound)
    await on.pass([broken, sound])
    expect(await on.states('sound')).toBe('sent sent sent')
    expect(await on.states('broken')).toBe('unknown unknown unknown')
    expect(broken.attempts).toHaveLength(3)
    expect(on.log.lines).toHaveLength(3)
    expect(on.log.lines[0]).toMatch(/^error: broken: the attempt broken\/\w+ broke off: a bug in the channel$/)
  })

  it('by hanging holds up no other', async () => {
    const [hung, sound] = [on.channel('hung'), on.channel('sound')]
    hung.next('hang')
    await on.owe(hung, sound)
    const done = on.pass([hung, sound])
    await hung.hanging
    await expect.poll(() => on.states('sound')).toBe('sent sent sent')
    on.clock.advance(5 * 60_000)
    await done
    expect(await on.states('hung')).toBe('unknown sent sent')
  })

  it('by hanging whatever its signal says is given up all the same, and tried again later', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
    await on.owe(posts)
    const asked = Promise.withResolvers<void>()
    const deaf = acting(posts, {
      async send() {
        asked.resolve()
        return new Promise(() => {})
      },
    })
    const stop = new AbortController()
    const done = on.pass([deaf], { signal: stop.signal })
    await asked.promise
    stop.abort()
    on.clock.advance(5 * 60_000)
    await done
    expect(await on.states('posts')).toBe('unknown planned planned')
    on.clock.advance(90_000)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
  })

  it('to look on the other side holds up no other, and asks a person in the end', async () => {
    const [broken, sound] = [on.channel('broken', { replayWindowMs: 0, find: 'throw' }), on.channel('sound')]
    broken.next('lose', 'lose', 'lose')
    await on.owe(broken, sound)
    await on.pass([broken, sound])
    for (let hour = 0; hour < 4; hour++) {
      on.clock.advance(HOUR_MS)
      await on.pass([broken, sound])
    }
    expect(await on.states('broken')).toBe('review review review')
    expect(await on.states('sound')).toBe('sent sent sent')
    expect(on.log.lines[0]).toMatch(/^error: broken: looking for broken\/\w+ broke off: the search is broken$/)
  })

  it('to tell of a delivery leaves that one to a person', async () => {
    const posts = on.channel('posts')
    posts.next('silent')
    await on.owe(posts)
    await on.pass([posts])
    const [first] = await on.ledger('posts')
    expect(first).toMatchObject({ state: 'review', reason: 'the channel gave no outcome for this delivery' })
    expect(copies(posts)).toEqual([1, 1, 1])
  })
})

describe('rejected', () => {
  it('is the end for that delivery, and no matter to the others of its group', async () => {
    const mails = on.mail()
    mails.next('reject')
    await on.owe(mails)
    await on.pass([mails])
    on.clock.advance(24 * HOUR_MS)
    await on.pass([mails])
    expect(await on.states('mail')).toBe('rejected sent sent sent sent')
    expect((await on.ledger('mail'))[0]?.reason).toBe('no such reader')
    expect(mails.attempts).toHaveLength(2)
  })
})

describe('later', () => {
  it('waits for its time, then leaves once', async () => {
    const posts = on.channel('posts')
    posts.next('later')
    await on.owe(posts)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('waiting sent sent')
    on.clock.advance(LATER_MS - 1)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('waiting sent sent')
    on.clock.advance(1)
    await on.pass([posts])
    expect(await on.states('posts')).toBe('sent sent sent')
    expect(copies(posts)).toEqual([1, 1, 1])
    expect((await on.ledger('posts'))[0]?.attempts).toBe(2)
  })

  it.each([
    ['now', 0],
    ['in the past', -HOUR_MS],
  ])('that means %s is still no leave to ask in a tight loop', async (_, ms) => {
    const posts = on.channel('posts')
    await on.owe(posts)
    let asked = 0
    const hasty = acting(posts, {
      async send() {
        asked += 1
        if (asked > 10) throw new Error('asked in a tight loop')
        return [{ kind: 'later', notBefore: new Date(on.clock.now().getTime() + ms), reason: 'busy' }]
      },
    })
    await on.pass([hasty])
    expect(asked).toBe(3)
    expect(await on.states('posts')).toBe('waiting waiting waiting')
  })
})

describe('when stopped', () => {
  it('claims nothing more, and settles what is in flight', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    const stop = new AbortController()
    const stopping = acting(posts, {
      async send(attempt, signal) {
        stop.abort()
        return posts.sender().send(attempt, signal)
      },
    })
    await on.pass([stopping], { signal: stop.signal })
    expect(await on.states('posts')).toBe('sent planned planned')
  })

  it('before it began claims nothing', async () => {
    const posts = on.channel('posts')
    await on.owe(posts)
    await on.pass([posts], { signal: AbortSignal.abort() })
    expect(await on.states('posts')).toBe('planned planned planned')
  })

  it('in the middle of an attempt that never ends, knows after its deadline that it does not know', async () => {
    const posts = on.channel('posts', { replayWindowMs: HOUR_MS })
    posts.next('hang')
    await on.owe(posts)
    const stop = new AbortController()
    const done = on.pass([posts], { signal: stop.signal })
    await posts.hanging
    stop.abort()
    on.clock.advance(5 * 60_000)
    await done
    expect(await on.states('posts')).toBe('unknown planned planned')
    on.clock.advance(90_000)
    await on.pass([posts])
    expect(copies(posts)).toEqual([1, 1, 1])
  })
})

it('what leaves are the frozen bytes, not what the channel would make of it now', async () => {
  let words = 'as approved'
  const posts = on.channel('posts', {
    renderings: ({ subject }) => onePerEdition({ ...sampleEdition(), subject: `${subject} ${words}` }),
  })
  await on.owe(posts)
  words = 'changed since'
  const seen: string[] = []
  const watching = acting(posts, {
    async send(attempt, signal) {
      seen.push(attempt.rendering.content)
      return posts.sender().send(attempt, signal)
    },
  })
  await on.pass([watching])
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatch(/as approved$/)
})
