import type { Attempt, ChannelPorts, House, Sender } from '../../../src/channel.ts'
import type { LedgerEntry, Outcome } from '../../../src/domain/delivery.ts'
import { unsubscribeUrl } from '../../../src/domain/reader-token.ts'
import type { PaceHint } from '../../../src/ports.ts'
import { wireAddress } from '../../../src/domain/address.ts'
import { SMTP_MAILS } from '../attempt-size.ts'
import { contentSchema } from '../content.ts'
import { later, notAnAddress } from '../outcome.ts'
import type { EmailSettings } from '../settings.ts'
import type { Pool } from './pool.ts'
import { type ServerOptions, serverOptions } from './server.ts'
import { judge, type Verdict } from './verdict.ts'

/** What a server that defers, or a person who sets something right, needs at least. */
const WAIT_MS = 5 * 60_000
/** The ledger gives an attempt five minutes; a mail is begun only while it can come to its end within them. */
const ATTEMPT_MS = 5 * 60_000 - 15_000
/** More mails in a row that end in doubt than were under way together are no accident: each costs a person a decision. */
const DOUBTS = 5

type Ports = Pick<ChannelPorts, 'clock'>

/**
 * Mail by SMTP, one recipient for each message. SMTP has no idempotency: what may have been accepted is never sent
 * again by itself, so there is no replay window and no looking.
 */
export function smtpSender(settings: EmailSettings, ports: Ports, house: House): Sender {
  const { connections, mailsPerSecond, timeoutSeconds } = settings.smtp
  const options = serverOptions(settings)
  const breaker = breakerFor(connections, ports)
  const compose = composer(house)
  let pool: Promise<Pool> | undefined
  return {
    replayWindowMs: 0,
    destination: options.host,
    // One attempt more than fills the pool, so that it has work while another is settled.
    lanes: Math.ceil(connections / SMTP_MAILS) + 1,
    ...(mailsPerSecond === undefined ? {} : { pace: { name: 'smtp', perSecond: mailsPerSecond / SMTP_MAILS } }),
    async send(attempt, signal, heard = () => undefined) {
      pool ??= import('./pool.ts').then(({ openPool }) => openPool(options))
      const [open, mailFor] = [await pool, await compose(attempt.rendering)]
      const late = ports.clock.deadline(ATTEMPT_MS - timeoutSeconds * 1000)
      let halted: string | undefined
      return eachOf(attempt.deliveries, connections, async (delivery) => {
        if (signal.aborted || late.aborted) return later(ports, 0, 'stopped before it was begun')
        if (halted !== undefined) return later(ports, WAIT_MS, halted)
        const mail = mailFor(delivery)
        const verdict = await handOver(open, mail, options, ports.clock.deadline(timeoutSeconds * 1000))
        const hint = breaker(verdict)
        if (hint?.pauseUntil && verdict !== 'sent') halted ??= `not begun: ${verdict.reason}`
        if (hint) heard(hint)
        return outcomeOf(verdict, mail, ports)
      })
    },
    async close() {
      const open = await pool
      open?.close()
    },
  }
}

interface Mail {
  readonly id: string
  readonly target: string
  readonly from: string
  /** Undefined for what is no address. */
  readonly to: string | undefined
  readonly bytes: () => Uint8Array
}

/** Reads and encodes the frozen content once for all attempts that carry it. */
function composer(house: House): (rendering: Attempt['rendering']) => Promise<(delivery: LedgerEntry) => Mail> {
  let last: { readonly hash: string; readonly mailFor: (delivery: LedgerEntry) => Mail } | undefined
  return async ({ hash, content: text }) => {
    if (last?.hash === hash) return last.mailFor
    const { mailKey, messageId, messageMaker } = await import('../message.ts')
    const content = contentSchema.parse(JSON.parse(text))
    const make = messageMaker(content)
    const from = wireAddress(content.from.address) ?? content.from.address
    const mailFor = ({ key: deliveryKey, target, address = '', firstAttemptAt }: LedgerEntry): Mail => {
      const key = mailKey(house, deliveryKey)
      const date = firstAttemptAt === undefined ? {} : { date: new Date(firstAttemptAt) }
      return {
        id: messageId(key, content),
        target,
        from,
        to: wireAddress(address),
        bytes: () => make({ key, address, slots: { unsubscribe: unsubscribeUrl(house, target) }, ...date }),
      }
    }
    last = { hash, mailFor }
    return mailFor
  }
}

async function handOver(
  pool: Pool,
  { id, target, from, to, bytes }: Mail,
  { host, auth }: ServerOptions,
  signal: AbortSignal,
): Promise<Verdict | 'sent'> {
  if (to === undefined) return notAnAddress(target)
  const refusal = await refusalOfUtf8(pool, to, host)
  if (refusal) return refusal
  const failure = await pool.send({ id, from, to, bytes: bytes() }, signal)
  if (!failure) return 'sent'
  return judge(failure, host, [to, to.slice(0, to.lastIndexOf('@')), auth?.user ?? '', auth?.pass ?? ''])
}

/** RFC 6531, 3.2: an address that is not ASCII goes only to a server that has said it takes them. */
async function refusalOfUtf8(pool: Pool, to: string, host: string): Promise<Verdict | undefined> {
  if (/^\p{ASCII}*$/u.test(to)) return undefined
  const offered = await pool.offersUtf8()
  if (offered) return undefined
  return offered === undefined
    ? { kind: 'later', fault: 'ours', reason: `cannot connect to ${host}; check host and port in SMTP_URL` }
    : { kind: 'rejected', reason: `${host} takes no addresses with letters outside ASCII before the @ (SMTPUTF8)` }
}

/** What a verdict says about going on: when to pause all sending, or to slow down. */
function breakerFor(connections: number, { clock }: Ports): (verdict: Verdict | 'sent') => PaceHint | undefined {
  let doubts = 0
  return (verdict) => {
    if (verdict === 'sent') {
      doubts = 0
      return undefined
    }
    if (verdict.kind === 'unknown') doubts += 1
    const isOver = verdict.fault === 'ours' || (verdict.kind === 'unknown' && doubts >= connections + DOUBTS)
    if (isOver) return { pauseUntil: new Date(clock.now().getTime() + WAIT_MS) }
    return verdict.fault === 'busy' ? { throttled: true } : undefined
  }
}

function outcomeOf(verdict: Verdict | 'sent', { id }: Mail, ports: Ports): Outcome {
  if (verdict === 'sent') return { kind: 'sent', remoteId: id }
  const { kind, reason } = verdict
  return kind === 'later' ? later(ports, WAIT_MS, reason) : { kind, reason }
}

/** At most `width` at once; the results in the order of the items. */
async function eachOf<T, R>(items: readonly T[], width: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work))
  return results
}
