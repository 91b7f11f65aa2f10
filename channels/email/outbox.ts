import type { Attempt, ChannelPorts, House, Sender } from '../../src/channel.ts'
import type { LedgerEntry, Outcome } from '../../src/domain/delivery.ts'
import { sha256 } from '../../src/domain/hash.ts'
import { unsubscribeUrl } from '../../src/domain/reader-token.ts'
import { maskAddress } from '../../src/domain/subscriber.ts'
import { isAddress } from '../../src/domain/address.ts'
import { contentSchema, type MailContent } from './content.ts'
import { later, notAnAddress } from './outcome.ts'

const RETRY_AFTER_MS = 60_000

/** Writes each mail as a file instead of sending it. The same delivery again is the same bytes in the same file. */
export function outboxSender(ports: Pick<ChannelPorts, 'clock' | 'outbox'>, house: House): Sender {
  return {
    replayWindowMs: Infinity,
    destination: 'the outbox',
    async send(attempt, signal) {
      const content = contentSchema.parse(JSON.parse(attempt.rendering.content))
      const write = await writer(attempt, content, ports, house)
      const outcomes: Outcome[] = []
      for (const delivery of attempt.deliveries) {
        outcomes.push(signal.aborted ? later(ports, 0, 'stopped before it was written') : await write(delivery))
      }
      return outcomes
    },
  }
}

async function writer(
  { rendering }: Attempt,
  content: MailContent,
  ports: Pick<ChannelPorts, 'clock' | 'outbox'>,
  house: House,
): Promise<(delivery: LedgerEntry) => Promise<Outcome>> {
  const { mailKey, messageId, messageMaker } = await import('./message.ts')
  const make = messageMaker(content)

  return async ({ key: deliveryKey, edition, target, address }) => {
    if (address === undefined || !isAddress(address)) return notAnAddress(target)
    const key = mailKey(house, deliveryKey)
    const eml = make({ key, address, slots: { unsubscribe: unsubscribeUrl(house, target) } })
    try {
      const url = await ports.outbox.put({
        channel: 'email',
        edition,
        id: fileSafe(target),
        title: content.subject,
        detail: maskAddress(address),
        files: { eml },
        page: rendering.page,
      })
      return { kind: 'sent', remoteId: messageId(key, content), url }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return later(ports, RETRY_AFTER_MS, `the outbox could not be written: ${message}`)
    }
  }
}

/** `a-z0-9-`; what had to be changed gets a hash, so that two ids never share a file. */
function fileSafe(id: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(id)) return id
  return `${id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${sha256(id).slice(0, 12)}`
}
