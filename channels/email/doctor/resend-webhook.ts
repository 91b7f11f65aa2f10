import * as z from 'zod'
import type { House } from '../../../src/channel.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { EmailSettings } from '../settings.ts'
import { finding } from '../finding.ts'
import type { ResendAccount } from './resend-account.ts'

const webhooksSchema = z.object({
  data: z.array(z.object({ endpoint: z.string(), status: z.string(), events: z.array(z.string()).nullable() })),
})
type Registered = z.infer<typeof webhooksSchema>['data'][number]

/** What readers suffer from when it is not heard. */
const NEEDED_EVENTS = ['email.delivered', 'email.bounced', 'email.complained', 'email.failed', 'email.suppressed']

/**
 * Whether bounces and complaints come back.
 *
 * @param account undefined when the key may not read what is registered.
 */
export async function diagnoseWebhook(
  account: ResendAccount | undefined,
  settings: EmailSettings,
  { publicUrl }: Pick<House, 'publicUrl'>,
): Promise<Finding[]> {
  const endpoint = `${publicUrl}/webhooks/resend`
  const add = `Add ${endpoint} at https://resend.com/webhooks with the events ${NEEDED_EVENTS.join(', ')}`
  const { webhookSecret } = settings.resend
  if (webhookSecret === undefined) {
    const message =
      'No webhook secret is set: bounces and complaints are not heard of, and nobody is taken off the list for them.'
    return [finding('warning', 'webhook-secret', message, `${add}, and set its secret as RESEND_WEBHOOK_SECRET.`)]
  }
  if (!/^whsec_[A-Za-z0-9+/_-]{16,}={0,2}$/.test(webhookSecret)) {
    const message =
      'The secret in RESEND_WEBHOOK_SECRET is not one of Resend’s, which begin with whsec_: every webhook would be refused.'
    return [finding('error', 'webhook-secret', message, 'Copy the signing secret from https://resend.com/webhooks.')]
  }
  const answer = await account?.call(webhooksSchema, '/webhooks?limit=100')
  if (answer?.kind !== 'data') {
    const message = `A webhook secret is set; whether Resend calls ${endpoint} cannot be read with this key.`
    return [finding('note', 'webhook', message)]
  }
  const registered = answer.data.data.find((webhook) => webhook.endpoint.replace(/\/+$/, '') === endpoint)
  return [registered ? aboutRegistered(endpoint, registered) : unregistered(endpoint, add)]
}

function aboutRegistered(endpoint: string, { status, events }: Registered): Finding {
  const change = `Change the webhook ${endpoint} at https://resend.com/webhooks`
  if (status !== 'enabled')
    return finding('warning', 'webhook', `The webhook ${endpoint} is turned off at Resend.`, `${change}: turn it on.`)
  const missing = events === null ? [] : NEEDED_EVENTS.filter((event) => !events.includes(event))
  if (missing.length === 0) return finding('note', 'webhook', `Resend tells ${endpoint} of bounces and complaints.`)
  const message = `Resend does not tell ${endpoint} of ${missing.join(', ')}.`
  return finding('warning', 'webhook', message, `${change}: add these events.`)
}

function unregistered(endpoint: string, add: string): Finding {
  const message = `Resend has no webhook ${endpoint}: bounces and complaints are not heard of.`
  return finding('warning', 'webhook', message, `${add}.`)
}
