import type { House, Sender } from '../channel.ts'
import type { Ports } from '../ports.ts'
import { deliver, type Progress, type Worker } from './deliver.ts'
import { holdLate, OPEN_EDITIONS, type LateRule } from './late.ts'

export interface CarryOutInput extends LateRule {
  readonly sendersFor: (house: House) => ReadonlyMap<string, Sender>
  readonly worker: Worker
  /** What waits for a time is tried now: gaps, quiet hours and pauses do not count. */
  readonly atOnce?: boolean
}

/** How many deliveries were sent, and where each channel delivers, for people. */
export interface CarriedOut {
  readonly delivered: number
  readonly destinations: ReadonlyMap<string, string>
}

/**
 * Delivers whatever is owed, of any edition, and brings the editions' states up to date. What has become late is held
 * before anything is claimed. The senders are opened for it and closed after it.
 */
export async function carryOut(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  input: CarryOutInput,
  house: House,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<CarriedOut> {
  await holdLate(ports, input)
  let delivered = 0
  const count = (progress: Progress): void => {
    delivered += progress.settlements.filter(({ kind }) => kind === 'sent').length
    onProgress(progress)
  }
  const senders = input.sendersFor(house)
  if (input.atOnce) await ports.store.hurry([...senders.keys()], ports.clock.now())
  try {
    await deliver(ports, senders, input.worker, count, signal)
  } finally {
    await Promise.allSettled([...senders.values()].map(async (sender) => sender.close?.()))
  }
  await settleEditions(ports)
  return {
    delivered,
    destinations: new Map([...senders].map(([channel, { destination }]) => [channel, destination])),
  }
}

/** An edition whose ledger does not add up is named and stays open; it keeps no other from being closed. */
export async function settleEditions({ store, log }: Pick<Ports, 'store' | 'log'>): Promise<void> {
  for (const { id } of await store.editions(OPEN_EDITIONS, ['approved', 'sending', 'held'])) {
    try {
      await store.settleEdition(id)
    } catch (error) {
      log.error(`${id}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
