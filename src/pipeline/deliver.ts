import type { Sender } from '../channel.ts'
import type { Claim, ClaimRequest, Ports, Settlement } from '../ports.ts'
import { attempt } from './attempt.ts'
import { openPacer, type Pacer } from './pace.ts'
import type { ConfiguredChannel } from './render.ts'

/** How long a claim is believed to be alive when its worker cannot be asked: longer than any attempt may take. */
const CLAIM_LEASE_MS = 10 * 60_000
/** Least pause between two looks for something due. */
const LEAST_PAUSE_MS = 50

/** This process as the ledger knows it, and what it can tell of others. */
export interface Worker {
  readonly name: string
  /** How long a pass stays for what is due again soon, since it last got something done; absent: not at all. */
  readonly patienceMs?: number
  /** True only when the worker of that name has certainly ended. */
  isGone(name: string): boolean
}

export interface Progress {
  readonly channel: string
  readonly claim: Claim
  readonly settlements: readonly Settlement[]
}

/**
 * Carries out what the ledger owes: claim, act, settle, until nothing is due, or due soon. Each channel goes at its
 * own pace, so that one which fails or hangs never holds up another; a channel may have several attempts in flight.
 * Stops claiming when the signal is aborted; attempts in flight are finished, within their deadline.
 *
 * The only place that retries, and only what the outcome allows: `later` waits in the ledger until its time; what may
 * have left already is sent again only while its channel promises that a second copy cannot arrive, else looked up on
 * the other side, else left to a person.
 */
export async function deliver(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  senders: ReadonlyMap<string, Sender>,
  worker: Worker,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  await ports.store.giveUp(worker.name, [...senders.keys()], ports.clock.now())
  const lanes = [...senders].flatMap(([channel, sender]) => {
    const way: Way = {
      ports,
      channel,
      sender,
      worker,
      pacer: openPacer(ports, sender.pace, worker.patienceMs ?? 0),
      movedAt: ports.clock.now(),
    }
    return Array.from({ length: sender.lanes ?? 1 }, () => runLane(way, onProgress, signal))
  })
  for (const end of await Promise.allSettled(lanes)) if (end.status === 'rejected') throw end.reason
}

/** What the lanes of one channel share. */
interface Way {
  readonly ports: Pick<Ports, 'clock' | 'store' | 'log'>
  readonly channel: string
  readonly sender: Sender
  readonly worker: Worker
  readonly pacer: Pacer
  /** When something was last sent or finally refused. */
  movedAt: Date
}

async function runLane(way: Way, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<void> {
  const { ports, channel, sender, worker, pacer } = way
  const request = (): Promise<ClaimRequest> => requestOf(ports, [channel], worker)
  let settling: Promise<void> = Promise.resolve()
  while (!signal.aborted) {
    // A turn at hand is not worth a look: at worst it is lost.
    if (!pacer.isReady() && !(await ports.store.isDue(await request()))) {
      await settling
      if ((await ports.store.isDue(await request())) || (await dueSoon(way, signal))) continue
      return
    }
    if (!(await pacer.turn(signal))) break
    // The last call is settled and the next one claimed in one commit.
    const [claimed, settled] = await Promise.allSettled([
      signal.aborted ? undefined : request().then((asked) => ports.store.claim(asked)),
      settling,
    ])
    if (claimed.status === 'rejected') throw claimed.reason
    if (settled.status === 'rejected') {
      if (claimed.value) await notCalled(way, claimed.value)
      throw settled.reason
    }
    if (!claimed.value) continue
    const settlements = await attempt(ports, sender, claimed.value, pacer.heard)
    settling = settle(way, claimed.value, settlements, onProgress)
    // Whoever waits for it next is told.
    settling.catch(() => undefined)
    try {
      await pacer.settled()
    } catch (error) {
      // What was answered is written down all the same.
      await settling
      throw error
    }
  }
  await settling
}

/** Gives a claim back that nothing was done about, so that it is not taken for one in doubt. */
async function notCalled(way: Way, claim: Claim): Promise<void> {
  if (claim.kind === 'doubtful') return
  const later: Settlement = { kind: 'later', notBefore: way.ports.clock.now(), reason: 'it was not called' }
  await settle(
    way,
    claim,
    claim.deliveries.map(() => later),
    () => undefined,
  )
}

async function settle(
  way: Way,
  claim: Claim,
  settlements: readonly Settlement[],
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const { store, clock } = way.ports
  const now = clock.now()
  const byKey = new Map(claim.deliveries.map(({ key }, at) => [key, settlements[at] ?? neverTold]))
  if (settlements.some(({ kind }) => kind === 'sent' || kind === 'rejected')) way.movedAt = now
  await store.settle(way.worker.name, byKey, now)
  onProgress({ channel: way.channel, claim, settlements })
}

const neverTold: Settlement = { kind: 'review', reason: 'the channel gave no outcome for this delivery' }

/** Whether one of these channels has something to carry out now. */
export async function isOwing(
  ports: Pick<Ports, 'clock' | 'store'>,
  channels: readonly ConfiguredChannel[],
  worker: Worker,
): Promise<boolean> {
  return ports.store.isDue(
    await requestOf(
      ports,
      channels.map(({ channel }) => channel.id),
      worker,
    ),
  )
}

async function requestOf(
  { clock, store }: Pick<Ports, 'clock' | 'store'>,
  channels: readonly string[],
  worker: Worker,
): Promise<ClaimRequest> {
  const now = clock.now()
  return {
    worker: worker.name,
    now,
    channels,
    staleBefore: new Date(now.getTime() - CLAIM_LEASE_MS),
    gone: await goneWorkers(store, worker),
  }
}

/** Waits for what is due again within the worker's patience; false when nothing is. */
async function dueSoon({ ports, channel, worker, movedAt }: Way, signal: AbortSignal): Promise<boolean> {
  const { clock, store } = ports
  const due = await store.nextDue([channel])
  const patienceMs = worker.patienceMs ?? 0
  const waitMs = due ? due.getTime() - clock.now().getTime() : Infinity
  // The clock may have been set back: then what is due soon after the last success is still far off.
  if (!due || waitMs > patienceMs || due.getTime() - movedAt.getTime() > patienceMs) return false
  await clock.wait(Math.max(waitMs, LEAST_PAUSE_MS), signal)
  return true
}

/** Holders of claims that will never be settled by their worker. */
export async function goneWorkers(store: Ports['store'], worker: Worker): Promise<string[]> {
  const holders = await store.holders()
  return holders.filter((name) => name !== worker.name && worker.isGone(name))
}
