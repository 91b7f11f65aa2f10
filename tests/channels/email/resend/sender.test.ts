import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../../src/domain/delivery.ts'
import type { PaceHint } from '../../../../src/ports.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { type FakeResend, type Fault, faults, refusal, slow, startFakeResend, storm } from '../../../fakes/resend.ts'
import { attemptOf, entries, entry, frozen, mailContent, never, openSender } from './support.ts'

let fake: FakeResend
let clock: TestClock
beforeEach(async () => {
  clock = testClock()
  fake = await startFakeResend({ clock })
})
afterEach(() => fake.close())

function kinds(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ kind }) => kind)
}

/** The fault for the first call alone. */
function once(fault: Fault): (call: { readonly number: number }) => Fault | undefined {
  return ({ number }) => (number === 1 ? fault : undefined)
}

describe('one attempt', () => {
  it('is one call, and every mail has the id that stands for it', async () => {
    const outcomes = await openSender(fake.url, { clock }).send(attemptOf(entries(100)), never)
    expect(fake.calls).toHaveLength(1)
    expect(fake.accepted.size).toBe(100)
    for (const [index, outcome] of outcomes.entries())
      expect(outcome).toEqual({ kind: 'sent', remoteId: fake.mails[index]?.id })
  })

  it('gives the ids to the right mails when the order is another or some are settled', async () => {
    const [first, second, third] = entries(3)
    if (!first || !second || !third) throw new Error('no entries')
    const attempt = attemptOf([third, first], { settled: [{ ...second, state: 'sent' }] })
    const outcomes = await openSender(fake.url, { clock }).send(attempt, never)
    const idOf = (address?: string): string | undefined => fake.mails.find(({ to }) => to[0] === address)?.id
    expect(outcomes).toEqual([
      { kind: 'sent', remoteId: idOf(third.address) },
      { kind: 'sent', remoteId: idOf(first.address) },
    ])
  })

  it('sends each reader their own link and tags, and everyone the same page', async () => {
    await openSender(fake.url, { clock }).send(attemptOf(entries(2)), never)
    const [a, b] = fake.mails.map(({ body }) => body)
    expect(a?.headers?.['List-Unsubscribe']).toContain('/unsubscribe/r00.')
    expect(a?.html).toContain('/unsubscribe/r00.')
    expect(a?.text).toContain('/unsubscribe/r00.')
    expect(b?.html).toBe(a?.html?.replaceAll(/r00\.[\w-]+/g, /r01\.[\w-]+/.exec(b?.html ?? '')?.[0] ?? ''))
    expect(fake.mails.map(({ delivery }) => Buffer.from(delivery ?? '', 'base64url').toString())).toEqual([
      'email/daily/2026-06-29/r00',
      'email/daily/2026-06-29/r01',
    ])
  })

  it('says what it is and how fast it may go', () => {
    const sender = openSender(fake.url, { callsPerSecond: 3, lanes: 7 })
    expect(sender).toMatchObject({
      destination: 'Resend',
      lanes: 7,
      pace: { name: 'resend', perSecond: 3 },
      replayWindowMs: 24 * 3_600_000,
    })
  })

  it('takes an address with a slash at its end for the same', async () => {
    const outcomes = await openSender(`${fake.url}/`, { clock }).send(attemptOf(entries(1)), never)
    expect(kinds(outcomes)).toEqual(['sent'])
  })

  it('sends another page as soon as another is to be sent', async () => {
    const sender = openSender(fake.url, { clock })
    const other = frozen(mailContent({ subject: 'Another' }))
    await sender.send(attemptOf([entry('a', 'a@example.com')]), never)
    await sender.send(attemptOf([entry('b', 'b@example.com')], { key: 'k2', rendering: other }), never)
    await sender.send(attemptOf([entry('c', 'c@example.com')], { key: 'k3' }), never)
    expect(fake.mails.map(({ body }) => body?.subject)).toEqual([
      mailContent().subject,
      'Another',
      mailContent().subject,
    ])
  })

  it('uses a hash for a key that no header can carry', async () => {
    const outcomes = await openSender(fake.url, { clock }).send(
      attemptOf(entries(1), { key: 'ü\n'.repeat(300) }),
      never,
    )
    expect(kinds(outcomes)).toEqual(['sent'])
    expect(fake.calls[0]?.key).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('an address that mail servers cannot take', () => {
  const bad = [
    '',
    'no address',
    'two@at@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a@exa mple.com',
    `a@[1.2.3.4]`,
  ]

  it('is rejected by itself, and left out of every replay alike', async () => {
    const good = entries(2)
    const wrong = bad.map((address, index) => entry(`bad${index}`, address))
    const attempt = attemptOf([...wrong, ...good])
    const sender = openSender(fake.url, { clock })
    const first = await sender.send(attempt, never)
    expect(kinds(first)).toEqual([...bad.map(() => 'rejected'), 'sent', 'sent'])
    expect(JSON.stringify(first)).not.toContain('@')
    const settled = wrong.map((row) => ({ ...row, state: 'rejected' as const }))
    const again = await openSender(fake.url, { clock }).send(attemptOf(good, { settled }), never)
    expect(again).toEqual(first.slice(bad.length))
    expect(fake.calls[1]?.replayed).toBe(true)
  })

  it('makes no call when there is no other', async () => {
    const outcomes = await openSender(fake.url, { clock }).send(attemptOf([entry('x', 'nobody')]), never)
    expect(kinds(outcomes)).toEqual(['rejected'])
    expect(fake.calls).toHaveLength(0)
  })
})

describe('a replay', () => {
  const lost: [string, Fault][] = [
    ['reset after it was accepted', faults.acceptThenReset],
    ['reset before it was looked at', faults.resetBefore],
    ['reset while it was written', faults.resetEarly],
    ['half an answer', faults.loseAnswer],
    ['502 HTML', faults.html502],
    ['502 HTML after it was accepted', faults.acceptThenHtml502],
    ['200 HTML', faults.html200],
    ['200 HTML after it was accepted', faults.acceptThenHtml200],
    ['502 JSON without a name', faults.nameless502],
    ['an application error', refusal('application_error')],
  ]

  it.each(lost)('sends nobody twice and misses nobody after: %s', async (_what, fault) => {
    fake.setFault(once(fault))
    const attempt = attemptOf(entries(20))
    expect(new Set(kinds(await openSender(fake.url, { clock }).send(attempt, never)))).toEqual(new Set(['unknown']))
    clock.advance(23 * 3_600_000)
    const again = await openSender(fake.url, { clock }).send(attempt, never)
    expect(new Set(kinds(again))).toEqual(new Set(['sent']))
    expect([...fake.accepted.values()]).toEqual(Array.from({ length: 20 }, () => 1))
  })

  it('after the life of the key would be a second mail: the window ends before', async () => {
    const attempt = attemptOf(entries(1))
    const sender = openSender(fake.url, { clock })
    await sender.send(attempt, never)
    clock.advance(sender.replayWindowMs)
    await sender.send(attempt, never)
    expect(fake.accepted.get('r00@example.com')).toBe(2)
  })

  it('waits while the first call is still under way, then gets its answer', async () => {
    fake.setFault(once(slow(300)))
    const attempt = attemptOf(entries(3))
    const hasty = await openSender(fake.url, { clock, timeoutSeconds: 0.1 }).send(attempt, never)
    expect(hasty[0]).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('100 ms') })
    const early = await openSender(fake.url, { clock }).send(attempt, never)
    expect(early[0]).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('still at work') })
    await expect.poll(() => fake.accepted.size).toBe(3)
    expect(kinds(await openSender(fake.url, { clock }).send(attempt, never))).toEqual(['sent', 'sent', 'sent'])
    expect([...fake.accepted.values()]).toEqual([1, 1, 1])
  })

  it('with other mails under the same key asks for a person and sends nothing', async () => {
    await openSender(fake.url, { clock }).send(attemptOf(entries(2)), never)
    const outcomes = await openSender(fake.url, { clock }).send(attemptOf(entries(3)), never)
    expect(outcomes[0]).toMatchObject({
      kind: 'unknown',
      isFinal: true,
      reason: expect.stringContaining('other mails'),
    })
    expect(fake.accepted.size).toBe(2)
  })
})

describe('a call that did not come about', () => {
  it('hangs no longer than its time-out', async () => {
    fake.setFault(once(faults.hang))
    const outcomes = await openSender(fake.url, { clock, timeoutSeconds: 0.1 }).send(attemptOf(entries(2)), never)
    expect(kinds(outcomes)).toEqual(['unknown', 'unknown'])
  })

  it('waits when the provider cannot be reached: nothing left this machine', async () => {
    await fake.close()
    const [outcome] = await openSender(fake.url, { clock }).send(attemptOf(entries(1)), never)
    expect(outcome).toMatchObject({ kind: 'later', notBefore: new Date(clock.now().getTime() + 10_000) })
    fake = await startFakeResend()
  })

  it('waits when it was stopped before, and is unknown when it was stopped in the midst', async () => {
    const before = await openSender(fake.url, { clock }).send(attemptOf(entries(1)), AbortSignal.abort())
    expect(kinds(before)).toEqual(['later'])
    expect(fake.calls).toHaveLength(0)
    const stop = new AbortController()
    fake.setFault(() => {
      setImmediate(() => stop.abort())
      return faults.acceptThenHang
    })
    expect(kinds(await openSender(fake.url, { clock }).send(attemptOf(entries(1)), stop.signal))).toEqual(['unknown'])
  })

  it('reads no answer without end', async () => {
    const answer = (padding: number): Fault => {
      const body = JSON.stringify({ data: [{ id: 'a' }], padding: 'x'.repeat(padding) })
      return { acts: true, ends: 'answer', status: 200, body }
    }
    fake.setFault(({ number }) => answer(number === 1 ? 900_000 : 1_000_000))
    const sender = openSender(fake.url, { clock })
    expect(kinds(await sender.send(attemptOf(entries(1)), never))).toEqual(['sent'])
    expect(kinds(await sender.send(attemptOf(entries(1)), never))).toEqual(['unknown'])
  })
})

describe('what is heard of the pace', () => {
  async function heardFrom(attempt = attemptOf(entries(1))): Promise<PaceHint[]> {
    const hints: PaceHint[] = []
    await openSender(fake.url, { clock }).send(attempt, never, (hint) => hints.push(hint))
    return hints
  }

  it('is the limit, with every answer', async () => {
    fake.change({ perSecond: 5 })
    expect(await heardFrom()).toEqual([{ limitPerSecond: 5 }])
  })

  it('is nothing where the answer says nothing', async () => {
    expect(await heardFrom()).toEqual([])
  })

  it('is to slow down when it was too much, and nothing was sent', async () => {
    fake.change({ perSecond: 1 })
    await heardFrom(attemptOf(entries(1), { key: 'first' }))
    const pauseUntil = new Date(clock.now().getTime() + 1000)
    expect(await heardFrom()).toEqual([{ limitPerSecond: 1, throttled: true, pauseUntil }])
  })

  it('is to slow down at every call of a storm, and then the mails leave once', async () => {
    fake.setFault(storm(3, 2))
    for (let call = 0; call < 3; call += 1) expect(await heardFrom()).toMatchObject([{ throttled: true }])
    expect(fake.accepted.size).toBe(0)
    expect(await heardFrom()).toEqual([])
    expect([...fake.accepted.values()]).toEqual([1])
  })

  it('is to hold everything until the quota is new', async () => {
    fake.change({ perDay: 10 })
    const hints = await heardFrom(attemptOf(entries(11)))
    expect(hints).toEqual([{ pauseUntil: new Date('2026-06-30T00:00:00.000Z') }])
    expect(fake.accepted.size).toBe(0)
  })
})

it('names neither key nor address when the provider repeats them', async () => {
  const message = 'API key re_test is invalid for r00@example.com'
  fake.setFault(once(refusal('invalid_api_key', { message })))
  const [outcome] = await openSender(fake.url, { clock }).send(attemptOf(entries(1)), never)
  expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('RESEND_API_KEY') })
  expect(JSON.stringify(outcome)).not.toMatch(/re_test|@/)
})

it('gives nobody up for a wrong key, an unverified domain or a missing one', async () => {
  const wrongKey = await openSender(fake.url, { clock, apiKey: 're_other' }).send(attemptOf(entries(3)), never)
  fake.change({ domains: ['another.example'] })
  const wrongDomain = await openSender(fake.url, { clock }).send(attemptOf(entries(3)), never)
  expect(kinds([...wrongKey, ...wrongDomain])).toEqual(Array.from({ length: 6 }, () => 'later'))
})
