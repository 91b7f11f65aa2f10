import { createServer, type Server, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { diagnoseEmail } from '../../../channels/email/doctor.ts'
import { fullName } from '../../../channels/email/doctor/resend-domain.ts'
import { sendTestMail } from '../../../channels/email/doctor/test-mail.ts'
import { settingsSchema } from '../../../channels/email/settings.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import { createApi } from '../../../src/world/api.ts'
import { testClock, type TestClock } from '../../fixtures/clock.ts'
import { dkimRecord, listen, said, scriptedDns } from './doctor-support.ts'
import { sampleHouse } from './support.ts'

const KEY = 're_secret_key_of_the_test'
const api = createApi({ userAgent: 'groundwire/test' })
const NOW = '2026-06-29T05:00:00.000Z'

interface Called {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly key: string | undefined
  readonly body: string
}
interface Answer {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Answers by path; `undefined` never answers, and what is not in the table is not found. */
async function resend(answers: Readonly<Record<string, Answer | undefined>>) {
  const calls: Called[] = []
  const server = createServer((request, response) => {
    const pieces: Uint8Array[] = []
    request.on('data', (piece: Uint8Array) => pieces.push(piece))
    request.on('end', () => {
      const { method, url: path } = request
      const key = request.headers['idempotency-key']
      const body = Buffer.concat(pieces).toString()
      calls.push({ method, path, key: typeof key === 'string' ? key : undefined, body })
      const { pathname } = new URL(path ?? '', 'http://x')
      const answer = Object.hasOwn(answers, pathname) ? answers[pathname] : refusal(404, 'not_found')
      if (answer) reply(response, answer)
    })
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${await listen(server)}`, calls }
}

function reply(response: ServerResponse, { status = 200, body, headers = {} }: Answer): void {
  response.writeHead(status, { date: new Date(NOW).toUTCString(), 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

function refusal(status: number, name: string): Answer {
  return { status, body: { name, statusCode: status, message: `no: reader@example.org ${KEY}` } }
}

const domain = { id: 'd1', name: 'a.example', status: 'verified', region: 'eu-west-1' }
const usage = {
  emails: { daily: { used: 37, limit: 100 }, monthly: { used: 37, limit: 3000 } },
  rate_limit: { limit: 5, duration: '1s' },
}
const domains = (...data: unknown[]): Answer => ({ body: { object: 'list', has_more: false, data } })
const detail = (more: object = {}): Answer => ({
  body: {
    ...domain,
    open_tracking: false,
    click_tracking: false,
    records: [
      {
        record: 'SPF',
        type: 'MX',
        name: 'send',
        value: 'feedback-smtp.eu-west-1.amazonses.com',
        priority: 10,
        status: 'verified',
      },
      { record: 'SPF', type: 'TXT', name: 'send', value: 'v=spf1 include:amazonses.com ~all', status: 'verified' },
      { record: 'DKIM', type: 'TXT', name: 'resend._domainkey', value: 'p=x', status: 'verified' },
    ],
    ...more,
  },
})
const healthy = { '/domains': domains(domain), '/domains/d1': detail(), '/usage': { body: usage } }

const dns = scriptedDns({
  txt: {
    'send.a.example': ['v=spf1 include:amazonses.com ~all'],
    'amazonses.com': ['v=spf1 ip4:192.0.2.0/24 -all'],
    'resend._domainkey.a.example': [dkimRecord(1024)],
    '_dmarc.a.example': ['v=DMARC1; p=none; rua=mailto:x@a.example'],
  },
  mx: { 'a.example': ['mx.a.example'], 'send.a.example': ['feedback-smtp.eu-west-1.amazonses.com'] },
})

async function diagnose(
  answers: Parameters<typeof resend>[0],
  {
    more = {},
    from = 'Morning <digest@a.example>',
    clock = testClock(NOW),
  }: { more?: object; from?: string; clock?: TestClock } = {},
): Promise<Finding[]> {
  const { url } = await resend(answers)
  const settings = settingsSchema.parse({ from, resend: { apiKey: KEY, baseUrl: url, ...more } })
  const findings = await diagnoseEmail(settings, { clock, api, dns }, sampleHouse)
  expect(JSON.stringify(findings)).not.toContain(KEY)
  expect(JSON.stringify(findings)).not.toContain('reader@')
  return findings
}

function one(findings: readonly Finding[], code: string): Finding {
  const [found, ...more] = findings.filter((finding) => finding.code === code)
  if (!found || more.length > 0)
    throw new Error(`${code} is there ${more.length + (found ? 1 : 0)} times: ${said(findings).join()}`)
  return found
}

describe('a Resend account', () => {
  it('in order needs nothing but the webhook', async () => {
    const findings = await diagnose(healthy)
    expect(said(findings).filter((line) => !line.startsWith('note'))).toEqual(['warning webhook-secret'])
    expect(one(findings, 'resend-domain').message).toBe('Resend sends for a.example (eu-west-1): verified.')
    expect(one(findings, 'webhook-secret').advice).toContain(`${sampleHouse.publicUrl}/webhooks/resend`)
  })

  it('is asked at a pace that no plan refuses, and changed by nothing', async () => {
    const clock = testClock(NOW)
    const { url, calls } = await resend(healthy)
    const settings = settingsSchema.parse({ from: 'x@a.example', resend: { apiKey: KEY, baseUrl: url } })
    await diagnoseEmail(settings, { clock, api, dns }, sampleHouse)
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /domains?limit=100',
      'GET /usage',
      'GET /domains/d1',
    ])
    expect(clock.now().toISOString()).toBe('2026-06-29T05:00:01.000Z')
  })

  it('tells what the rate and the quota mean', async () => {
    const findings = await diagnose(healthy)
    expect(one(findings, 'resend-rate').message).toContain('10,000 readers take 50 s')
    expect(findings.filter(({ code }) => code === 'resend-quota').map(({ message }) => message)).toEqual([
      'The plan allows 100 mails a day; 63 are left today.',
      'The plan allows 3,000 mails a month; 2,963 are left this month.',
    ])
  })

  it('is asked to be configured no faster than it allows', async () => {
    const rate = one(await diagnose(healthy, { more: { callsPerSecond: 8 } }), 'resend-rate')
    expect(rate).toMatchObject({ severity: 'warning' })
    expect(rate.advice).toContain('callsPerSecond to 5')
  })

  it('tells its rate by its headers where the key may not read the usage', async () => {
    const answers = { ...healthy, '/usage': refusal(401, 'restricted_api_key') }
    const told = { ...domains(domain), headers: { 'ratelimit-limit': '3', 'ratelimit-reset': '1' } }
    expect(one(await diagnose({ ...answers, '/domains': told }), 'resend-rate').message).toContain('allows 3 calls')
  })

  it.each([
    [refusal(401, 'restricted_api_key'), 'note resend-key'],
    [refusal(403, 'invalid_api_key'), 'error resend-key'],
    [refusal(401, 'missing_api_key'), 'error resend-key'],
    [refusal(429, 'rate_limit_exceeded'), 'warning resend-busy'],
    [{ status: 429, body: '<html>slow</html>' }, 'warning resend-busy'],
    [refusal(500, 'internal_server_error'), 'error resend-unreachable'],
    [{ status: 502, body: { message: 'no name' } }, 'error resend-unreachable'],
    [{ body: '<html>a proxy</html>' }, 'error resend-unreachable'],
    [{ body: { data: 'not a list' } }, 'error resend-unreachable'],
  ])('that answers %j', async (answer, expected) => {
    const findings = await diagnose({ ...healthy, '/domains': answer })
    expect(said(findings)).toContain(expected)
    // The DNS is looked at all the same.
    expect(said(findings)).toContain('note spf-ok')
  })

  it('that never answers is left after the configured time', async () => {
    const clock = testClock(NOW)
    const { url, calls } = await resend({ '/domains': undefined })
    const settings = settingsSchema.parse({ from: 'x@a.example', resend: { apiKey: KEY, baseUrl: url } })
    const found = diagnoseEmail(settings, { clock, api, dns }, sampleHouse)
    await expect.poll(() => calls.length).toBe(1)
    clock.advance(30_000)
    expect(said(await found)).toContain('error resend-unreachable')
  })

  it.each([`${KEY}\nx`, `${KEY} x`, `${KEY}\0`, `${KEY}…`, ' '])(
    'never sees a key that no header can carry: %j',
    (apiKey) => {
      const read = settingsSchema.safeParse({ from: 'x@a.example', resend: { apiKey, webhookSecret: apiKey } })
      expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual(['resend.apiKey', 'resend.webhookSecret'])
      expect(read.error?.message).not.toContain(KEY)
    },
  )

  it('gets its key without the white space that came along when it was copied', async () => {
    const read = settingsSchema.parse({
      resend: { apiKey: ` ${KEY}\n`, webhookSecret: 'whsec_x\r\n' },
      from: 'x@a.example',
    })
    expect([read.resend.apiKey, read.resend.webhookSecret]).toEqual([KEY, 'whsec_x'])
  })

  it('whose answer has no end is not read to it', async () => {
    const endless = createServer((_, response) => {
      const piece = 'x'.repeat(65_536)
      const go = (): void => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', go)
      }
      go()
    })
    servers.push(endless)
    const baseUrl = `http://127.0.0.1:${await listen(endless)}`
    const settings = settingsSchema.parse({ from: 'x@a.example', resend: { apiKey: KEY, baseUrl } })
    const findings = await diagnoseEmail(settings, { clock: testClock(NOW), api, dns }, sampleHouse)
    expect(said(findings)).toContain('error resend-unreachable')
  })

  it('that is asked by a machine whose clock is off says so', async () => {
    for (const [at, severity] of [
      ['2026-06-29T05:00:59.000Z', undefined],
      ['2026-06-29T05:01:01.000Z', 'warning'],
      ['2026-06-29T05:05:00.000Z', 'warning'],
      ['2026-06-29T04:54:59.000Z', 'error'],
    ] as const) {
      const findings = await diagnose(healthy, { clock: testClock(at) })
      expect([at, findings.find(({ code }) => code === 'clock-off')?.severity]).toEqual([at, severity])
    }
  })
})

describe('the domain at Resend', () => {
  it('must be known, and a parent is not enough', async () => {
    const unknown = one(
      await diagnose({ ...healthy, '/domains': domains({ ...domain, name: 'b.example' }) }),
      'resend-domain',
    )
    expect(unknown).toMatchObject({ severity: 'error' })
    expect(unknown.message).toContain('"b.example"')
    const below = one(await diagnose(healthy, { from: 'x@news.a.example' }), 'resend-domain')
    expect(below).toMatchObject({ severity: 'error' })
    expect(below.message).toContain('"a.example", but not news.a.example')
  })

  it('that is not verified names the records to publish', async () => {
    const records = [
      { record: 'DKIM', type: 'TXT', name: 'resend._domainkey', value: 'p=MIGf', status: 'verified' },
      {
        record: 'SPF',
        type: 'MX',
        name: 'send',
        value: 'feedback-smtp.eu-west-1.amazonses.com',
        priority: 10,
        status: 'failed',
      },
    ]
    const answers = {
      ...healthy,
      '/domains': domains({ ...domain, status: 'failed' }),
      '/domains/d1': detail({ records }),
    }
    const found = one(await diagnose(answers), 'resend-domain')
    expect(found).toMatchObject({ severity: 'error' })
    expect(found.advice).toContain('at send.a.example: MX 10 "feedback-smtp.eu-west-1.amazonses.com"')
    expect(found.advice).not.toContain('MIGf')
  })

  it('that tracks clicks rewrites the link to unsubscribe', async () => {
    const findings = await diagnose({ ...healthy, '/domains/d1': detail({ click_tracking: true }) })
    expect(one(findings, 'resend-tracking')).toMatchObject({ severity: 'warning' })
  })

  it('of the trial reaches nobody', async () => {
    const findings = await diagnose(healthy, { from: 'onboarding@resend.dev' })
    expect(said(findings)).toContain('error resend-trial')
    expect(said(findings).join()).not.toMatch(/spf|dmarc/)
  })

  it.each([
    ['send', 'a.example', 'send.a.example'],
    ['send.news', 'news.a.example', 'send.news.a.example'],
    ['resend._domainkey.x.news', 'x.news.a.example', 'resend._domainkey.x.news.a.example'],
    ['send.a.example.', 'a.example', 'send.a.example'],
    ['@', 'a.example', 'a.example'],
  ])('has its record %s of %s at %s', (name, of, full) => {
    expect(fullName(name, of)).toBe(full)
  })
})

describe('the webhook', () => {
  const webhookSecret = `whsec_${'c2VjcmV0'.repeat(4)}`
  const endpoint = `${sampleHouse.publicUrl}/webhooks/resend`
  const events = ['email.delivered', 'email.bounced', 'email.complained', 'email.failed', 'email.suppressed']
  const listed = (...data: unknown[]) => ({
    ...healthy,
    '/webhooks': { body: { object: 'list', has_more: false, data } },
  })

  it.each([
    [[{ endpoint, status: 'enabled', events }], 'note'],
    [[{ endpoint: `${endpoint}/`, status: 'enabled', events: null }], 'note'],
    [[{ endpoint, status: 'disabled', events }], 'warning'],
    [[{ endpoint, status: 'enabled', events: events.slice(1) }], 'warning'],
    [[{ endpoint: 'https://elsewhere.example/hook', status: 'enabled', events }], 'warning'],
    [[], 'warning'],
  ])('registered as %j', async (webhooks, severity) => {
    const found = one(await diagnose(listed(...webhooks), { more: { webhookSecret } }), 'webhook')
    expect(found.severity).toBe(severity)
  })

  it('with a secret that is none of Resend’s would be refused', async () => {
    const findings = await diagnose(healthy, { more: { webhookSecret: 'hunter2' } })
    expect(one(findings, 'webhook-secret')).toMatchObject({ severity: 'error' })
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  })
})

describe('a test mail by Resend', () => {
  const from = '"Morning, Check" <digest@a.example>'
  async function send(answer: Answer | undefined, at = NOW) {
    const { url, calls } = await resend({ '/emails': answer })
    const clock = testClock(at)
    const settings = settingsSchema.parse({ from, replyTo: 'us@a.example', resend: { apiKey: KEY, baseUrl: url } })
    const outbox = { put: async () => expect.fail('nothing goes to the outbox') }
    const finding = sendTestMail(settings, { clock, api, outbox }, sampleHouse, 'reader@example.org')
    return { finding, calls, clock }
  }

  it('goes out once, with a key of its address and minute', async () => {
    const first = await send({ body: { id: 'e-1' } })
    expect(await first.finding).toMatchObject({ severity: 'note', code: 'test-sent' })
    const again = await send({ body: { id: 'e-1' } }, '2026-06-29T05:00:59.000Z')
    const later = await send({ body: { id: 'e-2' } }, '2026-06-29T05:01:00.000Z')
    await Promise.all([again.finding, later.finding])
    expect(first.calls).toHaveLength(1)
    expect(again.calls).toEqual(first.calls)
    expect(later.calls[0]?.key).not.toBe(first.calls[0]?.key)
    expect(first.calls[0]?.key).toMatch(/^doctor\/[0-9a-f]{40}$/)
    expect(JSON.parse(first.calls[0]?.body ?? '')).toMatchObject({
      from: '"Morning, Check" <digest@a.example>',
      to: 'reader@example.org',
      reply_to: 'us@a.example',
    })
  })

  it('that is refused says so without the address or the key', async () => {
    const finding = await (await send(refusal(403, 'validation_error'))).finding
    expect(finding).toMatchObject({ severity: 'error', code: 'test-failed' })
    expect(finding.message).toContain('403 validation_error')
    expect(JSON.stringify(finding)).not.toMatch(/reader@|re_secret/)
  })

  it.each([[{ body: '<html>' }], [{ status: 502, body: '<html>' }]])('answered by %j may have left', async (answer) => {
    expect((await (await send(answer)).finding).message).toContain('may have left')
  })

  it('that is never answered is given up', async () => {
    const { finding, calls, clock } = await send(undefined)
    await expect.poll(() => calls.length).toBe(1)
    clock.advance(30_000)
    expect((await finding).message).toContain('may have left')
  })
})
