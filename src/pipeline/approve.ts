import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { FrozenRendering, Ports } from '../ports.ts'
import { plan } from './plan.ts'
import type { ConfiguredChannel } from './render.ts'

/**
 * Freezes an edition: the renderings that were previewed, and one ledger row for everything owed, in one transaction.
 * From here on only stored bytes leave.
 *
 * @returns false when somebody else approved it first, or it has left already; then nothing changed.
 */
export async function approve(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  edition: Edition,
  channels: readonly ConfiguredChannel[],
  renderings: readonly FrozenRendering[],
  findings: readonly Finding[],
): Promise<boolean> {
  return store.approve({
    edition,
    findings,
    at: clock.now().toISOString(),
    renderings,
    ...plan(edition, channels, renderings),
    documents: channels.filter(({ channel }) => channel.document).map(({ channel }) => channel.id),
  })
}
