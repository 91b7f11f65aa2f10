import { beforeEach, describe, expect, it } from 'vitest'
import type { Sender } from '../../src/channel.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import type { Store } from '../../src/ports.ts'
import { LATER_MS, type FakeChannel } from '../fixtures/channel.ts'
import { never } from './fixture.ts'
import { copies, MINUTE_MS, owing, START, type Owing } from './owing.ts'

let on: Owing
let posts: FakeChannel
beforeEach(async () => {
  on = await owing()
  posts = on.channel('posts')
  await on.owe(posts)
})

/** A pass that stays so long for what is due again soon. */
async function pass(patienceMs: number, sender: Sender = posts.sender(), store: Store = on.store): Promise<void> {
  const worker = { name: 'worker-1', patienceMs, isGone: () => false }
  await deliver({ clock: on.clock, store, log: on.log }, new Map([['posts', sender]]), worker, () => undefined, never)
}

const sinceStart = (): number => on.clock.now().getTime() - Date.parse(START)

describe('a pass', () => {
  it('stays for what is due again within its patience', async () => {
    posts.next('later')
    await pass(LATER_MS)
    expect(copies(posts)).toEqual([1, 1, 1])
    expect(sinceStart()).toBe(LATER_MS)
  })

  it('does not stay for what takes longer', async () => {
    posts.next('later')
    await pass(LATER_MS - 1)
    expect(await on.states('posts')).toBe('waiting sent sent')
    expect(sinceStart()).toBe(0)
  })

  it('ends when it has got nothing done for as long as its patience, however soon the next try would be', async () => {
    posts.next(...Array.from({ length: 100 }, () => 'later' as const))
    await pass(3 * LATER_MS)
    expect(await on.states('posts')).toBe('waiting waiting waiting')
    expect(sinceStart()).toBe(3 * LATER_MS)
  })

  it('is not put to sleep by a clock that is set back meanwhile', async () => {
    const setBack: Sender = {
      ...posts.sender(),
      async send(attempt, signal) {
        const outcomes = await posts.sender().send(attempt, signal)
        if (posts.attempts.length === 3) on.clock.set('2026-06-27T05:00:00.000Z')
        return outcomes
      },
    }
    posts.next('later')
    await pass(2 * LATER_MS, setBack)
    expect(on.clock.now().toISOString()).toBe('2026-06-27T05:00:00.000Z')
  })
})

describe('a store that fails', () => {
  it('while the pace is noted does not cost what was already answered', async () => {
    const failing: Store = { ...on.store, adjust: async () => Promise.reject(new Error('the disk is full')) }
    const paced: Sender = {
      ...posts.sender(),
      pace: { name: 'posts', perSecond: 10 },
      async send(attempt, signal, heard) {
        heard?.({ throttled: true })
        return posts.sender().send(attempt, signal)
      },
    }
    await expect(pass(MINUTE_MS, paced, failing)).rejects.toThrow('the disk is full')
    expect(await on.states('posts')).toBe('sent planned planned')
  })

  it('while a call is settled leaves in doubt what was called, and nothing else', async () => {
    let settlements = 0
    const failing: Store = {
      ...on.store,
      async settle(...all) {
        settlements += 1
        if (settlements === 1) throw new Error('the disk is full')
        return on.store.settle(...all)
      },
    }
    await expect(pass(0, posts.sender(), failing)).rejects.toThrow('the disk is full')
    expect(await on.states('posts')).toBe('claimed waiting planned')
    on.clock.advance(MINUTE_MS)
    await pass(0)
    expect(copies(posts)).toEqual([1, 1, 1])
  })
})
