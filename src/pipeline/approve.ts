import type { Delivery } from '../domain/delivery.ts'
import type { Ports } from '../ports.ts'
import type { Made } from './make.ts'
import { plan } from './plan.ts'
import { withdrawalOf, type Withdrawal } from './posted.ts'
import type { ConfiguredChannel } from './render.ts'

/** What was made, as far as approval wants it. */
type Approvable = Pick<Made, 'edition' | 'findings' | 'renderings'> & Partial<Pick<Made, 'seen'>>

/**
 * Freezes an edition: the renderings that were previewed, and one ledger row for everything owed, in one transaction.
 * From here on only stored bytes leave. A retraction ends what is still owed of its item.
 *
 * @param made of which `seen` is absent where nobody looked at what stands.
 * @param said ids of what was said before of the item that it amends, as far as it was made with that.
 * @returns false when somebody else approved it first, or it has left already, or more was said of its item meanwhile,
 * or other documents stand; then nothing changed.
 */
export async function approve(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { edition, findings, renderings, seen }: Approvable,
  channels: readonly ConfiguredChannel[],
  said: readonly string[] = [],
): Promise<boolean> {
  const now = clock.now()
  const { amends } = edition
  const withdrawal =
    amends?.amendment.kind === 'retraction' ? await withdrawalOf(store, amends.amendment.url, now) : undefined
  const { deliveries, mailings } = plan(edition, channels, renderings, now)
  return store.approve({
    edition,
    findings,
    at: now.toISOString(),
    renderings,
    deliveries: withdrawal ? deliveries.map((delivery) => afterCalls(delivery, withdrawal)) : deliveries,
    mailings,
    said,
    ...(seen && { seen }),
    ...(withdrawal && { withdrawn: withdrawal.keys }),
    documents: channels.filter(({ channel }) => channel.document).map(({ channel }) => channel.id),
  })
}

/** What deletes waits for calls that may be under way; whether one is cannot be known, so that all unsent ones count. */
function afterCalls(delivery: Delivery, { pending }: Withdrawal): Delivery {
  const until = pending.get(delivery.channel)
  return until ? { ...delivery, notBefore: until.toISOString() } : delivery
}
