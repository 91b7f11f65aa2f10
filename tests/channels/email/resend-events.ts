import { createHmac } from 'node:crypto'

export const WEBHOOK_SECRET = `whsec_${Buffer.from('a signing secret for tests').toString('base64')}`
export const DELIVERY = 'email/daily/2026-06-29/reader-01'

/** Events as Resend's types and documentation show them; `data` over what they have in common. */
export function resendEvent(type: string, data: object = {}): string {
  return JSON.stringify({
    type,
    created_at: '2026-06-29T05:00:01.500+02:00',
    data: {
      broadcast_id: undefined,
      created_at: '2026-06-29 05:00:00.123456+00',
      email_id: '4ef9a417-02e9-4d39-ad75-9611e0fcc33c',
      message_id: '<abc@example.com>',
      from: 'The Morning Check <digest@morningcheck.example>',
      to: ['ada@reader.example'],
      subject: 'Bees tell four from five',
      tags: {
        installation: 'here',
        edition: 'daily-2026-06-29',
        delivery: Buffer.from(DELIVERY).toString('base64url'),
      },
      ...data,
    },
  })
}

export interface SignOptions {
  readonly id?: string
  readonly secret?: string
}

/** The headers that Resend sends with a body, signed in the manner of Svix. */
export function signed(
  body: string,
  at: Date,
  { id = 'msg_1', secret = WEBHOOK_SECRET }: SignOptions = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${mac}` }
}
