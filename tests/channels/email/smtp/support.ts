import { onTestFinished } from 'vitest'
import { emailChannel } from '../../../../channels/email/index.ts'
import type { EmailSettings } from '../../../../channels/email/settings.ts'
import type { Sender } from '../../../../src/channel.ts'
import type { LedgerEntry, Outcome } from '../../../../src/domain/delivery.ts'
import { sha256 } from '../../../../src/domain/hash.ts'
import type { FrozenRendering, PaceHint } from '../../../../src/ports.ts'
import { type FakeSmtp, type FakeSmtpOptions, startFakeSmtp } from '../../../fakes/smtp.ts'
import { type TestClock, testClock } from '../../../fixtures/clock.ts'
import { sampleEdition } from '../../../fixtures/edition.ts'
import { channelPorts } from '../../../fixtures/ports.ts'
import { emailSettings, renderEdition, sampleHouse } from '../support.ts'

export interface Post {
  readonly server: FakeSmtp
  readonly sender: Sender
  readonly clock: TestClock
  /** What the sender said of the pace. */
  readonly hints: readonly PaceHint[]
  /** One attempt; addresses become deliveries in that order. */
  readonly post: (addresses: readonly string[], signal?: AbortSignal) => Promise<Outcome[]>
}

/** A sender that is open to a server of its own. */
export async function openPost(
  options: FakeSmtpOptions = {},
  {
    from = 'The Morning Check <desk@morningcheck.example>',
    ...smtp
  }: Partial<EmailSettings['smtp']> & { from?: string } = {},
): Promise<Post> {
  const server = await startFakeSmtp(options)
  const clock = testClock()
  const hints: PaceHint[] = []
  const settings = emailSettings({ from, smtp: { url: server.url, ...smtp } })
  const ports = channelPorts({ clock })
  const sender = emailChannel.open(settings, ports, sampleHouse)
  onTestFinished(async () => {
    await sender.close?.()
    await server.close()
  })
  const rendering = await frozen(from)
  return {
    server,
    sender,
    clock,
    hints,
    post: (addresses, signal = new AbortController().signal) =>
      sender.send(
        { key: 'email/daily/2026-06-29/chunk/0', rendering, deliveries: addresses.map(owed), settled: [] },
        signal,
        (hint) => hints.push(hint),
      ),
  }
}

async function frozen(from: string): Promise<FrozenRendering> {
  const settings = emailSettings({ from })
  const rendering = await renderEdition(sampleEdition(), { settings })
  return { ...rendering, channel: 'email', hash: sha256(rendering.content) }
}

function owed(address: string, index: number): LedgerEntry {
  return {
    key: `email/daily/2026-06-29/reader-${index}`,
    group: 'email/daily/2026-06-29/chunk/0',
    edition: 'daily/2026-06-29',
    channel: 'email',
    rendering: 'digest',
    target: `reader-${index}`,
    address,
    state: 'claimed',
    attempts: 1,
    doubts: 0,
  }
}
