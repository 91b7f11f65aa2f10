import { Resend } from 'resend'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { type FakeResend, faults, refusal, startFakeResend } from './resend.ts'

let fake: FakeResend
let clock: TestClock
let resend: Resend
beforeEach(async () => {
  clock = testClock()
  fake = await startFakeResend({ clock })
  resend = new Resend('re_test', { baseUrl: fake.url })
})
afterEach(() => fake.close())

function mail(to: string, subject = 'Hello') {
  return { from: 'a@example.com', to, subject, html: `<p>"to":"nobody@example.com"</p>` }
}

describe('the SDK against the fake: what its reference says was observed', () => {
  it.each([
    ['200 HTML', faults.html200, { name: 'application_error', statusCode: null }],
    ['502 HTML', faults.html502, { name: 'application_error', statusCode: 502 }],
    ['429 HTML', faults.html429, { name: 'application_error', statusCode: 429 }],
    ['reset', faults.acceptThenReset, { name: 'application_error', statusCode: null }],
    ['a rate', refusal('rate_limit_exceeded'), { name: 'rate_limit_exceeded', statusCode: 429 }],
  ])('%s', async (_what, fault, error) => {
    fake.setFault(() => fault)
    expect((await resend.batch.send([mail('r@example.com')])).error).toMatchObject(error)
  })

  it('502 JSON without a name is the error itself', async () => {
    fake.setFault(() => faults.nameless502)
    const { error } = await resend.batch.send([mail('r@example.com')])
    expect(error).toEqual({ message: 'upstream' })
  })
})

describe('keys', () => {
  it('give the original ids for 24 hours and count each mail once', async () => {
    const first = await resend.batch.send([mail('r@example.com')], { idempotencyKey: 'k' })
    clock.advance(24 * 3_600_000 - 1)
    const again = await resend.batch.send([mail('r@example.com')], { idempotencyKey: 'k' })
    expect(again.data).toEqual(first.data)
    expect(fake.accepted.get('r@example.com')).toBe(1)
    clock.advance(1)
    await resend.batch.send([mail('r@example.com')], { idempotencyKey: 'k' })
    expect(fake.accepted.get('r@example.com')).toBe(2)
  })

  it('refuse another body, and count nothing for it', async () => {
    await resend.batch.send([mail('r@example.com')], { idempotencyKey: 'k' })
    const other = await resend.batch.send([mail('r@example.com', 'Other')], { idempotencyKey: 'k' })
    expect(other.error).toMatchObject({ name: 'invalid_idempotent_request', statusCode: 409 })
    expect(fake.accepted.get('r@example.com')).toBe(1)
  })
})

describe('validation', () => {
  const batch = [mail('a@example.com'), mail('nobody'), mail('c@example.com')]

  it('is all or nothing when strict', async () => {
    const { error } = await resend.batch.send(batch)
    expect(error).toMatchObject({ name: 'validation_error', message: expect.stringContaining('Invalid `to` field') })
    expect(fake.accepted.size).toBe(0)
  })

  it('leaves out the wrong ones when permissive', async () => {
    const { data } = await resend.batch.send(batch, { batchValidation: 'permissive' })
    expect(data).toMatchObject({ data: [{}, {}], errors: [{ index: 1 }] })
    expect([...fake.accepted.keys()]).toEqual(['a@example.com', 'c@example.com'])
  })

  it('takes a hundred mails and no more', async () => {
    const many = Array.from({ length: 101 }, (_, index) => mail(`r${index}@example.com`))
    expect((await resend.batch.send(many)).error?.name).toBe('validation_error')
    expect((await resend.batch.send(many.slice(1))).error).toBeNull()
  })
})

it.each(['full', 'scan'] as const)('counts the same whether bodies are read in full or scanned (%s)', async (reads) => {
  fake.change({ reads })
  const tags = [{ name: 'delivery', value: 'abc' }]
  await resend.batch.send([
    { ...mail('a@example.com'), tags },
    { ...mail('b@example.com'), tags },
  ])
  expect([...fake.accepted]).toEqual([
    ['a@example.com', 1],
    ['b@example.com', 1],
  ])
  expect(fake.mails.map(({ delivery }) => delivery)).toEqual(['abc', 'abc'])
})

it('allows so many calls a second and tells it in headers', async () => {
  fake.change({ perSecond: 2 })
  const answers = []
  for (let call = 0; call < 3; call += 1) answers.push(await resend.batch.send([mail(`r${call}@example.com`)]))
  expect(answers.map(({ error }) => error?.name)).toEqual([undefined, undefined, 'rate_limit_exceeded'])
  expect(answers.map(({ headers }) => headers?.['ratelimit-remaining'])).toEqual(['1', '0', '0'])
  expect(answers[2]?.headers).toMatchObject({ 'ratelimit-limit': '2', 'retry-after': '1' })
  clock.advance(1000)
  expect((await resend.batch.send([mail('x@example.com')])).error).toBeNull()
})

it('sends no more in a day and a month than the quota, and all of a call or nothing', async () => {
  fake.change({ perDay: 2, perMonth: 3 })
  const send = (...to: string[]) => resend.batch.send(to.map((address) => mail(address)))
  expect((await send('a@example.com')).error).toBeNull()
  expect((await send('b@example.com', 'c@example.com')).error?.name).toBe('daily_quota_exceeded')
  clock.set('2026-06-30T00:00:00.000Z')
  expect((await send('b@example.com', 'c@example.com')).error).toBeNull()
  clock.set('2026-06-30T01:00:00.000Z')
  expect((await send('d@example.com')).error?.name).toBe('monthly_quota_exceeded')
  clock.set('2026-07-01T00:00:00.000Z')
  expect((await send('d@example.com')).error).toBeNull()
})

it('lists its domains to a key that may see them, and to no other', async () => {
  expect((await resend.domains.list()).data?.data).toMatchObject([{ name: 'example.com', status: 'verified' }])
  fake.change({ access: 'sending' })
  expect((await resend.domains.list()).error?.name).toBe('restricted_api_key')
  expect((await new Resend('re_other', { baseUrl: fake.url }).domains.list()).error?.name).toBe('invalid_api_key')
})
