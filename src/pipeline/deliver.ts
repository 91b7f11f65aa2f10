import type { Sender } from '../channel.ts'
import type { LedgerEntry, Outcome } from '../domain/delivery.ts'
import type { Claim, Ports, Settlement } from '../ports.ts'

/** How long a claim is believed to be alive when its worker cannot be asked: longer than any attempt may take. */
const CLAIM_LEASE_MS = 10 * 60_000
/** Least wait before an unknown outcome is looked at again, so that a slow commit on the other side can land; doubles each time. */
const UNKNOWN_WAIT_MS = 90_000
const LONGEST_WAIT_MS = 60 * 60_000
/** Least wait before a further try, whatever the other side says: `Retry-After: 0` is no leave to ask in a tight loop. */
const LEAST_WAIT_MS = 1000
/** Longer than any call of a channel may take by its own time-outs, and shorter than the lease of its claim. */
const ATTEMPT_MS = 5 * 60_000
/** Looks on the other side that find nothing before a person is asked. */
const LOOKS = 3

/** This process as the ledger knows it, and what it can tell of others. */
export interface Worker {
  readonly name: string
  /** True only when the worker of that name has certainly ended. */
  isGone(name: string): boolean
}

export interface Progress {
  readonly channel: string
  readonly claim: Claim
  readonly settlements: readonly Settlement[]
}

/**
 * Carries out what the ledger owes: claim, act, settle, until nothing is due. Each channel goes at its own pace, so
 * that one which fails or hangs never holds up another. Stops claiming when the signal is aborted; an attempt in
 * flight is finished, within its deadline.
 *
 * The only place that retries, and only what the outcome allows: `later` waits in the ledger for a further run; what
 * may have left already is sent again only while its channel promises that a second copy cannot arrive, else looked
 * up on the other side, else left to a person.
 */
export async function deliver(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  senders: ReadonlyMap<string, Sender>,
  worker: Worker,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const ended = await Promise.allSettled(
    [...senders].map(async ([channel, sender]) => {
      while (!signal.aborted) {
        const claim = await claimNext(ports, channel, worker)
        if (!claim) return
        const settlements = await attempt(ports, sender, claim)
        const byKey = new Map(claim.deliveries.map(({ key }, at) => [key, settlements[at] ?? neverTold]))
        await ports.store.settle(worker.name, byKey, ports.clock.now())
        onProgress({ channel, claim, settlements })
      }
    }),
  )
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

const neverTold: Settlement = { kind: 'review', reason: 'the channel gave no outcome for this delivery' }

async function claimNext(
  { clock, store }: Pick<Ports, 'clock' | 'store'>,
  channel: string,
  worker: Worker,
): Promise<Claim | undefined> {
  const now = clock.now()
  return store.claim({
    worker: worker.name,
    now,
    channels: [channel],
    staleBefore: new Date(now.getTime() - CLAIM_LEASE_MS),
    gone: await goneWorkers(store, worker),
  })
}

/** Holders of claims that will never be settled by their worker. */
export async function goneWorkers(store: Ports['store'], worker: Worker): Promise<string[]> {
  const holders = await store.holders()
  return holders.filter((name) => name !== worker.name && worker.isGone(name))
}

/** One settlement for each delivery of the claim, in order. */
async function attempt(ports: Pick<Ports, 'clock' | 'log'>, sender: Sender, claim: Claim): Promise<Settlement[]> {
  const isDoubtful = claim.kind === 'doubtful'
  const isLook = isDoubtful && !mayReplay(sender, claim, ports.clock.now())
  const outcomes = await (isLook ? lookUp : sendOnce)(ports, sender, claim)
  const now = ports.clock.now()
  const rules: Rules = {
    group: claim.group,
    isReplay: isDoubtful && !isLook,
    canTell: sender.find !== undefined || mayReplay(sender, claim, now),
    now,
  }
  return outcomes.map((outcome, at) => settlementFor(outcome, claim.deliveries[at], rules))
}

async function sendOnce(
  ports: Pick<Ports, 'clock' | 'log'>,
  sender: Sender,
  { channel, group, rendering, deliveries }: Claim,
): Promise<Outcome[]> {
  try {
    return await inTime(ports, (signal) => sender.send({ key: group, rendering, deliveries }, signal))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    ports.log.error(`${channel}: the attempt ${group} broke off: ${reason}`)
    return deliveries.map(() => ({ kind: 'unknown', reason }))
  }
}

/** Undefined where the look cannot tell, fails, or there is no looking. */
async function lookUp(
  ports: Pick<Ports, 'clock' | 'log'>,
  sender: Sender,
  { channel, rendering, deliveries }: Claim,
): Promise<(Outcome | undefined)[]> {
  return Promise.all(
    deliveries.map(async (delivery) => {
      try {
        return await inTime(ports, async (signal) => sender.find?.(delivery, rendering, signal))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        ports.log.error(`${channel}: looking for ${delivery.key} broke off: ${reason}`)
        return undefined
      }
    }),
  )
}

/** Gives up on a channel that does not come back, even on one that does not heed its signal. */
async function inTime<T>({ clock }: Pick<Ports, 'clock'>, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = clock.deadline(ATTEMPT_MS)
  const over = Promise.withResolvers<never>()
  const giveUp = (): void => over.reject(new Error(`no answer within ${ATTEMPT_MS / 60_000} minutes`))
  deadline.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([act(deadline), over.promise])
  } finally {
    deadline.removeEventListener('abort', giveUp)
  }
}

function mayReplay(sender: Sender, claim: Claim, now: Date): boolean {
  const firstAttempts = claim.deliveries.map(({ firstAttemptAt }) => Date.parse(firstAttemptAt ?? now.toISOString()))
  return now.getTime() - Math.min(...firstAttempts) < sender.replayWindowMs
}

interface Rules {
  readonly group: string
  readonly isReplay: boolean
  /** A further replay or look may still find out. */
  readonly canTell: boolean
  readonly now: Date
}

/**
 * A doubtful delivery stays in doubt until it is proved: that a replay was refused for now says nothing about what the
 * first attempt did. A look that answers `later` has proved that nothing arrived.
 *
 * @param outcome undefined when a look on the other side could not tell.
 */
function settlementFor(
  outcome: Outcome | undefined,
  delivery: LedgerEntry | undefined,
  { group, isReplay, canTell, now }: Rules,
): Settlement {
  if (outcome?.kind === 'sent' || outcome?.kind === 'rejected') return outcome
  const reason = outcome?.reason ?? `${group} may have left before`
  if (outcome?.kind === 'later') {
    const notBefore = new Date(Math.max(outcome.notBefore.getTime(), now.getTime() + LEAST_WAIT_MS))
    return { kind: isReplay ? 'unknown' : 'later', reason, notBefore }
  }
  const attempts = delivery?.attempts ?? 1
  if (!canTell || (!outcome && attempts > LOOKS))
    return { kind: 'review', reason: `${reason}; look on the other side, then settle it by hand` }
  const waitMs = Math.min(UNKNOWN_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS)
  return { kind: 'unknown', reason, notBefore: new Date(now.getTime() + waitMs) }
}
