import { describe, expect, it } from 'vitest'
import { type Answer, rateHint, rateWaitUntil } from '../../../../channels/email/resend/pace.ts'
import { retryAfter } from '../../../../src/channel/retry-after.ts'

const now = new Date('2026-06-29T05:00:00.000Z')

function answer(headers: Readonly<Record<string, string>>): Answer {
  return { status: 200, body: '', header: (name) => headers[name] }
}

describe('the rate that an answer tells', () => {
  it.each([
    [{ 'ratelimit-limit': '5' }, 5],
    [{ 'ratelimit-limit': '10', 'ratelimit-policy': '10;w=1' }, 10],
    [{ 'ratelimit-limit': '120', 'ratelimit-policy': '120;w=60' }, 2],
    [{ 'ratelimit-policy': '"default";q=10;w=2' }, 5],
    [{ 'ratelimit-limit': '0.5' }, 0.5],
  ])('%j is %d calls a second', (headers, limitPerSecond) => {
    expect(rateHint(answer(headers))).toEqual({ limitPerSecond })
  })

  it.each([
    {},
    { 'ratelimit-limit': '' },
    { 'ratelimit-limit': '0' },
    { 'ratelimit-limit': '-3' },
    { 'ratelimit-limit': 'many' },
    { 'ratelimit-limit': '1e99' },
  ])('%j tells nothing', (headers) => {
    expect(rateHint(answer(headers))).toEqual({})
  })
})

describe('the wait that an answer asks for', () => {
  it.each([
    ['3', '2026-06-29T05:00:03.000Z'],
    ['0.5', '2026-06-29T05:00:00.500Z'],
    ['Mon, 29 Jun 2026 05:00:20 GMT', '2026-06-29T05:00:20.000Z'],
  ])('Retry-After: %s', (text, expected) => {
    expect(retryAfter(answer({ 'retry-after': text }), now)?.toISOString()).toBe(expected)
  })

  it.each(['', '0', '-1', 'soon', 'Mon, 29 Jun 2026 04:00:00 GMT', '99999999999999999999'])(
    'is none for Retry-After: %j',
    (text) => {
      expect(retryAfter(answer({ 'retry-after': text }), now)).toBeUndefined()
    },
  )

  it('is the end of the window where nothing is left of it', () => {
    const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': '7' }
    expect(rateWaitUntil(answer(headers), now)?.toISOString()).toBe('2026-06-29T05:00:07.000Z')
    expect(rateWaitUntil(answer({ ...headers, 'ratelimit-remaining': '1' }), now)).toBeUndefined()
  })

  it('is an hour at most', () => {
    expect(rateWaitUntil(answer({ 'retry-after': '86400' }), now)?.toISOString()).toBe('2026-06-29T06:00:00.000Z')
  })
})
