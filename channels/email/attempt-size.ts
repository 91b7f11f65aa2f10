import { utf8Bytes } from '../../src/domain/text.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { type EmailSettings, transportOf } from './settings.ts'

/** What one call of Resend's batch interface may carry, and how the outbox is grouped. */
const MOST_MAILS = 100
/** What a mail has besides its content: address, headers, tags, with room to spare. */
const ENVELOPE_BYTES = 1500
/** SMTP knows no keys: what one attempt carries is what a killed process leaves in doubt. */
export const SMTP_MAILS = 10

/** How many mails one attempt carries. */
export function mailsPerAttempt(settings: EmailSettings, rendering: Rendering): number {
  const transport = transportOf(settings)
  if (transport === 'smtp') return SMTP_MAILS
  if (transport === 'outbox' || settings.resend.payload === 'template') return MOST_MAILS
  const fitting = (settings.resend.maxPayloadMegabytes * 1_000_000) / (utf8Bytes(rendering.content) + ENVELOPE_BYTES)
  return Math.max(1, Math.min(MOST_MAILS, Math.floor(fitting)))
}
