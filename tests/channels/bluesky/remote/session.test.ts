import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakePds, type PdsFault, xrpcError } from '../../../fakes/pds.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { testLog } from '../../../fixtures/store.ts'
import { postOf, posts, startWorker, type Worker } from './support.ts'

const LOGIN = 'com.atproto.server.createSession'
const REFRESH = 'com.atproto.server.refreshSession'
const PUT = 'com.atproto.repo.putRecord'
const MINUTE_MS = 60_000

let pds: FakePds
let clock: TestClock
let notes: ReturnType<typeof testNotes>
let log: ReturnType<typeof testLog>

beforeEach(async () => {
  pds = await new FakePds().start()
  clock = testClock()
  notes = testNotes()
  log = testLog()
})
afterEach(() => pds.stop())

const worker = (over: Parameters<typeof startWorker>[2] = {}): Worker => startWorker(pds, { clock, notes, log }, over)
const send = (by: Worker, name: string) => by.send(posts(postOf(name)), { key: `bluesky/${name}` })
const onlyFor =
  (faulty: string, fault: PdsFault) =>
  ({ method }: { readonly method: string }) =>
    method === faulty ? fault : undefined

describe('a session', () => {
  it('serves every post, and the next process', async () => {
    const first = worker()
    for (const name of ['one', 'two', 'three']) expect(await send(first, name)).toMatchObject({ kind: 'sent' })
    for (const name of ['four', 'five']) expect(await send(worker(), name)).toMatchObject({ kind: 'sent' })
    expect(pds.calls.map(({ method }) => method)).toEqual([LOGIN, PUT, PUT, PUT, PUT, PUT])
    expect(notes.values.get('bluesky tidewatch.test did')).toBe(pds.did)
  })

  it('is renewed when its token has expired, and the renewed one is kept before anything is written with it', async () => {
    await send(worker(), 'one')
    pds.expire()
    let kept: string | undefined
    pds.fault = ({ method, before }) => {
      if (method === PUT && before === 2) kept = notes.values.get('bluesky tidewatch.test session')
      return undefined
    }
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
    expect(pds.calls.map(({ method }) => method)).toEqual([LOGIN, PUT, PUT, REFRESH, PUT])
    expect(kept).toContain(pds.calls.at(-1)?.token)
    expect(await send(worker(), 'three')).toMatchObject({ kind: 'sent' })
    expect(pds.count(LOGIN)).toBe(1)
  })

  it.each([LOGIN, REFRESH])('of %s is used for nothing until it is kept', async (begun) => {
    if (begun === REFRESH) await send(worker(), 'one')
    pds.expire()
    const gate = Promise.withResolvers<void>()
    const slow: typeof notes = {
      ...notes,
      async replace(name, ...values) {
        if (name.endsWith(' session')) await gate.promise
        return notes.replace(name, ...values)
      },
    }
    const outcome = send(startWorker(pds, { clock, notes: slow, log }), 'two')
    while (pds.count(begun) === 0) await fetch(pds.url)
    const written = pds.posts.length
    // Ample time for a call that would not wait.
    for (let rounds = 0; rounds < 20; rounds++) await fetch(pds.url)
    expect(pds.posts).toHaveLength(written)
    gate.resolve()
    expect(await outcome).toMatchObject({ kind: 'sent' })
    expect(pds.posts).toHaveLength(written + 1)
  })

  it('is renewed by one worker, while others wait', async () => {
    await send(worker(), 'zero')
    pds.expire()
    const all = await Promise.all(['one', 'two', 'three', 'four'].map((name) => send(worker(), name)))
    expect(pds.count(REFRESH)).toBe(1)
    expect(pds.count(LOGIN)).toBe(1)
    const waiting = all.filter(({ kind }) => kind === 'later')
    expect(all.filter(({ kind }) => kind === 'sent').length + waiting.length).toBe(4)
    for (const outcome of waiting)
      expect(outcome).toMatchObject({ notBefore: new Date('2026-06-29T05:00:05.000Z'), reason: expect.any(String) })
    clock.advance(5000)
    const again = await Promise.all(['one', 'two', 'three', 'four'].map((name) => send(worker(), name)))
    expect(again.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(pds.posts).toHaveLength(5)
    expect(pds.count(REFRESH)).toBe(1)
  })

  it('is begun by one worker, while others wait', async () => {
    const all = await Promise.all(['one', 'two', 'three'].map((name) => send(worker(), name)))
    expect(all.filter(({ kind }) => kind === 'sent')).toHaveLength(1)
    expect(all.filter(({ kind }) => kind === 'later')).toHaveLength(2)
    expect(pds.count(LOGIN)).toBe(1)
  })

  it('that another worker began a moment before is taken', async () => {
    let isFirst = true
    const late: typeof notes = {
      ...notes,
      async replace(name, ...values) {
        if (isFirst && name.endsWith(' lease')) {
          isFirst = false
          await send(worker(), 'one')
        }
        return notes.replace(name, ...values)
      },
    }
    expect(await send(startWorker(pds, { clock, notes: late, log }), 'two')).toMatchObject({ kind: 'sent' })
    expect(pds.count(LOGIN)).toBe(1)
  })

  it('can be renewed by others when the worker that was at it is gone', async () => {
    await send(worker(), 'one')
    pds.expire()
    const lease = { holder: 'bluesky/gone', at: clock.now().toISOString(), ms: 25_000 }
    notes.values.set('bluesky tidewatch.test lease', JSON.stringify(lease))
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'later' })
    expect(pds.count(REFRESH)).toBe(0)
    clock.advance(25_000)
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
  })

  it('that another worker renewed meanwhile is taken', async () => {
    await send(worker(), 'one')
    const old = notes.values.get('bluesky tidewatch.test session') ?? ''
    pds.expire()
    pds.fault = async ({ method, before }) => {
      if (method === PUT && before === 1) {
        pds.fault = undefined
        await send(worker(), 'meanwhile')
      }
      return undefined
    }
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
    expect(notes.values.get('bluesky tidewatch.test session')).not.toBe(old)
    expect(pds.count(REFRESH)).toBe(1)
  })

  it('whose renewal is lost on its way gives way to a new one', async () => {
    await send(worker(), 'one')
    pds.expire()
    pds.fault = ({ method, before }) => (method === REFRESH && before === 0 ? { kind: 'reset', acts: true } : undefined)
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'later' })
    clock.advance(MINUTE_MS)
    // Its token for renewal was used up by the answer that was lost.
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
    expect(pds.count(LOGIN)).toBe(2)
  })

  it('that is over is begun anew once', async () => {
    await send(worker(), 'one')
    clock.advance(MINUTE_MS)
    pds.expire({ refresh: true })
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
    expect(pds.count(LOGIN)).toBe(2)
  })

  it('that ends again and again is begun ever more seldom', async () => {
    let logins = 0
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      pds.expire({ refresh: true })
      await send(worker(), `minute-${minute}`)
      logins = pds.count(LOGIN)
      clock.advance(5 * MINUTE_MS)
    }
    expect(logins).toBeGreaterThan(5)
    expect(logins).toBeLessThan(16)
  })

  it('is void when the app password was changed', async () => {
    await send(worker(), 'one')
    pds.password = 'qrst-uvwx-yzab-cdef'
    expect(await send(startWorker(pds, { clock, notes, log }), 'two')).toMatchObject({ kind: 'sent' })
    expect(pds.count(LOGIN)).toBe(2)
  })

  it('does not keep the address of its owner', async () => {
    await send(worker(), 'one')
    expect([...notes.values.values()].join('\n')).not.toContain(pds.email)
  })
})

describe('signing in', () => {
  it('that is limited waits until the limit is over, whoever asks', async () => {
    const reset = String(Date.parse('2026-06-29T06:00:00Z') / 1000)
    const body = { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' }
    pds.fault = onlyFor(LOGIN, { kind: 'answer', status: 429, body, headers: { 'ratelimit-reset': reset } })
    const until = { kind: 'later', notBefore: new Date('2026-06-29T06:00:00.000Z') }
    expect(await send(worker(), 'one')).toMatchObject(until)
    expect(await send(worker(), 'two')).toMatchObject(until)
    expect(pds.count(LOGIN)).toBe(1)
    pds.fault = undefined
    clock.set('2026-06-29T06:00:00.000Z')
    expect(await send(worker(), 'one')).toMatchObject({ kind: 'sent' })
  })

  it('that did not come off is not tried again at once', async () => {
    pds.fault = onlyFor(LOGIN, xrpcError(500, 'InternalServerError'))
    expect(await send(worker(), 'one')).toMatchObject({ kind: 'later' })
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'later' })
    expect(pds.count(LOGIN)).toBe(1)
    pds.fault = undefined
    clock.advance(MINUTE_MS)
    expect(await send(worker(), 'two')).toMatchObject({ kind: 'sent' })
  })
})

describe('a credential that is refused', () => {
  it.each([
    ['AuthenticationRequired', 401],
    ['AccountTakedown', 401],
    ['AuthFactorTokenRequired', 401],
    ['InvalidRequest', 400],
  ])('(%s) stops the account with one notice', async (name, status) => {
    pds.fault = onlyFor(LOGIN, xrpcError(status, name))
    for (const post of ['one', 'two', 'three'])
      expect(await send(worker({ atOnce: false }), post)).toMatchObject({
        kind: 'later',
        reason: expect.stringContaining(name),
      })
    expect(pds.count(LOGIN)).toBe(1)
    expect(log.lines).toEqual([expect.stringMatching(/^error: bluesky tidewatch\.test is stopped: /)])
  })

  it.each(['AccountDeactivated', 'AccountTakedown', 'RepoTakendown'])(
    'at the post (%s) stops the account; a run at once tries it again',
    async (name) => {
      pds.fault = onlyFor(PUT, xrpcError(400, name))
      expect(await send(worker({ atOnce: false }), 'one')).toMatchObject({ kind: 'later' })
      const calls = pds.calls.length
      expect(await send(worker({ atOnce: false }), 'one')).toMatchObject({ kind: 'later' })
      expect(pds.calls).toHaveLength(calls)
      pds.fault = undefined
      expect(await send(worker(), 'one')).toMatchObject({ kind: 'sent' })
      clock.advance(11 * MINUTE_MS)
      expect(await send(worker({ atOnce: false }), 'two')).toMatchObject({ kind: 'sent' })
    },
  )

  it('right after signing in stops the account instead of signing in for ever', async () => {
    pds.fault = onlyFor(PUT, xrpcError(401, 'InvalidToken', 'Bad token scope'))
    const outcome = await send(worker({ atOnce: false }), 'one')
    expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('Bad token scope') })
    expect(pds.count(LOGIN)).toBe(1)
    await send(worker({ atOnce: false }), 'two')
    expect(pds.count(LOGIN)).toBe(1)
  })

  it('stops no other account', async () => {
    const other = await new FakePds().start()
    other.handle = 'other.test'
    const accounts = [
      { identifier: 'tidewatch.test', appPassword: 'wrng-wrng-wrng-wrng', service: pds.url },
      { identifier: 'other.test', appPassword: other.password, service: other.url },
    ]
    const only = { identifier: undefined, appPassword: undefined, accounts }
    const both = worker({ settings: only })
    expect(await send(both, 'one')).toMatchObject({ kind: 'later' })
    const elsewhere = { kind: 'posts' as const, account: 'other.test', posts: [postOf('one')] }
    expect(await both.send(elsewhere, { key: 'bluesky/other' })).toMatchObject({ kind: 'sent' })
    await other.stop()
  })

  it('is tried once more in a run at once, not once for each post', async () => {
    pds.fault = onlyFor(PUT, xrpcError(400, 'AccountDeactivated'))
    await send(worker({ atOnce: false }), 'one')
    const before = pds.count(PUT)
    const run = worker()
    for (const name of ['two', 'three', 'four']) expect(await send(run, name)).toMatchObject({ kind: 'later' })
    expect(pds.count(PUT)).toBe(before + 1)
  })
})

describe('what is told', () => {
  it.each(['abcd-efgh-ijkl-mnop', 'my "own" password'])(
    'names no token, password (%s) or address',
    async (password) => {
      pds.password = password
      const said = (): string => `${pds.calls.at(-1)?.token} ${pds.password} ${pds.email} is not welcome`
      const told: string[] = []
      for (const [method, status, name] of [
        [PUT, 400, 'InvalidRequest'],
        [PUT, 401, 'InvalidToken'],
        [PUT, 403, 'Forbidden'],
        [LOGIN, 400, 'InvalidRequest'],
        [PUT, 500, 'InternalServerError'],
        [REFRESH, 500, 'InternalServerError'],
      ] as const) {
        notes.values.clear()
        if (method !== LOGIN) await send(worker(), 'before')
        if (method === REFRESH) pds.expire()
        pds.fault = (call) => (call.method === method ? xrpcError(status, name, said()) : undefined)
        told.push(JSON.stringify(await send(worker(), 'one')))
        pds.fault = undefined
      }
      const all = [...told, ...log.lines].join('\n')
      expect(told).toHaveLength(6)
      for (const secret of [pds.password, pds.email, 'access-', 'refresh-']) expect(all).not.toContain(secret)
      expect(all).toContain('is not welcome')
    },
  )
})

describe('a turn', () => {
  it('keeps posts of an account apart, and not what answers or is repeated', async () => {
    const by = worker({ atOnce: false, settings: { gapMinutes: 10 } })
    expect(await send(by, 'one')).toMatchObject({ kind: 'sent' })
    expect(await send(by, 'two')).toMatchObject({ kind: 'later', notBefore: new Date('2026-06-29T05:10:00.000Z') })
    const reply = { kind: 'reply' as const, account: 'tidewatch.test', of: 'bluesky/one', part: 0 }
    const post = postOf('correction', { at: '2026-06-29T05:00:00.000Z' })
    expect(await by.send({ ...reply, post }, { key: 'bluesky/reply' })).toMatchObject({ kind: 'sent' })
    clock.advance(10 * MINUTE_MS)
    expect(await send(by, 'two')).toMatchObject({ kind: 'sent' })
  })

  it('does not come in quiet hours, and costs no call', async () => {
    clock.set('2026-06-29T21:30:00.000Z')
    const by = worker({ atOnce: false, settings: { quiet: { from: '22:00', to: '07:00' } } })
    expect(await send(by, 'one')).toMatchObject({ kind: 'later', notBefore: new Date('2026-06-30T05:00:00.000Z') })
    expect(pds.calls).toEqual([])
  })
})

describe('what was approved for somebody else', () => {
  it('waits while its account is not configured', async () => {
    const stranger = { kind: 'posts' as const, account: 'stranger.test', posts: [postOf('one')] }
    expect(await worker().send(stranger)).toMatchObject({
      kind: 'later',
      reason: expect.stringContaining('stranger.test'),
    })
    expect(pds.calls).toEqual([])
  })

  it('goes to the outbox when it was approved for the outbox', async () => {
    const put = async (): Promise<string> => 'outbox/bluesky/one.json'
    const by = startWorker(pds, { clock, notes, log, outbox: { put } })
    const content = { kind: 'posts' as const, account: 'outbox', posts: [postOf('one')] }
    expect(await by.send(content)).toEqual({ kind: 'sent', remoteId: 'outbox/bluesky/one.json' })
    expect(pds.calls).toEqual([])
  })
})
