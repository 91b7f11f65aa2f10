import type { ChannelPorts, Sender } from '../channel.ts'
import type { Rendering } from '../domain/rendering.ts'
import { OUTBOX, outboxSender } from './outbox-sender.ts'

interface PostSender {
  readonly channel: string
  /** Names of the accounts that are configured. */
  readonly accounts: readonly string[]
  readonly ports: Pick<ChannelPorts, 'clock' | 'outbox'>
  readonly accountOf: (rendering: Rendering) => string
  readonly remote: Pick<Sender, 'replayWindowMs' | 'send' | 'find'>
}

/**
 * Posts by the accounts that they were approved for. What was approved for the outbox stays there, though there are
 * accounts by now; what was approved for an account never ends in the outbox.
 */
export function postSender({ channel, accounts, ports, accountOf, remote }: PostSender): Sender {
  const outbox = outboxSender(channel, ports)
  const isOutbox = accounts.length === 0
  return {
    replayWindowMs: isOutbox ? outbox.replayWindowMs : remote.replayWindowMs,
    destination: isOutbox ? outbox.destination : accounts.join(', '),
    lanes: Math.max(1, accounts.length),
    send: (attempt, signal, heard) =>
      (accountOf(attempt.rendering) === OUTBOX ? outbox : remote).send(attempt, signal, heard),
    async find(delivery, rendering, signal) {
      if (accountOf(rendering) !== OUTBOX) return remote.find?.(delivery, rendering, signal)
      return { kind: 'later', notBefore: ports.clock.now(), reason: 'it is written to the outbox once more' }
    },
  }
}
