import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { resendWebhook } from '../../channels/email/resend/webhook.ts'
import { settingsSchema } from '../../channels/email/settings.ts'
import type { Report } from '../../src/domain/report.ts'
import type { WebDeps } from '../../src/web/app.ts'
import { serve } from '../../src/web/serve.ts'
import { DELIVERY, resendEvent, signed, WEBHOOK_SECRET } from '../channels/email/resend-events.ts'
import { testClock } from '../fixtures/clock.ts'
import { memoryLog, readersOf, sampleApp } from './fixture.ts'

const NOW = new Date('2026-06-29T05:00:00.000Z')
const BODY = resendEvent('email.bounced', { bounce: { type: 'Permanent', message: 'No such user.' } })

// The SDK compares with the machine's own clock.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

/** Takes each report in once, by its identifier, as the store does, and knows one delivery. */
function open(over: Partial<WebDeps> = {}) {
  const told: { report: Report; softBounceEditions: number; now: Date }[] = []
  const store: WebDeps['store'] = {
    ...readersOf(),
    async report(report, rules) {
      if (report.delivery !== DELIVERY) return 'foreign'
      if (told.some(({ report: { id } }) => id === report.id)) return 'repeated'
      told.push({ report, ...rules })
      return 'applied'
    },
  }
  const webhooks = [resendWebhook(settingsSchema.parse({ resend: { webhookSecret: WEBHOOK_SECRET } }), 'here')]
  const log = memoryLog()
  const app = sampleApp({ mode: 'start', store, webhooks, log, ...over })
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
    path = '/webhooks/resend',
  ) => {
    const response = await app.request(path, { method: 'POST', body, headers })
    return [response.status, await response.text()]
  }
  return { app, told, log, post }
}

describe('what a provider tells', () => {
  it('is kept, with the rules of the channel and the time of now, and answered 200', async () => {
    const { told, log, post } = open()
    expect(await post(BODY, signed(BODY, NOW))).toEqual([200, ''])
    expect(told).toEqual([
      {
        report: expect.objectContaining({ id: 'msg_1', kind: 'bounced', delivery: DELIVERY, permanent: true }),
        softBounceEditions: 3,
        now: NOW,
      },
    ])
    expect(log.lines).toEqual([])
  })

  it('is answered 200 also when it was told before, is of mail of others, or says nothing of a delivery', async () => {
    const { told, post } = open()
    const foreign = resendEvent('email.bounced', {
      tags: { installation: 'here', delivery: Buffer.from('email/x').toString('base64url') },
    })
    const bodies = [BODY, BODY, foreign, resendEvent('email.opened'), resendEvent('email.sent', { tags: {} })]
    for (const body of bodies) expect(await post(body, signed(body, NOW))).toEqual([200, ''])
    expect(told).toHaveLength(1)
  })

  it('arrives byte for byte: what is signed may be written in any way', async () => {
    const { told, post } = open()
    const odd = JSON.stringify(JSON.parse(BODY), null, '\t')
      .replace('email.', 'em\\u0061il.')
      .replace('No such', 'Né̀ such')
    expect(await post(odd, { ...signed(odd, NOW), 'Content-Type': 'text/plain' })).toEqual([200, ''])
    expect(told[0]?.report.reason).toContain('such user.')
  })

  it('is asked for again when it could not be kept, and the log names no reader', async () => {
    const broken = { ...readersOf(), report: () => Promise.reject(new Error('database is locked')) }
    const { log, post } = open({ store: broken })
    expect(await post(BODY, signed(BODY, NOW))).toEqual([503, ''])
    expect(log.lines).toEqual([
      'error: What /webhooks/resend told could not be kept; it is told again: database is locked',
    ])
  })
})

describe('what is not believed', () => {
  it('is refused and said in the log, without a word of what it brought', async () => {
    const { told, log, post } = open()
    expect(await post(BODY, {})).toEqual([400, ''])
    expect(await post(`${BODY} `, signed(BODY, NOW))).toEqual([400, ''])
    expect(await post(BODY, signed(BODY, new Date('2026-06-29T04:54:00.000Z')))).toEqual([400, ''])
    const bytes = new TextEncoder().encode(BODY).map((byte, at) => (at === 30 ? 0xff : byte))
    expect(await post(bytes, signed(BODY, NOW))).toEqual([400, ''])
    expect(told).toEqual([])
    // Two of them for the same reason.
    expect(log.lines).toHaveLength(3)
    expect(log.lines[0]).toBe(
      'warn: A call of /webhooks/resend was refused: it is not signed: svix-id, svix-timestamp or svix-signature is missing.',
    )
    expect(log.lines.join()).not.toMatch(/ada|email_id|v1,/)
  })

  it('is said at most once a minute for each reason, with how often it came meanwhile', async () => {
    const clock = testClock()
    const { log, post } = open({ clock })
    for (let call = 0; call < 50; call++) await post(BODY, {})
    await post(`${BODY} `, signed(BODY, NOW))
    expect(log.lines).toHaveLength(2)
    clock.advance(59_999)
    await post(BODY, {})
    expect(log.lines).toHaveLength(2)
    clock.advance(1)
    await post(BODY, {})
    expect(log.lines[2]).toMatch(/svix-signature is missing\. \(50 more since this was last said\.\)$/)
    clock.advance(60_000)
    await post(BODY, {})
    expect(log.lines[3]).toBe(log.lines[0])
    expect(log.lines).toHaveLength(4)
  })

  it('may not be larger than 256 kB, however well it is signed', async () => {
    const { told, post } = open()
    const pad = (length: number) => BODY.replace('No such user.', 'x'.repeat(length - BODY.length + 13))
    const [fits, large] = [pad(256 * 1024), pad(256 * 1024 + 1)]
    expect(await post(large, { ...signed(large, NOW), 'Content-Length': String(large.length) })).toEqual([413, ''])
    expect(await post(large, signed(large, NOW))).toEqual([413, ''])
    expect(told).toEqual([])
    expect(await post(fits, signed(fits, NOW))).toEqual([200, ''])
  })
})

describe('where it is told', () => {
  it.each(['/webhooks/other', '/webhooks/constructor', '/webhooks/resend/', '/webhooks/resend/x', '/webhooks'])(
    'is nowhere but at the webhooks that are configured: POST %s is answered by none',
    async (path) => {
      const { told, post } = open()
      expect([404, 405]).toContain((await post(BODY, signed(BODY, NOW), path))[0])
      expect(told).toEqual([])
    },
  )

  it('is not there without a configured webhook', async () => {
    const { app, post } = open({ webhooks: [] })
    expect(await post(BODY, signed(BODY, NOW))).toEqual([404, ''])
    expect((await app.request('/webhooks/resend')).status).toBe(404)
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('is reached by POST alone: %s', async (method) => {
    const { app, told } = open()
    const response = await app.request('/webhooks/resend', { method, headers: signed('', NOW) })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('POST')
    expect(told).toEqual([])
  })

  it('is not in a preview', async () => {
    const { told, post } = open({ mode: 'preview' })
    expect((await post(BODY, signed(BODY, NOW)))[0]).toBe(405)
    expect(told).toEqual([])
  })

  it('is reached over a socket', async () => {
    const { app, told } = open()
    const { url, close } = await serve(app, { port: 0 })
    try {
      const call = async (body: string) =>
        (await fetch(`${url}/webhooks/resend`, { method: 'POST', body, headers: signed(body, NOW) })).status
      expect([await call(BODY), await call(BODY), await call('x'.repeat(300_000))]).toEqual([200, 200, 413])
      expect(told).toHaveLength(1)
    } finally {
      await close()
    }
  })
})
