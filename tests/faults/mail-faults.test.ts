import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { emailChannel } from '../../channels/email/index.ts'
import type { DeliveryState, LedgerEntry } from '../../src/domain/delivery.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { plan } from '../../src/pipeline/plan.ts'
import { render } from '../../src/pipeline/render.ts'
import type { Store } from '../../src/ports.ts'
import { createApi } from '../../src/world/api.ts'
import { emailSettings, sampleHouse } from '../channels/email/support.ts'
import { providerErrors, type ProviderErrorName } from '../fakes/resend-faults.ts'
import { type Fault, type FakeResend, faults, refusal, slow, startFakeResend, storm } from '../fakes/resend.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { channelPorts } from '../fixtures/ports.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { printTable } from './mailing.ts'
import { nothingPublished } from '../../src/channel/published.ts'

const START = '2026-06-29T05:00:00.000Z'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const READERS = 250
/** A hundred each, so that the first call, which goes wrong, has two after it. */
const CHUNKS = 3
/** Of one call, on the real clock; every other wait is the test clock's. */
const TIMEOUT_SECONDS = 0.5
const MOST_PASSES = 300

const edition = sampleEdition({ stories: 2, briefs: 0, background: 0 })
const api = createApi({ userAgent: 'groundwire/test' })
const never = new AbortController().signal

const open: { readonly provider: FakeResend; readonly store: Store }[] = []
afterEach(async () => {
  for (const { provider, store } of open.splice(0)) {
    await store.close()
    await provider.close()
  }
})

interface Mailing {
  readonly clock: TestClock
  readonly store: Store
  readonly provider: FakeResend
  /** One pass, as `run` makes it; `then` is what the ledger said of the first hundred readers after their first call. */
  pass(options?: { worker?: string; gone?: readonly string[]; signal?: AbortSignal }): Promise<LedgerEntry[]>
  /** A worker that is killed after its first call left and before it wrote down what came of it. */
  die(worker: string): Promise<void>
  states(): Promise<Partial<Record<DeliveryState, number>>>
  /** How many readers have exactly one mail, more than one, and none. */
  received(): { readonly once: number; readonly twice: number; readonly missed: number }
}

/** An approved edition of 250 readers, and the provider that is to send it; both go by the test clock. */
async function mailing(fault: (call: { readonly number: number }) => Fault | undefined): Promise<Mailing> {
  const clock = testClock(START)
  const provider = await startFakeResend({ clock, fault })
  const store = await testStore({ subscribers: READERS })
  open.push({ provider, store })
  const settings = emailSettings({
    from: 'Morning Check <digest@example.com>',
    resend: { apiKey: 're_test', baseUrl: provider.url, callsPerSecond: 5, lanes: 1, timeoutSeconds: TIMEOUT_SECONDS },
  })
  const configured = [{ channel: emailChannel, settings }]
  const renderings = await render(edition, configured, { house: sampleHouse, published: nothingPublished })
  await store.approve({
    edition,
    findings: [],
    at: START,
    renderings,
    documents: [],
    ...plan(edition, configured, renderings, new Date(edition.plannedAt)),
  })
  const sender = emailChannel.open(settings, portsWith(clock), sampleHouse)
  const firstChunk = (): Promise<LedgerEntry[]> => store.ledger({ edition: edition.id, limit: 100 })
  return {
    clock,
    store,
    provider,
    async pass({ worker = 'worker-1', gone = [], signal = never } = {}) {
      let then: Promise<LedgerEntry[]> | undefined
      const me = { name: worker, patienceMs: 2 * MINUTE_MS, isGone: (name: string) => gone.includes(name) }
      const look = (): void => void (then ??= firstChunk())
      await deliver({ clock, store, log: testLog() }, new Map([['email', sender]]), me, look, signal)
      return then ?? firstChunk()
    },
    async die(worker) {
      const now = clock.now()
      const claim = await store.claim({ worker, now, channels: ['email'], staleBefore: new Date(0), gone: [] })
      if (!claim) throw new Error('there was nothing to claim')
      await sender.send({ ...claim, key: claim.group }, never)
    },
    async states() {
      const counts = await store.counts(edition.id)
      return Object.fromEntries(counts.filter(({ count }) => count > 0).map(({ state, count }) => [state, count]))
    },
    received() {
      const counts = [...provider.accepted.values()]
      return {
        once: counts.filter((count) => count === 1).length,
        twice: counts.filter((count) => count > 1).length,
        missed: READERS - counts.length,
      }
    },
  }
}

function portsWith(clock: TestClock): Parameters<typeof emailChannel.open>[1] {
  return channelPorts({ clock, api })
}

/** Passes, one after the other, each when something is due again; how many there were. */
async function untilSent(mails: Mailing): Promise<number> {
  const { clock, store } = mails
  for (let passes = 0; passes < MOST_PASSES; passes += 1) {
    if ((await mails.states()).sent === READERS) return passes
    const due = (await store.nextDue(['email']))?.getTime() ?? 0
    clock.advance(Math.max(due - clock.now().getTime(), 1000))
    await mails.pass()
  }
  throw new Error(`after ${MOST_PASSES} passes the ledger still says ${JSON.stringify(await mails.states())}`)
}

/**
 * What one spoilt call leads to. `sent`: nothing was lost by it. `again`: it is put off, and goes in the same pass.
 * `unknown`: it may have been accepted, and is repeated under its key. `held`: nothing leaves until the pause is over.
 * `review`: only a person can tell.
 */
type Course = 'sent' | 'again' | 'unknown' | 'held' | 'review'

const named: Readonly<Record<keyof typeof faults, Course>> = {
  resetBefore: 'unknown',
  resetEarly: 'unknown',
  acceptThenReset: 'unknown',
  loseAnswer: 'unknown',
  hang: 'unknown',
  acceptThenHang: 'unknown',
  html502: 'unknown',
  acceptThenHtml502: 'unknown',
  html200: 'unknown',
  acceptThenHtml200: 'unknown',
  nameless502: 'unknown',
  html429: 'again',
}

const refused: Readonly<Record<ProviderErrorName, Course>> = {
  invalid_idempotency_key: 'held',
  // Goes on in parts: it might be for one of the mails.
  validation_error: 'again',
  missing_api_key: 'held',
  restricted_api_key: 'held',
  invalid_api_key: 'held',
  not_found: 'held',
  method_not_allowed: 'held',
  invalid_idempotent_request: 'review',
  concurrent_idempotent_requests: 'unknown',
  invalid_attachment: 'held',
  invalid_from_address: 'held',
  invalid_access: 'held',
  invalid_parameter: 'held',
  invalid_region: 'held',
  missing_required_field: 'held',
  monthly_quota_exceeded: 'held',
  daily_quota_exceeded: 'held',
  rate_limit_exceeded: 'again',
  security_error: 'held',
  application_error: 'unknown',
  internal_server_error: 'unknown',
}

/** From START until something may leave again; not said: five minutes, for somebody to put it right. */
const pauses: Partial<Record<string, number>> = {
  daily_quota_exceeded: Date.parse('2026-06-30T00:00:00.000Z') - Date.parse(START),
  monthly_quota_exceeded: Date.parse('2026-07-01T00:00:00.000Z') - Date.parse(START),
}

type Row = readonly [name: string, course: Course, fault: (call: { readonly number: number }) => Fault | undefined]
const once =
  (fault: Fault): Row[2] =>
  ({ number }) =>
    number === 1 ? fault : undefined

const rows: readonly Row[] = [
  ...keysOf(faults).map((name): Row => [name, named[name], once(faults[name])]),
  ['slow, within the time-out', 'sent', once(slow(20))],
  ['slow, beyond the time-out', 'unknown', once(slow(TIMEOUT_SECONDS * 1000 + 150))],
  ['storm of ten', 'again', storm(10)],
  ...keysOf(providerErrors).map((name): Row => [name, refused[name], once(refusal(name))]),
]

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record).filter((key): key is Key => key in record)
}

const stateThen: Readonly<Record<Course, DeliveryState>> = {
  sent: 'sent',
  again: 'waiting',
  unknown: 'unknown',
  held: 'waiting',
  review: 'review',
}

const table: Record<string, string | number>[] = []
afterAll(() => printTable('One call of the provider goes wrong', table))

describe('mail by Resend, when a call goes wrong once', () => {
  it.each(rows.filter(([, course]) => course !== 'held' && course !== 'review'))(
    '%s: every reader is accepted exactly once',
    async (name, course, fault) => {
      const mails = await mailing(fault)
      const then = await mails.pass()
      expect(new Set(then.map(({ state }) => state))).toEqual(new Set([stateThen[course]]))
      const further = await untilSent(mails)
      expect(further === 0 || course === 'unknown', `${further} more passes`).toBe(true)
      await account(mails, name, then)
      expect(mails.provider.calls.length).toBeGreaterThanOrEqual(course === 'sent' ? CHUNKS : CHUNKS + 1)
    },
  )

  it.each(rows.filter(([, course]) => course === 'held'))(
    '%s: nothing leaves until the pause is over, then every reader is accepted exactly once',
    async (name, course, fault) => {
      const mails = await mailing(fault)
      const then = await mails.pass()
      expect(new Set(then.map(({ state }) => state))).toEqual(new Set([stateThen[course]]))
      const end = Date.parse(START) + (pauses[name] ?? 5 * MINUTE_MS)
      expect((await mails.store.nextDue(['email']))?.getTime()).toBe(end)
      // More than a pass stays for.
      mails.clock.set(new Date(end - 3 * MINUTE_MS).toISOString())
      await mails.pass({ worker: 'worker-2' })
      expect(mails.provider.calls).toHaveLength(1)
      await untilSent(mails)
      await account(mails, name, then)
      expect(mails.provider.calls).toHaveLength(CHUNKS + 1)
      expect(mails.provider.mails.filter(({ at }) => at.getTime() < end)).toEqual([])
    },
  )

  it.each(rows.filter(([, course]) => course === 'review'))(
    '%s: a person must look, and then every reader is accepted exactly once',
    async (name, course, fault) => {
      const mails = await mailing(fault)
      const then = await mails.pass()
      expect(new Set(then.map(({ state }) => state))).toEqual(new Set([stateThen[course]]))
      expect(await mails.states()).toEqual({ review: 100, sent: READERS - 100 })
      expect(mails.received()).toEqual({ once: READERS - 100, twice: 0, missed: 100 })
      expect(await mails.store.resolve({ edition: edition.id }, 'retry', 'none was sent', mails.clock.now())).toBe(100)
      await untilSent(mails)
      await account(mails, name, then)
    },
  )
})

/** All has left, once, and the ledger knows each mail by the id that the provider gave it. */
async function account(mails: Mailing, name: string, then: readonly LedgerEntry[]): Promise<void> {
  const { provider, store, clock } = mails
  const received = mails.received()
  const passed = inWords(clock.now().getTime() - Date.parse(START))
  table.push({
    'what the provider did': name,
    'what the ledger said then': said(then),
    'how it ended': `sent, ${provider.calls.length} calls, ${passed}`,
    'accepted once': received.once,
    missed: received.missed,
  })
  expect(received).toEqual({ once: READERS, twice: 0, missed: 0 })
  const ids = new Map(provider.mails.map(({ id, to }) => [to[0], id]))
  const ledger = await store.ledger({ edition: edition.id })
  expect(ledger.filter(({ address, remoteId }) => remoteId !== ids.get(address ?? ''))).toEqual([])
  expect(await store.settleEdition(edition.id)).toBe('sent')
}

function said(entries: readonly LedgerEntry[]): string {
  const { state = '', reason = '' } = entries[0] ?? {}
  const text = reason === '' ? state : `${state}: ${reason.replaceAll(/http:\/\/[\d.:]+/g, 'http://…')}`
  return text.length > 78 ? `${text.slice(0, 77)}…` : text
}

function inWords(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 1000)} s`
  return ms < HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / HOUR_MS)} h`
}

describe('mail by Resend, when the answer was lost and nobody went on for long', () => {
  const lost = once(faults.acceptThenReset)

  const stopped = async (mails: Mailing): Promise<void> => {
    const stop = new AbortController()
    mails.provider.setFault((call) => {
      stop.abort()
      return lost(call)
    })
    await mails.pass({ signal: stop.signal })
  }

  it.each([
    ['its worker stopped', 23, 'unknown', 'sent'],
    ['its worker stopped', 25, 'unknown', 'review'],
    ['its worker died', 23, 'claimed', 'sent'],
    ['its worker died', 25, 'claimed', 'review'],
  ] as const)('%s: after %i hours what was %s is %s, and nobody has a second copy', async (how, hours, was, is) => {
    const mails = await mailing(lost)
    await (how === 'its worker died' ? mails.die('worker-1') : stopped(mails))
    expect(await mails.states()).toEqual({ [was]: 100, planned: READERS - 100 })
    expect(mails.provider.accepted.size).toBe(100)
    const key = mails.provider.calls[0]?.key

    mails.provider.setFault(undefined)
    mails.clock.advance(hours * HOUR_MS)
    await mails.pass({ worker: 'worker-2', gone: ['worker-1'] })
    expect(await mails.states()).toEqual(is === 'sent' ? { sent: READERS } : { review: 100, sent: READERS - 100 })
    expect(mails.provider.calls.filter((call) => call.key === key)).toHaveLength(is === 'sent' ? 2 : 1)
    expect(mails.received()).toEqual({ once: READERS, twice: 0, missed: 0 })

    const before = mails.provider.calls.length
    mails.clock.advance(HOUR_MS)
    await mails.pass({ worker: 'worker-3', gone: ['worker-1'] })
    expect(mails.provider.calls).toHaveLength(before)
  })
})
