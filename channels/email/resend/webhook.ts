import type { Webhook } from '../../../src/channel.ts'
import type { EmailSettings } from '../settings.ts'
import { reportOf } from './event.ts'

type Read = Awaited<ReturnType<Webhook['read']>>

// The identifier names the report in the store; without full stops it cannot run into what is signed behind it.
const MESSAGE_ID = /^[\w-]{1,200}$/

/** What Resend tells of mails, signed in the manner of Svix (https://resend.com/docs/webhooks/verify-webhooks-requests). */
export function resendWebhook({ resend, softBounceEditions }: EmailSettings, installation: string): Webhook {
  return {
    name: 'resend',
    softBounceEditions,
    async read(body, header) {
      const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => header(`svix-${name}`) ?? '')
      if (!id || !timestamp || !signature)
        return refused('it is not signed: svix-id, svix-timestamp or svix-signature is missing')
      if (!MESSAGE_ID.test(id)) return refused('its svix-id is not an identifier')
      const { openSigned } = await import('./signature.ts')
      let event: unknown
      try {
        event = openSigned({ body, id, timestamp, signature }, resend.webhookSecret ?? '')
      } catch (error) {
        return refused(explain(error))
      }
      return reportOf(event, { id, installation, signedAt: new Date(Number.parseInt(timestamp, 10) * 1000) })
    },
  }
}

function refused(reason: string): Read {
  return { kind: 'refused', reason }
}

/** Never the error's own words, which for JSON quote what was sent. */
function explain(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is well signed but not JSON'
  if (!(error instanceof Error) || error.name !== 'WebhookVerificationError')
    return 'RESEND_WEBHOOK_SECRET is not a signing secret; copy it from the webhook’s page at Resend (whsec_...)'
  return /timestamp/i.test(error.message)
    ? 'its time is more than five minutes from this machine’s; if that happens with every call, set the clock right'
    : 'its signature does not fit; if that happens with every call, RESEND_WEBHOOK_SECRET is of another webhook'
}
