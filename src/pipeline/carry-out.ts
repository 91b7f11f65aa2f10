import type { House, Sender } from '../channel.ts'
import type { Ports } from '../ports.ts'
import { deliver, type Progress, type Worker } from './deliver.ts'
import { holdLate, OPEN_EDITIONS, type LateRule } from './late.ts'
import { mend } from './mend.ts'

export interface CarryOutInput extends LateRule {
  readonly sendersFor: (house: House) => ReadonlyMap<string, Sender>
  readonly worker: Worker
  /** What waits for a time is tried now: gaps, quiet hours and pauses do not count. */
  readonly atOnce?: boolean
}

/** What a pass did about one edition: deliveries that left, and that will not leave by themselves any more. */
export interface Progressed {
  readonly sent: number
  /** Refused for good, or left to a person. */
  readonly failed: number
}

/** How many deliveries were sent, of which editions anything was tried, and where each channel delivers, for people. */
export interface CarriedOut {
  readonly delivered: number
  readonly editions: ReadonlyMap<string, Progressed>
  readonly destinations: ReadonlyMap<string, string>
}

/**
 * Delivers whatever is owed, of any edition, and brings the editions' states up to date. What has become late is held
 * before anything is claimed, and documents that no longer lie where they were delivered are put back after it. The
 * senders are opened for it and closed after it.
 */
export async function carryOut(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  input: CarryOutInput,
  house: House,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<CarriedOut> {
  await holdLate(ports, input)
  const editions = new Map<string, Progressed>()
  const count = (progress: Progress): void => {
    tally(editions, progress)
    onProgress(progress)
  }
  const senders = input.sendersFor(house)
  if (input.atOnce) await ports.store.hurry([...senders.keys()], ports.clock.now())
  try {
    await deliver(ports, senders, input.worker, count, signal)
    await mend(ports, senders, signal)
  } finally {
    await Promise.allSettled([...senders.values()].map(async (sender) => sender.close?.()))
  }
  await settleEditions(ports)
  return {
    delivered: [...editions.values()].reduce((sum, { sent }) => sum + sent, 0),
    editions,
    destinations: new Map([...senders].map(([channel, { destination }]) => [channel, destination])),
  }
}

function tally(editions: Map<string, Progressed>, { claim, settlements }: Progress): void {
  for (const [place, { edition }] of claim.deliveries.entries()) {
    const { sent, failed } = editions.get(edition) ?? { sent: 0, failed: 0 }
    // What a channel tells nothing of is left to a person.
    const kind = settlements[place]?.kind ?? 'review'
    const isFailed = kind === 'rejected' || kind === 'review'
    editions.set(edition, { sent: sent + Number(kind === 'sent'), failed: failed + Number(isFailed) })
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
