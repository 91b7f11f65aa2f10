import type { Report, ReportKind } from '../domain/report.ts'
import type { Ports, ReaderStore } from '../ports.ts'

/** Kinds after which an address may be on the suppression list. */
const SUPPRESSING: ReadonlySet<ReportKind> = new Set(['bounced', 'complained', 'suppressed'])

/**
 * Takes in what a provider tells of a delivery, once however often it is told, in whatever order.
 *
 * @param softBounceEditions soft bounces in a row, each of another edition, after which an address is suppressed.
 * @throws StoreError when it could not be kept: the provider should tell it again.
 */
export async function reconcile(
  { clock, log, store }: Pick<Ports, 'clock' | 'log'> & { readonly store: Pick<ReaderStore, 'report' | 'subscriber'> },
  report: Report,
  softBounceEditions: number,
): Promise<'applied' | 'repeated' | 'foreign'> {
  const taken = await store.report(report, { softBounceEditions, now: clock.now() })
  if (taken !== 'applied' || !SUPPRESSING.has(report.kind)) return taken
  // A delivery to a subscriber ends in their id (see `Mailing`).
  const id = report.delivery.slice(report.delivery.lastIndexOf('/') + 1)
  const reader = await store.subscriber(id)
  if (reader?.suppressed) log.info(`Reader ${id} is written to no more (${reader.suppressed}).`)
  return taken
}
