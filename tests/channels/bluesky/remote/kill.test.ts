import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Content } from '../../../../channels/bluesky/content.ts'
import type { ChannelPorts } from '../../../../src/channel.ts'
import type { Outcome } from '../../../../src/domain/delivery.ts'
import type { Api, Notes } from '../../../../src/ports.ts'
import { createApi } from '../../../../src/world/api.ts'
import { FakePds } from '../../../fakes/pds.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { ACCOUNT, picture, postOf, posts, startWorker } from './support.ts'

const MINUTE_MS = 60_000

let pds: FakePds
let clock: TestClock
let notes: ReturnType<typeof testNotes>

beforeEach(async () => {
  pds = await new FakePds().start()
  clock = testClock()
  notes = testNotes()
})
afterEach(() => pds.stop())

/** Lets so many steps happen, each a note or one half of a call; from then on nothing does, as after a kill. */
function mortal(steps: number): Pick<ChannelPorts, 'api' | 'notes'> & { died(): boolean } {
  let left = steps
  const live = createApi({ userAgent: 'groundwire/test' })
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    if (left-- <= 0) throw new Error('killed')
    return act()
  }
  // The answer of a call that was made may not be heard.
  const call = async (act: () => ReturnType<Api['post']>): ReturnType<Api['post']> => {
    const response = await step(act)
    return step(async () => response)
  }
  const mortalNotes: Notes = {
    recall: (...args) => step(() => notes.recall(...args)),
    remember: (...args) => step(() => notes.remember(...args)),
    replace: (...args) => step(() => notes.replace(...args)),
  }
  return {
    api: { get: (...args) => call(() => live.get(...args)), post: (...args) => call(() => live.post(...args)) },
    notes: mortalNotes,
    died: () => left < 0,
  }
}

/** Sends, is killed after so many steps, and is started anew until it has an end. @returns undefined when it was not killed. */
async function survive(content: Content, key: string, steps: number): Promise<Outcome | undefined> {
  const ports = mortal(steps)
  await startWorker(pds, { clock, ...ports })
    .send(content, { key })
    .catch(() => undefined)
  if (!ports.died()) return undefined
  for (let doubts = 1; doubts < 10; doubts++) {
    clock.advance(5 * MINUTE_MS)
    const outcome = await startWorker(pds, { clock, notes }).send(content, { key, doubts, attempts: doubts + 1 })
    if (outcome.kind === 'sent' || outcome.kind === 'rejected') return outcome
  }
  throw new Error(`no end after ${steps} steps`)
}

/** Kills after 0, 1, 2, … steps until it comes to its end unharmed. @returns how many kills that were. */
async function atEveryStep(content: (name: string) => Content, check: (name: string) => void): Promise<number> {
  for (let steps = 0; ; steps++) {
    const name = `item-${steps}`
    if (steps % 2 === 0) pds.expire({ refresh: steps % 4 === 0 })
    if (steps % 3 === 0) notes.values.delete(`bluesky ${ACCOUNT} session`)
    notes.values.delete(`bluesky ${ACCOUNT} sign-ins`)
    const outcome = await survive(content(name), `bluesky/${name}`, steps)
    check(name)
    if (!outcome) return steps
    expect(outcome).toMatchObject({ kind: 'sent' })
  }
}

const document = (name: string) => ({
  seed: `${ACCOUNT} ${name}`,
  at: '2026-06-29T04:00:00.000Z',
  record: { $type: 'site.standard.document' as const, path: `/news/${name}.html`, title: name },
})
const texts = (): unknown[] => pds.posts.map(({ value }) => value['text'])

describe('killed between any two steps', () => {
  it('a post with picture and document is there once', async () => {
    const kills = await atEveryStep(
      (name) => posts(postOf(name, { picture, document: document(name) })),
      (name) => expect(texts().filter((text) => text === `${name}, checked.`)).toHaveLength(1),
    )
    expect(kills).toBeGreaterThan(20)
    expect(pds.posts).toHaveLength(kills + 1)
  })

  it('a thread is there once and whole', async () => {
    const kills = await atEveryStep(
      (name) => posts(postOf(name), postOf(`${name}-a`), postOf(`${name}-b`)),
      (name) =>
        expect(
          texts().filter((text) => String(text).startsWith(`${name}-`) || text === `${name}, checked.`),
        ).toHaveLength(3),
    )
    expect(kills).toBeGreaterThan(10)
  })

  it('a correction is there once', async () => {
    await startWorker(pds, { clock, notes }).send(posts(postOf('one')), { key: 'bluesky/one' })
    const kills = await atEveryStep(
      (name) => ({ kind: 'reply', account: ACCOUNT, of: 'bluesky/one', part: 0, post: postOf(name) }),
      (name) => expect(texts().filter((text) => text === `${name}, checked.`)).toHaveLength(1),
    )
    expect(kills).toBeGreaterThan(10)
  })

  it('a retraction has taken its post away, and no repetition brings it back', async () => {
    const by = startWorker(pds, { clock, notes })
    for (let steps = 0; ; steps++) {
      const name = `item-${steps}`
      const content = posts(postOf(name))
      await by.send(content, { key: `bluesky/${name}` })
      const removal: Content = { kind: 'delete', account: ACCOUNT, of: `bluesky/${name}`, part: 0 }
      const outcome = await survive(removal, `bluesky/${name}-gone`, steps)
      expect(await by.send(content, { key: `bluesky/${name}`, doubts: 1 })).toMatchObject({ kind: 'rejected' })
      expect(texts()).not.toContain(`${name}, checked.`)
      if (!outcome) break
    }
  })

  it('a post that is taken back in the meantime is not there in the end', async () => {
    for (let steps = 0; ; steps++) {
      const name = `item-${steps}`
      const key = `bluesky/${name}`
      const content = posts(postOf(name))
      const ports = mortal(steps)
      await startWorker(pds, { clock, ...ports })
        .send(content, { key })
        .catch(() => undefined)
      if (!ports.died()) break
      clock.advance(5 * MINUTE_MS)
      const removal: Content = { kind: 'delete', account: ACCOUNT, of: key, part: 0 }
      const by = startWorker(pds, { clock, notes })
      const first = await by.send(removal, { key: `${key}-gone` })
      if (first.kind === 'later') clock.set(first.notBefore.toISOString())
      expect(await by.send(removal, { key: `${key}-gone` })).toMatchObject({ kind: 'sent' })
      expect(await by.send(content, { key, doubts: 1 })).toMatchObject({ kind: 'rejected' })
      expect(texts()).not.toContain(`${name}, checked.`)
    }
  })
})
