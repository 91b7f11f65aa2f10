import type { Attempt, ChannelPorts, House, Sender } from '../../../src/channel.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import { unsubscribeUrl } from '../../../src/domain/reader-token.ts'
import type { FrozenRendering } from '../../../src/ports.ts'
import { wireAddress } from '../../../src/domain/address.ts'
import { contentSchema, type MailContent } from '../content.ts'
import { notAnAddress } from '../outcome.ts'
import type { EmailSettings } from '../settings.ts'
import { callBatch } from './call.ts'
import { partsOf } from './parts.ts'
import type { Verdict } from './classify.ts'
import { type BatchWriter, batchWriter, type Mail } from './request.ts'
import { tagsOf } from './tags.ts'
import { storedPage, storePage } from './template-payload.ts'

/** How long Resend keeps an idempotency key. */
const KEY_LIFE_MS = 24 * 60 * 60_000

interface Entry extends Mail {
  readonly key: string
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
 * A call that is refused for single mails goes on in parts, each a call of its own (see `partsOf`).
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
    const failed = await (prepared.stored ??= storePage(account, ports, rendering, prepared.content, stop))
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
      // Two installations that share an account would else take each other's keys.
      const key = `${house.installation}/${attempt.key}`
      const call = { key, body: prepared.write(entries), mails: entries.length }
      const verdict = await callBatch(account, ports, call, signal, heard)
      // Somebody may have taken the stored page away.
      if (verdict.kind !== 'sent') delete prepared.stored
      if (verdict.kind !== 'refused')
        return outcomesFor(attempt, new Map(entries.map((entry, place) => [entry.key, outcomeAt(verdict, place)])))
      const addresses = entries.map(({ address }) => address)
      const parts = await partsOf({ attempt, addresses, refusal: verdict, now: ports.clock.now(), heard })
      return outcomesFor(attempt, new Map(entries.map((entry, place) => [entry.key, parts[place]])))
    },
  }
}

/** All mails that the attempt's key stands for, in an order that depends on nothing else. */
function entriesOf({ key: group, deliveries, settled }: Attempt, house: House): Entry[] {
  return [...deliveries, ...settled]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap((delivery) => {
      const address = wireAddress(delivery.address ?? '')
      if (address === undefined) return []
      const { key, target } = delivery
      const tags = tagsOf(delivery, group, house.installation)
      return [{ key, address, tags, unsubscribe: unsubscribeUrl(house, target) }]
    })
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

/** An address that mail servers cannot take is left out of every call, so that leaving it out changes no replay. */
function outcomesFor({ deliveries }: Attempt, outcomes: ReadonlyMap<string, Outcome | undefined>): Outcome[] {
  return deliveries.map(({ key, target, address }): Outcome => {
    const outcome = outcomes.get(key)
    if (outcome) return outcome
    return wireAddress(address ?? '') === undefined
      ? notAnAddress(target)
      : { kind: 'unknown', reason: 'Resend did not say what became of this mail' }
  })
}
