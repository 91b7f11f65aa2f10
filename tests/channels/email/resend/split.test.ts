import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LedgerEntry, Outcome } from '../../../../src/domain/delivery.ts'
import type { PaceHint } from '../../../../src/ports.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { seeded } from '../../../fixtures/random.ts'
import {
  byChance,
  type FakeResend,
  type FaultChooser,
  faults,
  refusal,
  startFakeResend,
} from '../../../fakes/resend.ts'
import { attemptOf, entries, never, openSender } from './support.ts'

let fake: FakeResend
let clock: TestClock
beforeEach(async () => {
  clock = testClock()
  fake = await startFakeResend({ clock })
})
afterEach(() => fake.close())

function address(index: number): string {
  return `r${String(index).padStart(2, '0')}@example.com`
}

/** The provider does not take these readers' addresses, though they look well. */
function refuse(indices: readonly number[], blames: 'nobody' | 'index' | 'address' = 'nobody'): void {
  const bad = new Set(indices.map(address))
  fake.change({ refuses: (one) => bad.has(one), blames })
}

function send(deliveries: readonly LedgerEntry[], settled: readonly LedgerEntry[] = []): Promise<Outcome[]> {
  return openSender(fake.url, { clock }).send(attemptOf(deliveries, { settled }), never)
}

function indicesOf(kind: Outcome['kind'], outcomes: readonly Outcome[]): number[] {
  return outcomes.flatMap((outcome, index) => (outcome.kind === kind ? [index] : []))
}

function expectEachOnce(count: number, except: readonly number[]): void {
  const expected = Array.from({ length: count }, (_, index) => (except.includes(index) ? 0 : 1))
  expect(expected.map((_, index) => fake.accepted.get(address(index)) ?? 0)).toEqual(expected)
}

describe('a batch that is refused for single addresses', () => {
  it.each([
    [[0], 'nobody'],
    [[99], 'nobody'],
    [[42], 'nobody'],
    [[42], 'index'],
    [[0], 'index'],
    [[99], 'address'],
    [[10, 11, 50, 98, 99], 'nobody'],
    [[10, 11, 50, 98, 99], 'index'],
    [[10, 11, 50, 98, 99], 'address'],
  ] as const)('rejects exactly %j and sends to all others (the refusal names %s)', async (bad, blames) => {
    refuse(bad, blames)
    const outcomes = await send(entries(100))
    expect(indicesOf('rejected', outcomes)).toEqual(bad)
    expect(indicesOf('sent', outcomes)).toHaveLength(100 - bad.length)
    expectEachOnce(100, bad)
    for (const index of indicesOf('sent', outcomes))
      expect(fake.mails.find(({ to }) => to[0] === address(index))).toMatchObject({ id: idOf(outcomes[index]) })
    expect(JSON.stringify(outcomes)).not.toContain('@')
  })

  it('needs few calls: a dozen for one address in a hundred, three where it is named', async () => {
    refuse([42])
    await send(entries(100))
    expect(fake.calls.length).toBeLessThanOrEqual(15)
    const before = fake.calls.length
    refuse([42], 'index')
    await openSender(fake.url, { clock }).send(attemptOf(entries(100), { key: 'another' }), never)
    expect(fake.calls.length - before).toBe(4)
  })

  it('keeps to the configured rate between its calls', async () => {
    refuse([1])
    const before = clock.now().getTime()
    await openSender(fake.url, { clock, callsPerSecond: 2 }).send(attemptOf(entries(4)), never)
    expect(clock.now().getTime() - before).toBe((fake.calls.length - 1) * 500)
  })

  it('rejects a mail that was alone in its call without another', async () => {
    refuse([0])
    expect(await send(entries(1))).toMatchObject([{ kind: 'rejected', reason: expect.stringContaining('`to`') }])
    expect(fake.calls).toHaveLength(1)
  })

  it('rejects all when all are bad', async () => {
    refuse([0, 1, 2, 3, 4, 5])
    expect(indicesOf('rejected', await send(entries(6)))).toHaveLength(6)
    expect(fake.accepted.size).toBe(0)
  })

  it('believes no wrong hint: nobody is rejected who is not refused alone', async () => {
    fake.setFault(({ number }) =>
      number === 1 ? refusal('validation_error', { message: 'emails[7].to: wrong. index 3' }) : undefined,
    )
    expect(indicesOf('sent', await send(entries(10)))).toHaveLength(10)
    expectEachOnce(10, [])
  })

  it('leaves what is too much for one attempt to a further one, under a key of its own', async () => {
    const bad = Array.from({ length: 50 }, (_, index) => index * 2)
    refuse(bad)
    const outcomes = await send(entries(100))
    expect(fake.calls.length).toBe(41)
    expect(indicesOf('later', outcomes).length).toBeGreaterThan(0)
    expect(indicesOf('unknown', outcomes)).toEqual([])
    for (const index of indicesOf('rejected', outcomes)) expect(bad).toContain(index)
    for (const index of indicesOf('later', outcomes)) expect(fake.accepted.get(address(index))).toBeUndefined()
  })
})

it('stops searching after two minutes, and keeps what it found', async () => {
  refuse([0, 2, 4, 6, 8, 10])
  const before = clock.now().getTime()
  const outcomes = await openSender(fake.url, { clock, callsPerSecond: 0.1 }).send(attemptOf(entries(16)), never)
  expect(clock.now().getTime() - before).toBe(120_000)
  expect(indicesOf('rejected', outcomes).length).toBeGreaterThan(0)
  expect(indicesOf('later', outcomes).length).toBeGreaterThan(0)
  for (const index of indicesOf('later', outcomes)) expect(fake.accepted.get(address(index))).toBeUndefined()
})

describe('a refusal that is not about one address', () => {
  const vague = refusal('validation_error', { message: 'We found an error with one or more fields in the request.' })

  it('gives nobody up while no mail of the page was accepted, and holds the rest back', async () => {
    fake.setFault(() => vague)
    const hints: PaceHint[] = []
    const outcomes = await openSender(fake.url, { clock }).send(attemptOf(entries(4)), never, (hint) =>
      hints.push(hint),
    )
    expect(indicesOf('later', outcomes)).toHaveLength(4)
    expect(hints.at(-1)?.pauseUntil?.getTime()).toBeGreaterThan(clock.now().getTime() + 299_000)
  })

  it('is laid to an address once other mails of the page were accepted', async () => {
    const whole = fake.url
    let size = 0
    fake.setFault(({ bytes }) => {
      size = Math.max(size, bytes)
      return undefined
    })
    await openSender(whole, { clock }).send(attemptOf(entries(1), { key: 'measure' }), never)
    const one = size
    // The first mail alone, and everything it is in, is refused without a word why.
    fake.setFault(({ number, bytes }) =>
      number === 2 || number === 3 || (number === 4 && bytes < one * 1.5) ? vague : undefined,
    )
    const outcomes = await send(entries(4))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'sent', 'sent', 'sent'])
  })

  it('cuts a call that is too large until it is taken', async () => {
    fake.setFault(({ bytes }) =>
      bytes > 5000 ? { acts: false, ends: 'answer', status: 413, body: '<html>too large</html>' } : undefined,
    )
    const outcomes = await send(entries(20))
    expect(indicesOf('sent', outcomes)).toHaveLength(20)
    expectEachOnce(20, [])
  })

  it('gives nobody up for a mail that is too large alone', async () => {
    fake.setFault(() => ({ acts: false, ends: 'answer', status: 413, body: '' }))
    expect(await send(entries(1))).toMatchObject([
      { kind: 'later', reason: expect.stringContaining('shorten the edition') },
    ])
  })
})

describe('a search that is interrupted', () => {
  it('asks nothing about mails that were settled before', async () => {
    refuse([9])
    const all = entries(10)
    const first = await send(all)
    const settled = all
      .filter((_, index) => index < 5)
      .map((row, index) => ({
        ...row,
        state: first[index]?.kind === 'sent' ? ('sent' as const) : ('rejected' as const),
      }))
    const before = fake.calls.length
    expect(await send(all.slice(5), settled)).toEqual(first.slice(5))
    const [whole, ...parts] = fake.calls.slice(before)
    expect(parts).toHaveLength(before - 2)
    for (const { bytes } of parts) expect(bytes).toBeLessThan((whole?.bytes ?? 0) * 0.51)
  })

  it('counts a mail that was accepted before for the page being in order', async () => {
    const vague = refusal('validation_error', { message: 'Something is wrong.' })
    const [first, second] = entries(2)
    if (!first || !second) throw new Error('no entries')
    fake.setFault(() => vague)
    expect(await send([second], [{ ...first, state: 'rejected' }])).toMatchObject([{ kind: 'later' }])
    expect(await send([second], [{ ...first, state: 'sent' }])).toMatchObject([{ kind: 'rejected' }])
  })

  it('again and again comes to an end all the same', async () => {
    const bad = Array.from({ length: 50 }, (_, index) => index * 2)
    refuse(bad)
    const all = entries(100)
    const ended = new Map<string, LedgerEntry>()
    for (let attempt = 0; attempt < 8 && ended.size < 100; attempt += 1) {
      const open = all.filter(({ key }) => !ended.has(key))
      const outcomes = await send(open, [...ended.values()])
      for (const [index, row] of open.entries()) {
        const kind = outcomes[index]?.kind
        if (kind === 'sent' || kind === 'rejected') ended.set(row.key, { ...row, state: kind })
      }
    }
    expect(ended.size).toBe(100)
    expectEachOnce(100, bad)
  })

  it('by the rate: what was not called waits, the rest is settled', async () => {
    refuse([1])
    fake.setFault(({ number }) => (number >= 4 ? refusal('rate_limit_exceeded') : undefined))
    const outcomes = await send(entries(8))
    expect(indicesOf('later', outcomes).length).toBeGreaterThan(0)
    expect(indicesOf('unknown', outcomes)).toEqual([])
    for (const index of indicesOf('later', outcomes)) expect(fake.accepted.get(address(index))).toBeUndefined()
  })

  it('by a lost answer: nothing of the batch gets another key, and the replay settles all', async () => {
    refuse([6])
    fake.setFault(({ number }) => (number === 2 ? faults.acceptThenReset : undefined))
    const all = entries(8)
    const first = await send(all)
    expect(indicesOf('unknown', first)).toHaveLength(8)
    const again = await send(all)
    expect(indicesOf('rejected', again)).toEqual([6])
    expectEachOnce(8, [6])
  })

  it('by the end of the process at any call: repeating it doubles nobody and misses nobody', async () => {
    for (let last = 1; last < 16; last += 1) {
      await fake.close()
      fake = await startFakeResend({ clock })
      refuse([13, 14, 77])
      const stop = new AbortController()
      // The provider carries out the last call; the process is gone before it hears of it.
      fake.setFault(({ number }) => {
        if (number < last) return undefined
        setImmediate(() => stop.abort())
        return faults.acceptThenHang
      })
      await openSender(fake.url, { clock }).send(attemptOf(entries(100)), stop.signal)
      fake.setFault(undefined)
      const outcomes = await send(entries(100))
      expect(indicesOf('rejected', outcomes)).toEqual([13, 14, 77])
      expectEachOnce(100, [13, 14, 77])
    }
  })
})

/**
 * What the ledger does with outcomes: a group of which all wait goes on under its key, a part of one under a new key,
 * and what is unknown is sent again with all that its call carried.
 */
async function settleAll(fault: FaultChooser, start: readonly LedgerEntry[]): Promise<Map<string, string>> {
  const ended = new Map<string, string>()
  const groups = [{ key: 'chunk/0', members: start, isDoubtful: false }]
  fake.setFault(fault)
  for (let attempts = 0; groups.length > 0 && attempts < 60; attempts += 1) {
    const group = groups.shift()
    if (!group) break
    if (attempts === 50) fake.setFault(undefined)
    clock.advance(60_000)
    const open = group.members.filter(({ key }) => !ended.has(key))
    const settled = group.members
      .filter(({ key }) => ended.has(key))
      .map((row) => ({ ...row, state: ended.get(row.key) === 'sent' ? ('sent' as const) : ('rejected' as const) }))
    const attempt = attemptOf(open, { key: group.key, settled })
    const outcomes = await openSender(fake.url, { clock, timeoutSeconds: 0.2 }).send(attempt, never)
    const left = (kind: string): LedgerEntry[] => open.filter((_, index) => outcomes[index]?.kind === kind)
    for (const [index, { key }] of open.entries()) {
      const kind = outcomes[index]?.kind ?? 'missing'
      if (kind === 'sent' || kind === 'rejected') ended.set(key, kind)
    }
    const [later, unknown] = [left('later'), left('unknown')]
    if (group.isDoubtful ? later.length + unknown.length > 0 : unknown.length > 0) {
      if (!group.isDoubtful && later.length > 0) throw new Error('both later and unknown under one key')
      groups.push({ ...group, isDoubtful: true })
    } else if (later.length === group.members.length) groups.push(group)
    else if (later.length > 0) groups.push({ key: `${group.key}+${attempts}`, members: later, isDoubtful: false })
  }
  return ended
}

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'with bad addresses and faults by chance, each good reader gets one mail (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const count = 1 + Math.floor(random() * 30)
    const bad = Array.from({ length: count }, (_, index) => index).filter(() => random() < 0.12)
    const blames = (['nobody', 'index', 'address'] as const)[seed % 3] ?? 'nobody'
    fake.change({ remembersRefusals: seed % 2 === 0 })
    refuse(bad, blames)
    const { hang: _hang, acceptThenHang: _late, ...quick } = faults
    const among = [...Object.values(quick), refusal('rate_limit_exceeded'), refusal('internal_server_error')]
    const ended = await settleAll(byChance(random, 0.3, among), entries(count))
    expect([...ended.values()].filter((kind) => kind === 'rejected')).toHaveLength(bad.length)
    expect(ended.size).toBe(count)
    expectEachOnce(count, bad)
  },
)

function idOf(outcome: Outcome | undefined): string | undefined {
  return outcome?.kind === 'sent' ? outcome.remoteId : undefined
}
