import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { emailChannel } from '../../../channels/email/index.ts'
import { resendWebhook } from '../../../channels/email/resend/webhook.ts'
import { settingsSchema } from '../../../channels/email/settings.ts'
import { DELIVERY, resendEvent, signed, WEBHOOK_SECRET } from './resend-events.ts'

const NOW = new Date('2026-06-29T05:02:00.000Z')
const MINUTE = 60_000

// The SDK compares with the machine's own clock.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

function webhook(webhookSecret = WEBHOOK_SECRET) {
  return resendWebhook(settingsSchema.parse({ resend: { webhookSecret }, softBounceEditions: 4 }), 'here')
}

/** Reads a body under these headers; whatever their case, as HTTP has it. */
function read(body: string, headers: Readonly<Record<string, string>> = signed(body, NOW), secret = WEBHOOK_SECRET) {
  return webhook(secret).read(body, (name) => headers[name.toLowerCase()])
}

describe('what Resend tells of a mail', () => {
  it.each([
    ['email.sent', 'accepted'],
    ['email.delivery_delayed', 'delayed'],
    ['email.delivered', 'delivered'],
    ['email.failed', 'failed'],
    ['email.suppressed', 'suppressed'],
    ['email.bounced', 'bounced'],
    ['email.complained', 'complained'],
  ])('%s is %s, of the delivery that its tag names', async (type, kind) => {
    expect(await read(resendEvent(type))).toEqual({
      kind: 'report',
      report: {
        id: 'msg_1',
        kind,
        at: '2026-06-29T03:00:01.500Z',
        delivery: DELIVERY,
        remoteId: '4ef9a417-02e9-4d39-ad75-9611e0fcc33c',
        permanent: false,
        reason: '',
      },
    })
  })

  it.each([
    ['Permanent', true],
    ['Transient', false],
    ['Undetermined', false],
    [undefined, false],
    [7, false],
  ])('a bounce of type %s: for ever is %s', async (type, permanent) => {
    const body = resendEvent('email.bounced', { bounce: { type, subType: 'General', message: 'No such user.' } })
    expect(await read(body)).toMatchObject({ report: { kind: 'bounced', permanent, reason: 'No such user.' } })
  })

  it('only a bounce is for ever', async () => {
    const body = resendEvent('email.delivery_delayed', { bounce: { type: 'Permanent' } })
    expect(await read(body)).toMatchObject({ report: { kind: 'delayed', permanent: false } })
  })

  it.each([
    ['email.bounced', { bounce: { type: 'Transient', subType: 'MailboxFull' } }, 'MailboxFull'],
    ['email.failed', { failed: { reason: 'invalid_recipient' } }, 'invalid_recipient'],
    ['email.suppressed', { suppressed: { type: 'hard', message: 'On the list.' } }, 'On the list.'],
    ['email.bounced', { bounce: 'none' }, ''],
    ['email.failed', { failed: null }, ''],
  ])('%s says why, as far as it was told: %j', async (type, data, reason) => {
    expect(await read(resendEvent(type, data))).toMatchObject({ report: { reason } })
  })

  it('understands tags as a list as well', async () => {
    const tags = [
      { name: 'installation', value: 'here' },
      { name: 'edition', value: 'daily' },
      { name: 'delivery', value: Buffer.from('é/ü').toString('base64url') },
    ]
    expect(await read(resendEvent('email.delivered', { tags }))).toMatchObject({ report: { delivery: 'é/ü' } })
  })

  it('takes the time of its signature where it does not say when it happened', async () => {
    for (const created_at of [undefined, 'yesterday', '2026-06-29 05:00:00', '2026-06-29T05:00:00', 12]) {
      const body = JSON.stringify({ ...JSON.parse(resendEvent('email.delivered')), created_at })
      expect(await read(body)).toMatchObject({ report: { at: NOW.toISOString() } })
    }
  })

  it('keeps a report without the provider’s id of the mail', async () => {
    expect(await read(resendEvent('email.bounced', { email_id: null }))).toMatchObject({ report: { remoteId: '' } })
  })

  it.each([
    ['without tags', { tags: undefined }],
    ['of another installation', { tags: { installation: 'there', delivery: 'ZW1haWwveA' } }],
    ['of no installation', { tags: { delivery: 'ZW1haWwveA' } }],
    ['with tags of others', { tags: { delivery_id: 'x' } }],
    ['with an empty tag', { tags: { installation: 'here', delivery: '' } }],
    ['with a tag that is not base64url', { tags: { installation: 'here', delivery: 'email/daily' } }],
    ['with a tag that is not UTF-8', { tags: { installation: 'here', delivery: '_w' } }],
    ['with a tag of another shape', { tags: { installation: 'here', delivery: { a: 1 } } }],
    ['with tags of another shape', { tags: 'delivery' }],
  ])('ignores mail that is not ours: %s', async (_what, data) => {
    expect(await read(resendEvent('email.bounced', data))).toEqual({ kind: 'ignored' })
  })

  it.each(['email.opened', 'email.clicked', 'email.scheduled', 'contact.created', 'constructor', '', 'x'.repeat(1000)])(
    'ignores what says nothing of a delivery: %s',
    async (type) => {
      expect(await read(resendEvent(type))).toEqual({ kind: 'ignored' })
    },
  )
})

describe('reasons', () => {
  const reasonOf = async (message: string) => {
    const told = await read(resendEvent('email.bounced', { bounce: { type: 'Permanent', subType: 'x', message } }))
    return told.kind === 'report' ? told.report.reason : told.kind
  }

  it.each([
    ['550 5.1.1 <ada@reader.example>: no such user', '550 5.1.1 … no such user'],
    ['rcpt=ada+news@reader.example;x', '…'],
    ['unknown "ada b. c"@reader.example here', 'unknown … here'],
    ['see https://x.example/?u=ada%40reader.example now', 'see … now'],
    ['an odd " and ada@reader.example', 'an odd " and …'],
    ['Ада@почта.example', '…'],
    ['two\r\nlines\u0000\u202e', 'two lines'],
  ])('name no reader and are one line: %j', async (message, reason) => {
    expect(await reasonOf(message)).toBe(reason)
  })

  it('are cut to 300 characters, never through one', async () => {
    const reason = await reasonOf('🐝'.repeat(400))
    expect(reason.length).toBeLessThanOrEqual(300)
    expect(reason.isWellFormed()).toBe(true)
  })

  it.each([`${'a'.repeat(250_000)}@`, '"'.repeat(250_000), 'a"'.repeat(125_000), '@ '.repeat(125_000)])(
    'are read in no time, however they are made',
    async (message) => {
      const before = performance.now()
      await reasonOf(message)
      expect(performance.now() - before).toBeLessThan(1000)
    },
  )
})

describe('what is not believed', () => {
  const body = resendEvent('email.complained')
  const refused = async (...given: Parameters<typeof read>) => {
    const result = await read(...given)
    if (result.kind !== 'refused') throw new Error(`it was believed: ${result.kind}`)
    expect(result.reason).not.toMatch(/ada|reader|whsec_[A-Za-z0-9]|v1,/)
    return result.reason
  }

  it('a body that was changed after it was signed, by as little as a space', async () => {
    const headers = signed(body, NOW)
    for (const changed of [body.replace('complained', 'delivered'), `${body} `, ''])
      expect(await refused(changed, headers)).toContain('its signature does not fit')
  })

  it('the headers of another body, another time or another identifier', async () => {
    const headers = signed(body, NOW)
    const timestamp = String(NOW.getTime() / 1000 - 1)
    expect(await refused(body, signed('{}', NOW))).toContain('signature')
    expect(await refused(body, { ...headers, 'svix-timestamp': timestamp })).toContain('signature')
    expect(await refused(body, { ...headers, 'svix-id': 'msg_2' })).toContain('signature')
  })

  it('a signature of another secret', async () => {
    expect(await refused(body, signed(body, NOW, { secret: 'whsec_b3RoZXI=' }))).toContain('of another webhook')
  })

  it.each([
    ['old', -6],
    ['from the future', 6],
  ])('a time that is more than five minutes off: %s', async (_what, minutes) => {
    const headers = signed(body, new Date(NOW.getTime() + minutes * MINUTE))
    expect(await refused(body, headers)).toContain('more than five minutes')
  })

  it.each(['svix-id', 'svix-timestamp', 'svix-signature'])('a call without %s, or with nothing in it', async (name) => {
    const { [name]: _left, ...others } = signed(body, NOW)
    expect(await refused(body, others)).toContain('not signed')
    expect(await refused(body, { ...others, [name]: '' })).toContain('not signed')
  })

  it.each(['v1', 'v1,', 'v2,AAAA', ',', 'v1,v1,v1', 'constructor', 'v1a,AAAA'])(
    'an empty shell: %s',
    async (signature) => {
      expect(await refused(body, { ...signed(body, NOW), 'svix-signature': signature })).toContain('signature')
    },
  )

  it.each(['soon', 'NaN', '1e400', '-1', '0'])('a time that is none: %s', async (timestamp) => {
    expect((await read(body, { ...signed(body, NOW), 'svix-timestamp': timestamp })).kind).toBe('refused')
  })

  it('an identifier into which what is signed could run over', async () => {
    for (const id of ['msg.1', 'msg 1', 'x'.repeat(201)])
      expect(await refused(body, signed(body, NOW, { id }))).toContain('svix-id')
  })

  it('well signed words that are no event', async () => {
    expect(await refused('not JSON', signed('not JSON', NOW))).toBe('it is well signed but not JSON')
    for (const text of ['', 'null', '[]', '"email.sent"', '{"type":1}', '{"__proto__":{"type":"email.sent"}}'])
      expect(await refused(text, signed(text, NOW))).toBe('it is well signed but not an event')
    const empty = '{"type":"email.sent","data":null}'
    expect(await refused(empty, signed(empty, NOW))).toBe('it is well signed, but an email.sent without data')
  })

  it('anything, while the configured secret is none', async () => {
    expect(await refused(body, signed(body, NOW), 'whsec_')).toContain('RESEND_WEBHOOK_SECRET is not a signing secret')
    expect(await refused(body, signed(body, NOW), '?!')).toContain('RESEND_WEBHOOK_SECRET is not a signing secret')
  })
})

it.each([-5, 5])('a clock may be off by five minutes: %i', async (minutes) => {
  const body = resendEvent('email.sent')
  expect((await read(body, signed(body, new Date(NOW.getTime() + minutes * MINUTE)))).kind).toBe('report')
})

it('one of several signatures is enough, as while a secret is changed', async () => {
  const body = resendEvent('email.sent')
  const own = signed(body, NOW)
  const other = signed(body, NOW, { secret: 'whsec_b3RoZXI=' })['svix-signature']
  for (const both of [`${other} ${own['svix-signature']}`, `${own['svix-signature']} ${other}`])
    expect((await read(body, { ...own, 'svix-signature': both })).kind).toBe('report')
})

it('the same report told again has the same id', async () => {
  const body = resendEvent('email.sent')
  const later = signed(body, new Date(NOW.getTime() + MINUTE), { id: 'msg_7' })
  const reports = [await read(body, signed(body, NOW, { id: 'msg_7' })), await read(body, later)]
  expect(reports.map((told) => (told.kind === 'report' ? told.report.id : ''))).toEqual(['msg_7', 'msg_7'])
})

it('is there when a secret for it is, whichever way mail leaves', () => {
  const told = { resend: { webhookSecret: WEBHOOK_SECRET }, softBounceEditions: 4 }
  expect(emailChannel.webhook?.(settingsSchema.parse(told), 'here')).toMatchObject({
    name: 'resend',
    softBounceEditions: 4,
  })
  expect(emailChannel.webhook?.(settingsSchema.parse({}), 'here')).toBeUndefined()
})
