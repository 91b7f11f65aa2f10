import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliver } from '../../../../src/pipeline/deliver.ts'
import type { LedgerEntry } from '../../../../src/domain/delivery.ts'
import type { Store } from '../../../../src/ports.ts'
import { editionOf } from '../../../contracts/store/fixtures.ts'
import { type FakeResend, type FaultChooser, faults, refusal, startFakeResend } from '../../../fakes/resend.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testLog, testStore } from '../../../fixtures/store.ts'
import { frozen, never, openSender } from './support.ts'

const EDITION = 'daily/2026-06-29'
const DAY_MS = 86_400_000

let fake: FakeResend
let clock: TestClock
let store: Store
beforeEach(async () => {
  clock = testClock('2026-06-29T06:00:00.000Z')
  fake = await startFakeResend({ clock })
})
afterEach(async () => {
  await fake.close()
  await store.close()
})

function address(index: number): string {
  return `reader-${String(index + 1).padStart(2, '0')}@reader.example`
}

/** An edition for so many readers, so many in each call. */
async function owe(readers: number, perAttempt = 100): Promise<void> {
  store = await testStore({ subscribers: readers })
  const rendering = frozen()
  await store.approve({
    edition: editionOf('2026-06-29'),
    findings: [],
    at: clock.now().toISOString(),
    renderings: [rendering],
    deliveries: [],
    mailings: [{ key: `email/${EDITION}`, channel: 'email', rendering: rendering.id, perAttempt, frequency: 'daily' }],
    documents: [],
  })
}

/** The provider does not take these readers' addresses, though they look well. */
function refuse(indices: readonly number[], blames: 'nobody' | 'index' | 'address' = 'nobody'): void {
  const bad = new Set(indices.map(address))
  fake.change({ refuses: (one) => bad.has(one), blames })
}

async function pass(worker = 'worker:1:1'): Promise<void> {
  const sender = openSender(fake.url, { clock, callsPerSecond: 10 })
  const me = { name: worker, isGone: () => true, patienceMs: 120_000 }
  await deliver({ clock, store, log: testLog() }, new Map([['email', sender]]), me, () => undefined, never)
}

/** Passes until nothing moves any more within a day. */
async function finish(): Promise<void> {
  for (let passes = 0; passes < 100 && (await store.owed()) > 0; passes++) {
    await pass()
    clock.advance(5 * 60_000)
  }
}

async function ledger(): Promise<LedgerEntry[]> {
  return store.ledger({})
}

async function placesOf(state: LedgerEntry['state']): Promise<number[]> {
  return (await ledger()).flatMap((entry, place) => (entry.state === state ? [place] : []))
}

/** Who got nothing, who got more than one, and what the ledger says of it. */
async function account() {
  const copies = (await ledger()).map((entry) => fake.accepted.get(entry.address ?? '') ?? 0)
  const places = (of: (count: number) => boolean): number[] =>
    copies.flatMap((count, place) => (of(count) ? [place] : []))
  return {
    without: places((count) => count === 0),
    twice: places((count) => count > 1),
    rejected: await placesOf('rejected'),
    state: await store.settleEdition(EDITION),
  }
}

/** One mail for everybody but these. */
function onceBut(bad: readonly number[]): Awaited<ReturnType<typeof account>> {
  return { without: [...bad], twice: [], rejected: [...bad], state: 'sent' }
}

describe('a call that is refused for single addresses', () => {
  it.each([
    [[0], 'nobody'],
    [[99], 'nobody'],
    [[42], 'index'],
    [[99], 'address'],
    [[10, 11, 50, 98, 99], 'nobody'],
    [[10, 11, 50, 98, 99], 'index'],
  ] as const)('ends with exactly %j rejected and one mail for all others (it names %s)', async (bad, blames) => {
    await owe(100)
    const sorted = (await ledger()).map((entry) => entry.address)
    const wanted = new Set(bad.map((place) => sorted[place] ?? ''))
    fake.change({ refuses: (one) => wanted.has(one), blames })
    await finish()
    expect(await account()).toEqual(onceBut(bad))
    expect(JSON.stringify((await ledger()).map(({ reason }) => reason))).not.toContain('@')
  })

  it('needs few calls: some fifteen for one address in a hundred, four where it is named', async () => {
    await owe(100)
    refuse([42])
    await finish()
    expect(fake.calls.length).toBeLessThanOrEqual(16)
    await fake.close()
    await store.close()
    fake = await startFakeResend({ clock })
    await owe(100)
    refuse([42], 'index')
    await finish()
    expect(fake.calls.length).toBeLessThanOrEqual(4)
  })

  it('rejects all when all are bad', async () => {
    await owe(3)
    refuse([0, 1, 2])
    await finish()
    expect(await account()).toEqual(onceBut([0, 1, 2]))
  })

  it('believes no wrong hint: nobody is rejected who is not refused alone', async () => {
    await owe(4)
    const sorted = (await ledger()).map((entry) => entry.address)
    fake.setFault(({ number }) =>
      number === 1 ? refusal('validation_error', { message: 'Invalid `to` field in emails[0].to' }) : undefined,
    )
    fake.change({ refuses: (one) => one === sorted[2] })
    await finish()
    expect(await account()).toEqual(onceBut([2]))
  })

  it('goes on where it was after the process died at any call', async () => {
    await owe(16, 8)
    refuse([3, 12])
    for (let round = 0; round < 40 && (await store.owed()) > 0; round++) {
      // Claims, is killed before or after its call, and another process goes on.
      const claim = await store.claim({
        worker: `dead:${round}:1`,
        now: clock.now(),
        channels: ['email'],
        staleBefore: new Date(0),
        gone: [],
      })
      if (claim && round % 2 === 0) await openSender(fake.url, { clock }).send({ ...claim, key: claim.group }, never)
      await pass(`alive:${round}:1`)
      clock.advance(60_000)
    }
    await finish()
    expect(await account()).toEqual(onceBut([3, 12]))
  })
})

describe('a refusal that is not about one address', () => {
  const vague = refusal('validation_error', { message: 'We found an error with one or more fields in the request.' })
  const tooLarge = { acts: false, ends: 'answer', status: 413, body: '<html>too large</html>' } as const

  it('gives nobody up while no mail of the edition was accepted, and everybody gets theirs once it is put right', async () => {
    await owe(8, 4)
    fake.setFault(() => vague)
    for (let passes = 0; passes < 10; passes++) {
      await pass()
      clock.advance(5 * 60_000)
    }
    expect(await placesOf('rejected')).toEqual([])
    fake.setFault(undefined)
    await finish()
    expect(await account()).toEqual(onceBut([]))
  })

  it('of a reader alone in their call is laid to the address once others were accepted, and holds up nobody', async () => {
    await owe(5, 1)
    const sorted = (await ledger()).map((entry) => entry.address)
    fake.change({ refuses: () => false })
    const bad = sorted[0] ?? ''
    const isBad: FaultChooser = () => (fake.lastBody().includes(bad) ? vague : undefined)
    // The body of this very call is not known yet: the first call is the bad reader's.
    let seen = 0
    fake.setFault((call) => {
      seen += 1
      return seen === 1 || (fake.calls.length > 5 && isBad(call)) ? vague : undefined
    })
    await pass()
    clock.advance(5 * 60_000)
    await pass()
    expect(await placesOf('sent')).toEqual([1, 2, 3, 4])
    fake.setFault(() => vague)
    clock.advance(15 * 60_000)
    await finish()
    expect(await account()).toEqual(onceBut([0]))
  })

  it('of everybody for a while gives nobody up, also after others were accepted', async () => {
    await owe(30, 10)
    const mended = clock.now().getTime() + 20 * 60_000
    fake.setFault(({ number }) => (number > 1 && clock.now().getTime() < mended ? vague : undefined))
    await finish()
    expect(await account()).toEqual(onceBut([]))
  })

  it('cuts a call that is too large until it is taken', async () => {
    await owe(20)
    fake.setFault(({ bytes }) => (bytes > 5000 ? tooLarge : undefined))
    await finish()
    expect(await account()).toEqual(onceBut([]))
  })

  it.each([
    ['too large', tooLarge],
    ['vague', vague],
    ['about a recipient', refusal('validation_error', { message: 'Invalid `to` field.' })],
    ['about recipients in general', refusal('validation_error', { message: 'Too many recipients today.' })],
  ] as const)('of a call that may have been accepted before doubles nobody (%s)', async (_, refused) => {
    await owe(10)
    fake.setFault(({ number }) => (number === 1 ? faults.acceptThenReset : number === 2 ? refused : undefined))
    await finish()
    expect(await account()).toEqual(onceBut([]))
  })
})

it('leaves to a person what was called under the same key with other mails, at once', async () => {
  await owe(2)
  fake.setFault(() => refusal('invalid_idempotent_request'))
  await pass()
  expect(fake.calls).toHaveLength(1)
  expect(await placesOf('review')).toEqual([0, 1])
})

it('does not repeat a call whose age nobody knows, because the clock was set back', async () => {
  await owe(3)
  clock.set('2026-07-01T06:00:00.000Z')
  fake.setFault(({ number }) => (number === 1 ? faults.acceptThenReset : undefined))
  const impatient = { name: 'worker:1:1', isGone: () => true }
  const sender = openSender(fake.url, { clock })
  const ports = { clock, store, log: testLog() }
  await deliver(ports, new Map([['email', sender]]), impatient, () => undefined, never)
  clock.set('2026-06-29T06:10:00.000Z')
  await deliver(ports, new Map([['email', sender]]), impatient, () => undefined, never)
  expect(fake.calls).toHaveLength(1)
  expect(await placesOf('review')).toEqual([0, 1, 2])
  clock.advance(2 * DAY_MS + 60_000)
  await finish()
  expect(await account()).toEqual({ without: [], twice: [], rejected: [], state: 'sent' })
})
