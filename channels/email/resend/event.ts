import * as z from 'zod'
import type { Webhook } from '../../../src/channel.ts'
import type { ReportKind } from '../../../src/domain/report.ts'
import { withoutAddresses } from '../../../src/domain/redact.ts'
import { cleanLine } from '../../../src/domain/text.ts'

type Read = Awaited<ReturnType<Webhook['read']>>

/** Whatever else Resend tells (opened, clicked, contacts, domains) says nothing of our deliveries. */
const KINDS: ReadonlyMap<string, ReportKind> = new Map([
  ['email.sent', 'accepted'],
  ['email.delivery_delayed', 'delayed'],
  ['email.delivered', 'delivered'],
  ['email.failed', 'failed'],
  ['email.suppressed', 'suppressed'],
  ['email.bounced', 'bounced'],
  ['email.complained', 'complained'],
])

const MAX_REASON_LENGTH = 300

const text = z.string().catch('')

const eventSchema = z.object({ type: z.string(), created_at: text })

// What is missing or of another shape than documented costs its own meaning, never the report.
const dataSchema = z.object({
  email_id: text,
  tags: z
    .union([
      z.record(z.string(), z.unknown()),
      z
        .array(z.object({ name: z.string(), value: z.unknown() }))
        .transform((tags) => Object.fromEntries(tags.map(({ name, value }) => [name, value]))),
    ])
    .catch({}),
  bounce: z.object({ type: text, subType: text, message: text }).optional().catch(undefined),
  failed: z.object({ reason: text }).optional().catch(undefined),
  suppressed: z.object({ message: text }).optional().catch(undefined),
})

interface Told {
  /** Of this report, the same when it is told again. */
  readonly id: string
  /** Resend tells every endpoint of an account what became of the mails of all. */
  readonly installation: string
  /** For an event that does not say when it happened. */
  readonly signedAt: Date
}

/** @param event what was signed, parsed. */
export function reportOf(event: unknown, { id, installation, signedAt }: Told): Read {
  const head = eventSchema.safeParse(event)
  if (!head.success) return { kind: 'refused', reason: 'it is well signed but not an event' }
  const kind = KINDS.get(head.data.type)
  if (kind === undefined) return { kind: 'ignored' }
  const body = z.object({ data: dataSchema }).safeParse(event)
  if (!body.success) return { kind: 'refused', reason: `it is well signed, but an ${head.data.type} without data` }
  const { email_id: remoteId, tags, bounce, failed, suppressed } = body.data.data
  if (tags['installation'] !== installation) return { kind: 'ignored' }
  const delivery = deliveryOf(tags['delivery'])
  if (delivery === undefined) return { kind: 'ignored' }
  const reason = bounce?.message || bounce?.subType || failed?.reason || suppressed?.message || ''
  return {
    kind: 'report',
    report: {
      id,
      kind,
      at: instantOf(head.data.created_at, signedAt),
      delivery,
      remoteId,
      permanent: kind === 'bounced' && bounce?.type === 'Permanent',
      reason: shownReason(reason),
    },
  }
}

/** The key that the tag carries as base64url; undefined when it is none. */
function deliveryOf(tag: unknown): string | undefined {
  if (typeof tag !== 'string' || tag === '') return undefined
  const key = Buffer.from(tag, 'base64url').toString()
  return Buffer.from(key).toString('base64url') === tag ? key : undefined
}

function instantOf(told: string, otherwise: Date): string {
  return (z.iso.datetime({ offset: true }).safeParse(told).success ? new Date(told) : otherwise).toISOString()
}

/** What mail servers say often names the reader. */
function shownReason(said: string): string {
  const clean = withoutAddresses(cleanLine(said))
  return clean.length > MAX_REASON_LENGTH ? `${clean.slice(0, MAX_REASON_LENGTH - 1).toWellFormed()}…` : clean
}
