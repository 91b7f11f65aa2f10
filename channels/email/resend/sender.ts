import type { Attempt, ChannelPorts, House, Sender } from '../../../src/channel.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import { sha256 } from '../../../src/domain/hash.ts'
import { unsubscribeUrl } from '../../../src/domain/reader-token.ts'
import type { FrozenRendering, PaceHint } from '../../../src/ports.ts'
import { wireAddress } from '../address.ts'
import { contentSchema, type MailContent } from '../content.ts'
import type { EmailSettings } from '../settings.ts'
import { callBatch } from './call.ts'
import type { Verdict } from './classify.ts'
import { type BatchWriter, batchWriter, type Mail } from './request.ts'
import { sendApart } from './split.ts'
import { tagsOf } from './tags.ts'
import { storedPage, storePage } from './template-payload.ts'

/** How long Resend keeps an idempotency key. */
const KEY_LIFE_MS = 24 * 60 * 60_000

interface Entry extends Mail {
  readonly key: string
  readonly isSettled: boolean
}

/** What is made once for a rendering. */
interface Prepared {
  readonly hash: string
  readonly content: MailContent
  readonly write: BatchWriter
  /** Where the page is stored with the provider: when that is done, or why it is not. */
  stored?: Promise<(Verdict & { kind: 'later' }) | undefined>
}

/**
 * Sends by Resend's batch interface: one call for each attempt, under the attempt's key, with strict validation, so
 * that either all of its mails are accepted or none. The same attempt is the same call, byte for byte: it may be
 * repeated for as long as Resend remembers the key.
 *
 * A call that is refused for single mails is sent in parts within the attempt (see `sendApart`).
 */
export function resendSender(
  settings: EmailSettings,
  ports: Pick<ChannelPorts, 'clock' | 'api'>,
  house: House,
): Sender {
  const { resend } = settings
  const account = { ...resend, apiKey: resend.apiKey ?? '' }
  const usesTemplate = resend.payload === 'template'
  let latest: Prepared | undefined

  const prepare = (rendering: FrozenRendering): Prepared => {
    if (latest?.hash === rendering.hash) return latest
    const content = contentSchema.parse(JSON.parse(rendering.content))
    const write = batchWriter(content, usesTemplate ? storedPage(rendering) : undefined)
    return (latest = { hash: rendering.hash, content, write })
  }
  const store = async (prepared: Prepared, rendering: FrozenRendering, signal: AbortSignal) => {
    const stop = AbortSignal.any([signal, ports.clock.deadline(resend.timeoutSeconds * 1000)])
    const failed = await (prepared.stored ??= storePage(account, rendering, prepared.content, ports.clock.now(), stop))
    if (failed) delete prepared.stored
    return failed
  }

  return {
    replayWindowMs: KEY_LIFE_MS,
    destination: 'Resend',
    lanes: resend.lanes,
    pace: { name: 'resend', perSecond: resend.callsPerSecond },
    async send(attempt, signal, heard) {
      const entries = entriesOf(attempt, house)
      if (entries.length === 0) return outcomesFor(attempt, new Map())
      const prepared = prepare(attempt.rendering)
      const failed = usesTemplate ? await store(prepared, attempt.rendering, signal) : undefined
      if (failed) heard?.(failed.hint)
      if (failed) return outcomesFor(attempt, new Map(entries.map(({ key }) => [key, withoutHint(failed)])))
      const post: Post = async (key, mails) => {
        const call = { key, body: prepared.write(mails), mails: mails.length }
        const verdict = await callBatch(account, ports, call, signal, heard)
        // Somebody may have taken the stored page away.
        if (verdict.kind !== 'sent') delete prepared.stored
        return verdict
      }
      return outcomesFor(attempt, await sendEntries(attempt, entries, { post, heard, settings, ports, signal }))
    },
  }
}

type Post = (key: string, mails: readonly Mail[]) => Promise<Verdict>

interface Line {
  readonly post: Post
  readonly heard: ((hint: PaceHint) => void) | undefined
  readonly settings: EmailSettings
  readonly ports: Pick<ChannelPorts, 'clock'>
  readonly signal: AbortSignal
}

async function sendEntries(
  attempt: Attempt,
  entries: readonly Entry[],
  { post, heard, settings, ports, signal }: Line,
): Promise<Map<string, Outcome | undefined>> {
  const verdict = await post(attempt.key, entries)
  if (verdict.kind !== 'refused') return new Map(entries.map(({ key }, place) => [key, outcomeAt(verdict, place)]))

  const outcomes = await sendApart(
    {
      addresses: entries.map(({ address }) => address),
      isSettled: (place) => entries[place]?.isSettled ?? true,
      wasAccepted: attempt.settled.some(({ state }) => state === 'sent'),
      now: () => ports.clock.now(),
      ...(heard && { heard }),
      async post(range) {
        // These calls come on top of the one that the pace allowed.
        await ports.clock.wait(1000 / settings.resend.callsPerSecond, signal)
        const part = entries.slice(range.from, range.to)
        return signal.aborted ? stopped(ports.clock.now()) : post(partKey(attempt.key, part), part)
      },
    },
    verdict,
  )
  return new Map(entries.map(({ key }, place) => [key, outcomes[place]]))
}

/** All mails that the attempt's key stands for, in an order that depends on nothing else. */
function entriesOf({ key: group, deliveries, settled }: Attempt, house: House): Entry[] {
  const done = new Set(settled.map(({ key }) => key))
  return [...deliveries, ...settled]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap((delivery) => {
      const address = wireAddress(delivery.address ?? '')
      if (address === undefined) return []
      const { key, target } = delivery
      const tags = tagsOf(delivery, group)
      return [{ key, address, tags, isSettled: done.has(key), unsubscribe: unsubscribeUrl(house, target) }]
    })
}

/** A key for some mails of an attempt: the same for the same mails, and for no others. */
function partKey(group: string, part: readonly Entry[]): string {
  return `${group}/${sha256(part.map(({ key }) => key).join('\n')).slice(0, 24)}`
}

function outcomeAt(verdict: Exclude<Verdict, { kind: 'refused' }>, place: number): Outcome | undefined {
  if (verdict.kind === 'later') return withoutHint(verdict)
  if (verdict.kind === 'unknown') return verdict
  const remoteId = verdict.ids[place]
  return remoteId === undefined ? undefined : { kind: 'sent', remoteId }
}

function withoutHint({ notBefore, reason }: Verdict & { kind: 'later' }): Outcome {
  return { kind: 'later', notBefore, reason }
}

function stopped(now: Date): Verdict {
  return { kind: 'later', notBefore: now, reason: 'stopped before it was sent', hint: {} }
}

/** An address that mail servers cannot take is left out of every call, so that leaving it out changes no replay. */
function outcomesFor({ deliveries }: Attempt, outcomes: ReadonlyMap<string, Outcome | undefined>): Outcome[] {
  return deliveries.map(({ key, target, address }): Outcome => {
    const outcome = outcomes.get(key)
    if (outcome) return outcome
    return wireAddress(address ?? '') === undefined
      ? { kind: 'rejected', reason: `the address of subscriber ${target} is not a mail address; correct or remove it` }
      : { kind: 'unknown', reason: 'Resend did not say what became of this mail' }
  })
}
