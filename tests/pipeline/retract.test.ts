import { beforeEach, describe, expect, it } from 'vitest'
import type { AmendmentKind } from '../../src/domain/amendment.ts'
import { amend, type Amended } from '../../src/pipeline/amend.ts'
import { letGo } from '../../src/pipeline/let-go.ts'
import type { Store } from '../../src/ports.ts'
import type { DeliveryState } from '../../src/domain/delivery.ts'
import { NOW, openPress, type Press } from './amending.ts'
import { house, lesson, news, settingsFor } from './fixture.ts'

const MONDAY = 'daily/2026-06-29'
const tides = news('tides')
const bees = news('bees')
const WHY = 'The paper was withdrawn.'

let press: Press

beforeEach(async () => {
  press = await openPress()
})

type Made = Extract<Amended, { readonly edition: unknown }>

async function retract(note = WHY): Promise<Made> {
  press.clock.set(NOW)
  const amended = await press.say('retraction', tides.url, note)
  if (!('edition' in amended)) throw new Error(`nothing was made: ${JSON.stringify(amended)}`)
  return amended
}

const states = async (edition: string, channel: string): Promise<DeliveryState[]> =>
  (await press.store.ledger({ edition, channel })).map(({ state }) => state)

describe('a retraction', () => {
  it('deletes what was posted, once, and makes the feed anew without the item', async () => {
    await press.pass('2026-06-29', [tides, bees])
    const { verdict, edition } = await retract()
    expect([verdict, edition.subject]).toEqual(['approved', 'Withdrawn: All about tides'])
    const [post] = await press.store.ledger({ edition: MONDAY, channel: 'posts' })
    const [deletion, feed] = await press.store.renderings(edition.id)
    expect(deletion?.content).toBe(`retraction of ${post?.key}: ${WHY}`)
    expect(feed?.content).toMatch(/^All about bees \| \S+$/)
    await press.pass('2026-06-30', [tides, bees])
    await press.pass('2026-07-01', [tides, bees])
    const [delivery] = await press.ledger(edition.id)
    expect(press.posts.accepted.get(delivery?.key ?? '')).toBe(1)
    expect(delivery?.notBefore).toBeUndefined()
  })

  it('works for an item that its source no longer lists', async () => {
    await press.pass('2026-06-29', [tides, bees])
    await press.pass('2026-06-30', [bees, news('new', '2026-06-30')])
    expect((await retract()).verdict).toBe('approved')
  })

  it('keeps the item out of every later edition and feed, though its source still lists it', async () => {
    await press.pass('2026-06-29', [tides, bees])
    await retract()
    const { edition } = await press.pass('2026-07-01', [
      news('tides', '2026-07-01', { title: 'Tides again' }),
      news('new', '2026-07-01'),
    ])
    expect(edition?.stories.map(({ title }) => title)).toEqual(['All about new'])
    const feed = (await press.store.renderings('daily/2026-07-01')).find(({ channel }) => channel === 'files')
    expect(feed?.content).not.toMatch(/tides/i)
  })

  it('keeps a post from leaving that waits, and deletes it all the same: a call may be under way', async () => {
    press.posts.next('later')
    await press.pass('2026-06-29', [tides])
    const { edition, owed } = await retract()
    expect(await states(MONDAY, 'posts')).toEqual(['cancelled'])
    expect(owed).toEqual([])
    const [deletion] = await press.store.ledger({ edition: edition.id, channel: 'posts' })
    expect(deletion).toMatchObject({ state: 'waiting', notBefore: '2026-06-30T09:06:00.000Z' })
    await press.pass('2026-07-01', [tides])
    expect([...press.posts.accepted.keys()]).toEqual([deletion?.key])
  })

  it.each([
    ['waits', 'later', 'cancelled'],
    ['may have left', 'lose', 'cancelled'],
    ['was refused', 'reject', 'cancelled'],
    ['left', 'send', 'sent'],
  ] as const)('leaves nothing of a post that %s for a person to bring back', async (_, behaviour, state) => {
    press.posts.next(behaviour)
    await press.pass('2026-06-29', [tides], { worker: { name: 'worker-1', isGone: () => false, patienceMs: 0 } })
    await retract()
    const [post] = await press.store.ledger({ edition: MONDAY, channel: 'posts' })
    expect(post?.state).toBe(state)
    const before = press.posts.attempts.length
    for (const which of [{ delivery: post?.key ?? '' }, { edition: MONDAY }])
      expect(await press.store.resolve(which, 'retry', 'by hand', press.clock.now())).toBe(0)
    await press.pass('2026-07-01', [bees])
    expect(press.posts.attempts.slice(before).filter((line) => line.includes(post?.key ?? '?'))).toEqual([])
  })

  it('ends a post that a worker has in its hands, and lets its deletion come after the call', async () => {
    press.posts.next('later')
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    const claim = await press.store.claim({
      worker: 'slow',
      now: press.clock.now(),
      channels: ['posts'],
      staleBefore: new Date(0),
      gone: [],
    })
    const { edition } = await retract()
    const key = claim?.deliveries[0]?.key ?? ''
    await press.store.settle('slow', new Map([[key, { kind: 'sent', remoteId: 'late' }]]), press.clock.now())
    expect(await states(MONDAY, 'posts')).toEqual(['cancelled'])
    const [deletion] = await press.store.ledger({ edition: edition.id, channel: 'posts' })
    expect(deletion?.notBefore).toBe('2026-06-30T09:06:00.000Z')
  })

  it('ends a correction that has not left', async () => {
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    const corrected = await press.say('correction', tides.url, 'A word was wrong.')
    await retract()
    const id = 'edition' in corrected ? corrected.edition.id : ''
    expect(await states(id, 'posts')).toEqual(['cancelled'])
    expect(await states(id, 'files')).toEqual(['superseded'])
  })

  it('of mails that still tell of the item says where they are', async () => {
    press.mail.next('later')
    await press.pass('2026-06-29', [tides, bees])
    expect((await retract()).owed).toEqual([{ edition: MONDAY, channel: 'mail', count: 2 }])
  })

  it('said again changes nothing, whatever the reason', async () => {
    await press.pass('2026-06-29', [tides])
    const { edition } = await retract()
    expect(await press.say('retraction', tides.url, 'Another reason.')).toEqual({ verdict: 'said', id: edition.id })
  })

  it('that was cancelled can be said again in other words, and the item stays away meanwhile', async () => {
    await press.pass('2026-06-29', [tides, bees])
    const { edition } = await retract()
    await press.store.cancel(edition.id, 'a slip', press.clock.now())
    expect(await press.say('retraction', tides.url, WHY)).toEqual({ verdict: 'said', id: edition.id })
    expect((await retract('It was a hoax.')).verdict).toBe('approved')
  })

  it('deletes what had left in doubt before it was cancelled, given up or retracted', async () => {
    press.posts.next('accept-unknown')
    const worker = { name: 'worker-1', isGone: () => false, patienceMs: 0 }
    await press.pass('2026-06-29', [tides], { worker })
    const [post] = await press.store.ledger({ edition: MONDAY, channel: 'posts' })
    const { edition } = await retract()
    await press.store.cancel(edition.id, 'a slip', press.clock.now())
    const again = await retract('It was a hoax.')
    const [deletion] = await press.store.ledger({ edition: again.edition.id, channel: 'posts' })
    expect(deletion?.notBefore).toBe('2026-06-30T09:06:00.000Z')
    expect((await press.store.renderings(again.edition.id))[0]?.content).toContain(post?.key)
  })

  it.each(['drop', 'cancel'] as const)(
    'deletes what a person settled by hand (%s) though it may have left',
    async (how) => {
      press.posts.next('accept-unknown')
      const worker = { name: 'worker-1', isGone: () => false, patienceMs: 0 }
      await press.pass('2026-06-29', [tides], { worker })
      const [post] = await press.store.ledger({ edition: MONDAY, channel: 'posts' })
      if (how === 'cancel') await press.store.cancel(MONDAY, 'no', press.clock.now())
      await press.store.resolve({ delivery: post?.key ?? '' }, 'drop', 'by hand', press.clock.now())
      const [deletion] = await press.store.renderings((await retract()).edition.id)
      expect(deletion?.content).toBe(`retraction of ${post?.key}: ${WHY}`)
    },
  )

  it('has nothing to delete of what was never called', async () => {
    await press.pass('2026-06-29', [bees])
    press.clock.set('2026-06-30T05:00:00.000Z')
    await press.pass('2026-06-30', [news('tides', '2026-06-30'), bees], { approval: 'editor' })
    const [draft] = await press.store.editions(1, ['draft'])
    const stored = await press.store.edition(draft?.id ?? '')
    if (!stored) throw new Error('no draft')
    await letGo(press, stored, house, settingsFor(press.mail, press.posts, press.files))
    await press.store.cancel(stored.edition.id, 'no', press.clock.now())
    const { edition } = await retract()
    expect((await press.store.renderings(edition.id)).map(({ channel }) => channel)).toEqual(['files'])
  })

  it('needs no reason', async () => {
    await press.pass('2026-06-29', [tides])
    expect((await retract('')).edition.amends?.amendment.note).toBe('')
  })

  it('leaves nothing to correct', async () => {
    await press.pass('2026-06-29', [tides])
    await retract()
    expect(await press.say('correction', tides.url, 'A word was wrong.')).toEqual({ verdict: 'withdrawn' })
  })

  /** Says something else first, whenever this one is about to be approved. */
  async function overtaken(kind: AmendmentKind, note: string, other: () => Promise<unknown>): Promise<Amended> {
    const store: Store = {
      ...press.store,
      async approve(freeze) {
        await other()
        return press.store.approve(freeze)
      },
    }
    const settings = settingsFor(press.mail, press.posts, press.files)
    return amend({ ...press, store }, { kind, url: tides.url, note }, house, settings, false)
  }

  it('ends a correction that was approved while it was made', async () => {
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    const correction = (): Promise<Amended> => press.say('correction', tides.url, 'A word was wrong.')
    expect((await overtaken('retraction', WHY, correction)).verdict).toBe('approved')
    const [corrected] = await press.store.amendments({ kind: 'correction' })
    expect(await states(corrected?.id ?? '', 'posts')).toEqual(['cancelled'])
    await press.pass('2026-06-30', [tides])
    expect([...press.posts.accepted.keys()].filter((key) => key.includes('correction/'))).toEqual([])
  })

  it('leaves nothing to correct, also for a correction that was being made', async () => {
    await press.pass('2026-06-29', [tides])
    press.clock.set(NOW)
    expect(await overtaken('correction', 'A word was wrong.', () => retract())).toEqual({ verdict: 'withdrawn' })
    expect(await press.store.amendments({ kind: 'correction' })).toEqual([])
  })

  it('of two with different reasons at once is one', async () => {
    await press.pass('2026-06-29', [tides])
    const all = await Promise.all(
      [WHY, 'It was a hoax.', 'It was a joke.'].map((why) => press.say('retraction', tides.url, why)),
    )
    expect(all.map(({ verdict }) => verdict).toSorted()).toEqual(['approved', 'said', 'said'])
    expect(await press.store.amendments({})).toHaveLength(1)
  })

  it('has nothing to take back of an item that never left', async () => {
    await press.pass('2026-06-29', [tides], { approval: 'editor' })
    expect(await press.say('retraction', tides.url, WHY)).toEqual({ verdict: 'never-left' })
  })

  describe('of what no edition carries', () => {
    const basics = lesson('basics')
    const old = news('old', '2026-05-10')
    const linking = news('linking', '2026-06-29', { links: [basics.url] })
    const found = news('found', '2026-06-10')
    const waiting = news('waiting', '2026-06-30')

    it.each([
      ['a lesson', basics],
      ['an item from before the first run', old],
      ['a find from an archive', found],
    ])('takes %s out of the feeds, and posts nothing', async (_, item) => {
      await press.pass('2026-06-29', [tides, basics, old])
      await press.pass('2026-06-30', [bees, tides, found, basics, old], { date: '2026-06-29' })
      press.clock.set(NOW)
      const amended = await press.say('retraction', item.url, WHY)
      if (!('edition' in amended)) throw new Error(amended.verdict)
      const [feed, ...others] = await press.store.renderings(amended.edition.id)
      expect([amended.verdict, feed?.channel, others]).toEqual(['approved', 'files', []])
      expect(feed?.content).toContain(tides.title)
      expect(feed?.content).not.toContain(item.title)
    })

    it('corrects it in the feeds alone, too', async () => {
      await press.pass('2026-06-29', [tides, basics])
      press.clock.set(NOW)
      const amended = await press.say('correction', basics.url, 'A figure was wrong.')
      if (!('edition' in amended)) throw new Error(amended.verdict)
      const renderings = await press.store.renderings(amended.edition.id)
      expect(renderings.map(({ channel }) => channel)).toEqual(['files'])
      expect(renderings[0]?.content).toMatch(/^All about basics \| .* \| A figure was wrong\.$/m)
    })

    it('names the mails that show it in their background and have not left', async () => {
      await press.pass('2026-06-29', [linking, basics], { sendersFor: () => new Map() })
      press.clock.set(NOW)
      const amended = await press.say('retraction', basics.url, WHY)
      expect('edition' in amended && amended.owed).toContainEqual({ edition: MONDAY, channel: 'mail', count: 2 })
    })

    it('is not shown in the background of a draft that was made before', async () => {
      await press.pass('2026-06-28', [news('first', '2026-06-28'), basics])
      const { edition } = await press.pass('2026-06-29', [linking, basics], { approval: 'editor' })
      expect(edition?.background).toEqual([basics])
      press.clock.set(NOW)
      expect((await press.say('retraction', basics.url, WHY)).verdict).toBe('approved')
      const settings = settingsFor(press.mail, press.posts, press.files)
      const draft = await press.store.edition(MONDAY)
      const { done } = draft ? await letGo(press, draft, house, settings) : { done: 'none' }
      expect(done).toBe('approved')
      expect((await press.store.edition(MONDAY))?.edition.background).toEqual([])
    })

    it('has nothing to do of news that wait for an edition, and of anything while there is no document', async () => {
      await press.pass('2026-06-29', [tides, basics], { approval: 'editor' })
      expect(await press.say('retraction', basics.url, WHY)).toEqual({ verdict: 'never-left' })
      await press.pass('2026-06-29', [waiting, tides, basics], { approval: 'given' })
      expect(await press.say('retraction', waiting.url, WHY)).toEqual({ verdict: 'never-left' })
      const words = { kind: 'retraction', url: basics.url, note: WHY } as const
      const mailAlone = await amend(press, words, house, settingsFor(press.mail), false)
      expect(mailAlone).toEqual({ verdict: 'never-left' })
    })
  })
})
