import { beforeEach, describe, expect, it } from 'vitest'
import { lateReason, type LateRule } from '../../src/pipeline/late.ts'
import { letGo } from '../../src/pipeline/let-go.ts'
import { openDesk } from '../../src/pipeline/desk.ts'
import { poll } from '../../src/pipeline/poll.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { Store, StoredEdition } from '../../src/ports.ts'
import { testClock } from '../fixtures/clock.ts'
import { fakeChannel, LATER_MS, onePerEdition, type FakeChannel } from '../fixtures/channel.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, news, runInput, settingsFor } from './fixture.ts'

const HOUR_MS = 3_600_000
const ID = 'daily/2026-06-29'
/** The edition of 2026-06-29 is meant to leave at 07:00 in Berlin. */
const PLANNED = '2026-06-29T05:00:00.000Z'

const clock = testClock()
let store: Store
let mail: FakeChannel
let posts: FakeChannel
let log: ReturnType<typeof testLog>

beforeEach(async () => {
  clock.set(PLANNED)
  store = await testStore({ subscribers: 4 })
  log = testLog()
  mail = mailThat({ disturbs: true })
  posts = fakeChannel('posts', { now: () => clock.now() })
})

function mailThat({ disturbs }: { disturbs: boolean }): FakeChannel {
  return fakeChannel('mail', {
    audience: 'subscribers',
    perAttempt: 2,
    renderings: onePerEdition,
    now: () => clock.now(),
    disturbs,
  })
}

const input = (over: Partial<RunInput> = {}): RunInput => runInput(fakeSource(news('tides')), [mail, posts], over)

async function pass(over: Partial<RunInput> = {}): Promise<RunReport> {
  return run({ clock, store, log }, input(over), () => undefined, never)
}

async function edition(): Promise<StoredEdition> {
  const stored = await store.edition(ID)
  if (!stored) throw new Error('no edition')
  return stored
}

const approveNow = async (): ReturnType<typeof letGo> =>
  letGo({ clock, store }, await edition(), house, settingsFor(mail, posts))

describe('what late means', () => {
  const rule = (over: Partial<LateRule> = {}): LateRule => ({
    lateMs: 12 * HOUR_MS,
    zone: 'Europe/Berlin',
    settings: settingsFor(mail),
    ...over,
  })
  const after = (ms: number): Date => new Date(Date.parse(PLANNED) + ms)

  it.each([
    [-HOUR_MS, undefined],
    [12 * HOUR_MS, undefined],
    [12 * HOUR_MS + 1, '12 hours late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin)'],
    [47.9 * HOUR_MS, '47 hours late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin)'],
    [72 * HOUR_MS, '3 days late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin)'],
  ])('%d ms after its time: %s', (ms, reason) => {
    expect(lateReason({ plannedAt: PLANNED }, rule(), after(ms))).toBe(reason)
  })

  it('counts small limits in minutes and single hours', () => {
    const reason = (hours: number, ms: number) =>
      lateReason({ plannedAt: PLANNED }, rule({ lateMs: hours * HOUR_MS }), after(ms))
    expect(reason(0.5, 45 * 60_000)).toMatch(/^45 minutes late/)
    expect(reason(0.5, 61 * 60_000)).toMatch(/^1 hour late/)
  })

  it('counts from when an editor last let it go, if that was after its time', () => {
    const times = (letGoAt: string) => ({ plannedAt: PLANNED, letGoAt })
    expect(lateReason(times('2026-06-29T10:00:00.000Z'), rule(), after(13 * HOUR_MS))).toBeUndefined()
    expect(lateReason(times('2026-06-29T10:00:00.000Z'), rule(), after(18 * HOUR_MS))).toBe(
      '13 hours late: it was let go at 2026-06-29 12:00 (Europe/Berlin)',
    )
    expect(lateReason(times('2026-06-28T20:00:00.000Z'), rule(), after(11 * HOUR_MS))).toBeUndefined()
  })

  it('is nothing where what comes late disturbs nobody', () => {
    const quiet = rule({ settings: settingsFor(mailThat({ disturbs: false })) })
    expect(lateReason({ plannedAt: PLANNED }, quiet, after(100 * HOUR_MS))).toBeUndefined()
  })
})

describe('an edition that is late before it was approved', () => {
  beforeEach(() => clock.advance(13 * HOUR_MS))
  const reason = '13 hours late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin)'

  it('is held for the editor, and nothing of it leaves, however often it is asked for', async () => {
    for (const _ of [1, 2]) expect(await pass()).toMatchObject({ verdict: 'held', state: 'held', reason, delivered: 0 })
    expect([...mail.attempts, ...posts.attempts]).toEqual([])
  })

  it('leaves where only outboxes wait', async () => {
    mail = mailThat({ disturbs: false })
    expect(await pass()).toMatchObject({ verdict: 'approved', state: 'sent' })
  })

  it('leaves on the word of a person', async () => {
    expect(await pass({ approval: 'given' })).toMatchObject({ verdict: 'approved', state: 'sent', delivered: 5 })
  })

  it('is a draft where an editor is asked anyway', async () => {
    expect(await pass({ approval: 'editor' })).toMatchObject({ verdict: 'draft', state: 'draft', reason: '' })
  })

  it('is shown as held by a dry run', async () => {
    expect(await pass({ dryRun: true })).toMatchObject({ verdict: 'held', reason })
  })

  it('leaves once it is let go, and is not late again for it', async () => {
    await pass()
    expect(await approveNow()).toEqual({ done: 'approved', state: 'approved' })
    clock.advance(11 * HOUR_MS)
    expect(await pass()).toMatchObject({ verdict: 'resumed', state: 'sent', delivered: 5 })
  })

  it('stays held though the run is told to approve: only drafts go by that', async () => {
    await pass()
    expect(await pass({ approval: 'given', draft: 'as-seen' })).toMatchObject({ verdict: 'held', delivered: 0 })
  })
})

describe('an edition that becomes late while it is leaving', () => {
  /** Two of four readers have it, the others are to be tried later, and one post is open. */
  async function half(): Promise<void> {
    mail.next('send', 'later')
    posts.next('later')
    expect(await pass()).toMatchObject({ verdict: 'approved', state: 'sending', delivered: 2 })
  }

  it('is held with the rest of it, which goes on when it is let go', async () => {
    await half()
    clock.advance(13 * HOUR_MS)
    expect(await pass()).toMatchObject({
      verdict: 'held',
      state: 'held',
      reason: '13 hours late: it was meant to leave at 2026-06-29 07:00 (Europe/Berlin)',
      delivered: 0,
    })
    expect(log.lines).toContainEqual(expect.stringMatching(/^warn: daily\/2026-06-29 is held: 13 hours late/))
    expect(mail.accepted.size).toBe(2)
    expect(await approveNow()).toMatchObject({ done: 'released' })
    expect(await pass()).toMatchObject({ verdict: 'resumed', state: 'sent', delivered: 3 })
    expect([...mail.accepted.values()]).toEqual([1, 1, 1, 1])
  })

  it('is held by the worker’s polling too', async () => {
    await half()
    clock.advance(13 * HOUR_MS)
    expect(await poll({ clock, store, log }, input(), never)).toMatchObject({ delivered: 0 })
    expect((await edition()).state).toBe('held')
  })

  it('does not hold up another that is in time', async () => {
    await half()
    clock.set('2026-06-30T05:00:00.000Z')
    const source = fakeSource(news('bees', '2026-06-30'), news('tides'))
    const next = runInput(source, [mail, posts], { date: '2026-06-30' })
    const report = await run({ clock, store, log }, next, () => undefined, never)
    expect(report).toMatchObject({ verdict: 'approved', state: 'sent', delivered: 5 })
    expect((await edition()).state).toBe('held')
  })

  it('goes on where nothing that is left disturbs anybody', async () => {
    posts.next('later')
    expect(await pass()).toMatchObject({ state: 'sending', delivered: 4 })
    clock.advance(13 * HOUR_MS)
    expect(await pass()).toMatchObject({ verdict: 'resumed', state: 'sent', delivered: 1 })
  })

  it('goes on in time', async () => {
    await half()
    clock.advance(LATER_MS)
    expect(await pass()).toMatchObject({ verdict: 'resumed', state: 'sent' })
  })
})

describe('an editor’s word', () => {
  it('lets go the very bytes that were previewed, whatever was published since', async () => {
    await pass({ approval: 'editor' })
    const desk = openDesk({ store }, () => house, settingsFor(mail, posts))
    const seen = (await desk.view(ID))?.channels.flatMap(({ renderings }) => renderings)
    await run(
      { clock, store, log },
      runInput(fakeSource(news('other', '2026-06-28')), [mail, posts], { date: '2026-06-28', approval: 'editor' }),
      () => undefined,
      never,
    )
    expect(await approveNow()).toEqual({ done: 'approved', state: 'approved' })
    expect(await store.renderings(ID)).toEqual(seen)
    expect(seen).toHaveLength(2)
  })

  it('of fifty at once is taken once, and everything leaves once', async () => {
    await pass({ approval: 'editor' })
    const stored = await edition()
    const settings = settingsFor(mail, posts)
    const all = await Promise.all(Array.from({ length: 50 }, () => letGo({ clock, store }, stored, house, settings)))
    expect(all.filter(({ done }) => done === 'approved')).toHaveLength(1)
    expect(all.filter(({ done }) => done === 'already')).toHaveLength(49)
    await pass()
    expect([...mail.accepted.values(), ...posts.accepted.values()]).toEqual([1, 1, 1, 1, 1])
  })

  it('on what has left or is leaving changes nothing', async () => {
    await pass()
    expect(await approveNow()).toEqual({ done: 'already', state: 'sent' })
  })

  it('cannot wake what was cancelled', async () => {
    await pass({ approval: 'editor' })
    await store.cancel(ID, 'no', clock.now())
    expect(await approveNow()).toEqual({ done: 'cancelled', state: 'cancelled' })
  })

  it('that was overtaken by another one finds what that one did', async () => {
    await pass({ approval: 'editor' })
    const draft = await edition()
    await approveNow()
    await store.hold(ID, 'a doubt')
    const held = await edition()
    const settings = settingsFor(mail, posts)
    expect(await letGo({ clock, store }, { ...draft, state: 'held' }, house, settings)).toEqual({
      done: 'already',
      state: 'held',
    })
    await store.cancel(ID, 'no', clock.now())
    expect(await letGo({ clock, store }, held, house, settings)).toEqual({ done: 'cancelled', state: 'cancelled' })
  })

  it('finds an edition whose items another one has taken', async () => {
    await pass({ approval: 'editor' })
    const source = fakeSource(news('bees', '2026-06-30'), news('tides'))
    clock.set('2026-06-30T05:00:00.000Z')
    const next = runInput(source, [mail, posts], { date: '2026-06-30', fromDay: '2026-06-29' })
    await run({ clock, store, log }, next, () => undefined, never)
    expect(await approveNow()).toEqual({ done: 'taken', state: 'draft' })
  })
})

describe('the senders', () => {
  it('are closed when the pass is over, also when delivering breaks', async () => {
    const closed: string[] = []
    const sendersFor = (): ReturnType<RunInput['sendersFor']> =>
      new Map([['mail', { ...mail.sender(), close: async () => void closed.push('mail') }]])
    await pass({ sendersFor })
    expect(closed).toEqual(['mail'])
    const broken: Store = { ...store, holders: () => Promise.reject(new Error('the disk is full')) }
    const again = run({ clock, store: broken, log }, input({ sendersFor }), () => undefined, never)
    await expect(again).rejects.toThrow('the disk is full')
    expect(closed).toEqual(['mail', 'mail'])
  })

  it('say where each channel delivered', async () => {
    expect(await pass()).toMatchObject({
      destinations: new Map([
        ['mail', 'memory'],
        ['posts', 'memory'],
      ]),
    })
    expect((await pass({ dryRun: true })).destinations.size).toBe(0)
  })
})

it('an edition whose ledger does not add up is named, stays open, and keeps no other from being closed', async () => {
  const broken: Store = {
    ...store,
    settleEdition: (id) =>
      id === ID ? Promise.reject(new Error('1 of 5 frozen deliveries is missing')) : store.settleEdition(id),
  }
  const report = await run({ clock, store: broken, log }, input(), () => undefined, never)
  expect(report).toMatchObject({ verdict: 'approved', delivered: 5 })
  expect(report.state).not.toBe('sent')
  expect(log.lines).toContain(`error: ${ID}: 1 of 5 frozen deliveries is missing`)
})
