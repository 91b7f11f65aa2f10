import { Resend } from 'resend'

export interface Signed {
  /** Raw: the signature covers its bytes. */
  readonly body: string
  readonly id: string
  /** Seconds since 1970; not more than five minutes from now. */
  readonly timestamp: string
  /** One or several, with a space between; one that fits is enough. */
  readonly signature: string
}

/**
 * What was signed, parsed; undefined for an empty body.
 *
 * @param secret as Resend shows it, `whsec_...`.
 * @throws WebhookVerificationError (by `name`) when it is not signed with this secret, or not now; SyntaxError when it
 * is, and is not JSON; anything else when the secret is none.
 */
export function openSigned({ body, id, timestamp, signature }: Signed, secret: string): unknown {
  // No call is made and no key is used; without one the SDK would look for it in the environment, and refuse.
  const { webhooks } = new Resend('unused')
  return webhooks.verify({ payload: body, headers: { id, timestamp, signature }, webhookSecret: secret })
}
