import { resendSender } from '../../../../channels/email/resend/sender.ts'
import { type EmailSettings, settingsSchema } from '../../../../channels/email/settings.ts'
import { placeholder } from '../../../../channels/email/template.ts'
import type { MailContent } from '../../../../channels/email/content.ts'
import type { Attempt, Sender } from '../../../../src/channel.ts'
import type { LedgerEntry } from '../../../../src/domain/delivery.ts'
import { sha256 } from '../../../../src/domain/hash.ts'
import type { Clock, FrozenRendering } from '../../../../src/ports.ts'
import { createApi } from '../../../../src/world/api.ts'
import { testClock } from '../../../fixtures/clock.ts'
import { sampleHouse } from '../support.ts'

export const link = placeholder('unsubscribe', sha256('the mail of these tests'))

export function mailContent(changes: Partial<MailContent> = {}): MailContent {
  return {
    subject: 'Two findings – and a “correction”',
    preheader: 'What was checked today',
    from: { name: 'Morning Check', address: 'digest@example.com' },
    replyTo: { name: '', address: 'editors@example.com' },
    date: '2026-06-29T06:00:00.000Z',
    headers: {
      'List-Unsubscribe': `<${link}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': '<daily.example.com>',
    },
    slots: { unsubscribe: link },
    html: `<!doctype html><p title="a &amp; b">Ünïcode 🌱 \u2028 "quoted" \\ back</p><a href="${link}">leave</a>${link}\n`,
    text: `Plain "text"\n\ttab \\ 🌱\nUnsubscribe:\n${link}\n`,
    ...changes,
  }
}

export function frozen(content: MailContent = mailContent()): FrozenRendering {
  const json = JSON.stringify(content)
  return {
    id: 'digest',
    identity: 'daily/2026-06-29',
    channel: 'email',
    title: content.subject,
    mediaType: 'application/json',
    content: json,
    hash: sha256(json),
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

export function entry(target: string, address: string, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    key: `email/daily/2026-06-29/${target}`,
    group: 'email/daily/2026-06-29/chunk/0',
    edition: 'daily/2026-06-29',
    channel: 'email',
    rendering: 'digest',
    target,
    address,
    state: 'claimed',
    attempts: 1,
    doubts: 0,
    ...changes,
  }
}

/** `r00@example.com` and so on, in the order of their keys. */
export function entries(count: number): LedgerEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `r${String(index).padStart(2, '0')}`
    return entry(name, `${name}@example.com`)
  })
}

export function attemptOf(
  deliveries: readonly LedgerEntry[],
  { settled = [], rendering = frozen(), key = 'email/daily/2026-06-29/chunk/0' }: Partial<Attempt> = {},
): Attempt {
  return { key, rendering, deliveries, settled }
}

function settingsFor(baseUrl: string, changes: Record<string, unknown> = {}): EmailSettings {
  return settingsSchema.parse({
    from: 'Morning Check <digest@example.com>',
    resend: { apiKey: 're_test', baseUrl, callsPerSecond: 100, timeoutSeconds: 5, ...changes },
  })
}

const api = createApi({ userAgent: 'groundwire/test' })

export function openSender(
  baseUrl: string,
  { clock = testClock(), ...changes }: { clock?: Clock } & Record<string, unknown> = {},
): Sender {
  return resendSender(settingsFor(baseUrl, changes), { clock, api }, sampleHouse)
}

export const never = new AbortController().signal
