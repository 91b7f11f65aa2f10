import { describe, expect, it } from 'vitest'
import { classify, harmless, type Verdict } from '../../../../channels/email/resend/classify.ts'
import { errorAnswer, providerErrors } from '../../../fakes/resend-faults.ts'

const now = new Date('2026-06-29T05:00:00.000Z')
const html = '<!doctype html><title>502 Bad Gateway</title>'

function read(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}, mails = 2): Verdict {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return classify({ status, body: text, header: (name) => headers[name] }, mails, now)
}

function named(name: keyof typeof providerErrors, more: Parameters<typeof errorAnswer>[1] = {}): Verdict {
  const { status, body, headers } = errorAnswer(name, more)
  return read(status, body, headers)
}

describe('what the SDK makes of answers, and what they mean', () => {
  it('200 with an id for each mail is sent', () => {
    expect(read(200, { data: [{ id: 'a' }, { id: 'b' }] })).toEqual({ kind: 'sent', ids: ['a', 'b'] })
  })

  it.each([
    ['200 with HTML', 200, html],
    ['200 with nothing', 200, ''],
    ['200 with null', 200, 'null'],
    ['200 with an error', 200, { name: 'validation_error', message: 'x' }],
    ['200 with too few ids', 200, { data: [{ id: 'a' }] }],
    ['200 with too many ids', 200, { data: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }],
    ['200 with an empty id', 200, { data: [{ id: 'a' }, { id: '' }] }],
    ['204', 204, ''],
    ['301', 301, ''],
    ['502 with HTML', 502, html],
    ['502 with JSON that has no name', 502, { message: 'upstream' }],
    ['500 with a known refusal, which a 5xx is not', 500, { name: 'validation_error', message: 'x' }],
    ['503 that names a rate', 503, { name: 'rate_limit_exceeded', message: 'x' }],
    ['400 without a name', 400, { message: 'x' }],
    ['400 with null', 400, 'null'],
    ['404 with HTML', 404, html],
    ['408', 408, ''],
    ['409 without a name', 409, {}],
    ['422 with HTML', 422, html],
    ['an unheard-of name', 422, { name: 'something_new', message: 'x' }],
    ['the name of a property every object has', 422, { name: 'constructor', message: 'x' }],
    ['a name that is no text', 422, { name: 7 }],
  ])('%s is unknown', (_what, status, body) => {
    expect(read(status, body).kind).toBe('unknown')
  })

  it.each([
    ['HTML of a proxy', html],
    ['no body', ''],
    ['an error without a name', { message: 'slow down' }],
    ['the name the SDK makes up', { name: 'application_error', message: 'x' }],
  ])('429 with %s is a rate: wait', (_what, body) => {
    const until = new Date('2026-06-29T05:00:01.000Z')
    expect(read(429, body)).toMatchObject({
      kind: 'later',
      notBefore: until,
      hint: { throttled: true, pauseUntil: until },
    })
  })

  it.each([401, 403])('%i without a name is a matter of the account', (status) => {
    expect(read(status, html)).toMatchObject({ kind: 'later', notBefore: new Date('2026-06-29T05:05:00.000Z') })
  })

  it('413 is a call too large', () => {
    expect(read(413, html)).toMatchObject({ kind: 'refused', cause: 'size' })
  })
})

describe('errors by name', () => {
  /** Every name there is. */
  const meaning: Readonly<Record<keyof typeof providerErrors, Verdict['kind'] | 'repair'>> = {
    invalid_idempotency_key: 'repair',
    validation_error: 'refused',
    missing_api_key: 'repair',
    restricted_api_key: 'repair',
    invalid_api_key: 'repair',
    not_found: 'repair',
    method_not_allowed: 'repair',
    invalid_idempotent_request: 'unknown',
    concurrent_idempotent_requests: 'unknown',
    invalid_attachment: 'repair',
    invalid_from_address: 'repair',
    invalid_access: 'repair',
    invalid_parameter: 'repair',
    invalid_region: 'repair',
    missing_required_field: 'repair',
    monthly_quota_exceeded: 'later',
    daily_quota_exceeded: 'later',
    rate_limit_exceeded: 'later',
    security_error: 'repair',
    application_error: 'unknown',
    internal_server_error: 'unknown',
  }
  const names = Object.keys(providerErrors).filter((name): name is keyof typeof providerErrors => name in meaning)

  it.each(names)('%s', (name) => {
    const verdict = named(name)
    const expected = meaning[name]
    expect(verdict.kind).toBe(expected === 'repair' ? 'later' : expected)
    if (expected !== 'repair' || verdict.kind !== 'later') return
    const until = new Date('2026-06-29T05:05:00.000Z')
    expect(verdict.notBefore).toEqual(until)
    expect(verdict.hint).toEqual({ pauseUntil: until })
    expect(verdict.reason).toMatch(new RegExp(`^Resend refuses to send \\(${name}.*\\): \\w+`))
  })

  it('a rate waits as long as it is told, in seconds or until a date', () => {
    const inSeconds = named('rate_limit_exceeded', { headers: { 'retry-after': '4' } })
    expect(inSeconds).toMatchObject({ notBefore: new Date('2026-06-29T05:00:04.000Z'), hint: { throttled: true } })
    const byDate = named('rate_limit_exceeded', { headers: { 'retry-after': 'Mon, 29 Jun 2026 05:00:09 GMT' } })
    expect(byDate).toMatchObject({ notBefore: new Date('2026-06-29T05:00:09.000Z') })
  })

  it.each([
    ['daily_quota_exceeded', '2026-06-29T05:00:00Z', '2026-06-30T00:00:00.000Z'],
    ['daily_quota_exceeded', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00.000Z'],
    ['monthly_quota_exceeded', '2026-06-29T05:00:00Z', '2026-07-01T00:00:00.000Z'],
    ['monthly_quota_exceeded', '2026-12-31T05:00:00Z', '2027-01-01T00:00:00.000Z'],
  ] as const)('%s at %s is a quota, not a rate: wait until %s', (name, at, until) => {
    const { status, body } = errorAnswer(name)
    const verdict = classify({ status, body, header: () => undefined }, 1, new Date(at))
    expect(verdict).toMatchObject({ kind: 'later', notBefore: new Date(until), hint: { pauseUntil: new Date(until) } })
    expect(verdict).not.toHaveProperty('hint.throttled')
  })

  it('a quota waits longer when it is told to', () => {
    const verdict = named('daily_quota_exceeded', { headers: { 'retry-after': String(48 * 3600) } })
    expect(verdict).toMatchObject({ notBefore: new Date('2026-07-01T05:00:00.000Z') })
  })

  it.each(['The example.com domain is not verified.', 'You can only send testing emails to your own email address'])(
    'validation_error 403 is a matter of the account: %s',
    (message) => {
      expect(named('validation_error', { status: 403, message })).toMatchObject({ kind: 'later' })
    },
  )

  it.each([
    ['Invalid `to` field. The email address needs to follow the format.', 'recipient'],
    ['emails[3].to: must be an address', 'recipient'],
    ['We found an error with one or more fields in the request.', 'unclear'],
  ])('validation_error 422 %j is refused for one mail', (message, cause) => {
    expect(named('validation_error', { message })).toEqual({ kind: 'refused', cause, message })
    expect(named('validation_error', { message, status: 400 })).toMatchObject({ kind: 'refused', cause })
  })

  it.each(['Invalid `from` field.', 'emails[0].subject: too long', 'Missing `html` or `text` field.'])(
    'validation_error 422 %j is about what all mails share: nobody is given up',
    (message) => {
      expect(named('validation_error', { message })).toMatchObject({
        kind: 'later',
        hint: { pauseUntil: expect.any(Date) },
      })
    },
  )

  it('says what to do where only a person can help', () => {
    expect(named('invalid_api_key')).toMatchObject({ reason: expect.stringContaining('RESEND_API_KEY') })
    expect(named('invalid_idempotent_request')).toMatchObject({
      isFinal: true,
      reason: expect.stringContaining('look there which were sent'),
    })
  })
})

it('keeps addresses, keys and floods out of what it repeats', () => {
  expect(harmless('Bad `to`: "jane doe"@corp.example, ann%40example.com')).toBe('Bad `to`: … …')
  expect(harmless('Invalid: <ann@example.com>, key re_AbC_123.')).toBe('Invalid: … key …')
  expect(harmless(`a\r\nb${'x'.repeat(5000)}`)).toHaveLength(200)
})
