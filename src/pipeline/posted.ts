import type { Posted } from '../channel.ts'
import type { LedgerEntry } from '../domain/delivery.ts'
import type { FrozenRendering, Ports } from '../ports.ts'

/** Not longer than this after a call was begun it may still be under way. */
const UNDER_WAY_MS = 6 * 60_000

/**
 * Every delivery that tells of an item: in the editions that carry it, and in those that corrected it since. Deliveries
 * of renderings about another item alone are not among them.
 *
 * @param wanted which renderings; of a mailing to subscribers there are as many deliveries as readers.
 */
export async function postedOf(
  store: Ports['store'],
  item: string,
  wanted: (rendering: FrozenRendering) => boolean,
): Promise<Posted[]> {
  const amending = (await store.amendments({ url: item })).map(({ id }) => id).toReversed()
  const posted: Posted[] = []
  for (const id of [...(await store.carriers(item)), ...amending]) {
    const edition = (await store.edition(id))?.edition
    if (!edition) continue
    const renderings = (await store.renderings(id)).filter((one) => (one.item ?? item) === item && wanted(one))
    for (const channel of new Set(renderings.map((one) => one.channel)))
      for (const delivery of await store.ledger({ edition: id, channel })) {
        const rendering = renderings.find((one) => one.channel === channel && one.id === delivery.rendering)
        if (rendering) posted.push({ edition, delivery, rendering })
      }
  }
  return posted
}

/** Whether it has left, or still may. */
export function mayLeave({ state }: Pick<LedgerEntry, 'state'>): boolean {
  return state !== 'rejected' && state !== 'cancelled' && state !== 'superseded'
}

/** Whether something of it may be on the other side, whatever was made of it here: it was called. */
export function mayBeThere(delivery: Pick<LedgerEntry, 'state' | 'attempts'>): boolean {
  return mayLeave(delivery) || delivery.attempts > 0
}

/** What ends when an item is taken back. */
export interface Withdrawal {
  /** Keys of all that was owed of the item alone and is not known to have been sent. */
  readonly keys: readonly string[]
  /**
   * By channel, until when a call that a worker makes at this moment may put something there: what is deleted before
   * could come after.
   */
  readonly pending: ReadonlyMap<string, Date>
}

export async function withdrawalOf(store: Ports['store'], item: string, now: Date): Promise<Withdrawal> {
  const own = await postedOf(store, item, (rendering) => rendering.item === item)
  const unsent = own.map(({ delivery }) => delivery).filter(({ state }) => state !== 'sent')
  const until = new Date(now.getTime() + UNDER_WAY_MS)
  return {
    keys: unsent.map(({ key }) => key),
    pending: new Map(unsent.filter(mayBeThere).map(({ channel }) => [channel, until])),
  }
}
