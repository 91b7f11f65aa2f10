import type { Sender } from '../channel.ts'
import type { LedgerEntry, Outcome } from '../domain/delivery.ts'
import type { Claim, PaceHint, Ports, Settlement } from '../ports.ts'

/** Longer than any call of a channel may take by its own time-outs, and shorter than the lease of its claim. */
const ATTEMPT_MS = 5 * 60_000
/** Wait before an unknown outcome is looked at, so that a slow commit on the other side can land; doubles each time. */
const LOOK_WAIT_MS = 90_000
/** The same before a replay: its key makes an early one harmless. */
const REPLAY_WAIT_MS = 2000
const LONGEST_WAIT_MS = 60 * 60_000
/** A minute is soon enough to know, and long enough not to press a provider that is down. */
const LONGEST_REPLAY_WAIT_MS = 60_000
/** Least wait before a further try, whatever the other side says: `Retry-After: 0` is no leave to ask in a tight loop. */
const LEAST_WAIT_MS = 1000
/** Looks on the other side that find nothing before a person is asked. */
const LOOKS = 3

/** One settlement for each delivery of the claim, in order. */
export async function attempt(
  ports: Pick<Ports, 'clock' | 'log' | 'store'>,
  sender: Sender,
  claim: Claim,
  heard: (hint: PaceHint) => void,
): Promise<Settlement[]> {
  const isDoubtful = claim.kind === 'doubtful'
  const isLook = isDoubtful && !mayReplay(sender, claim, ports.clock.now())
  const outcomes = await (isLook ? lookUp(ports, sender, claim) : sendOnce(ports, sender, claim, heard))
  const now = ports.clock.now()
  const rules: Rules = {
    group: claim.group,
    isReplay: isDoubtful && !isLook,
    canReplay: mayReplay(sender, claim, now),
    canLook: sender.find !== undefined,
    now,
  }
  return outcomes.map((outcome, at) => settlementFor(outcome, claim.deliveries[at], rules))
}

async function sendOnce(
  ports: Pick<Ports, 'clock' | 'log' | 'store'>,
  sender: Sender,
  { channel, group, rendering, deliveries, settled }: Claim,
  heard: (hint: PaceHint) => void,
): Promise<Outcome[]> {
  const othersSent = async (): Promise<boolean> => {
    const counts = await ports.store.counts(deliveries[0]?.edition ?? '')
    return counts.some((count) => count.channel === channel && count.state === 'sent')
  }
  const call = { key: group, rendering, deliveries, settled, othersSent }
  try {
    return await inTime(ports, (signal) => sender.send(call, signal, heard))
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

/**
 * Not in the last minutes of the window: the call must arrive within it. An attempt in the future was made by a clock
 * that has been set back since: nobody knows how long ago that was.
 */
function mayReplay(sender: Sender, claim: Claim, now: Date): boolean {
  const ages = claim.deliveries.map(
    ({ firstAttemptAt }) => now.getTime() - Date.parse(firstAttemptAt ?? now.toISOString()),
  )
  if (sender.replayWindowMs === Infinity) return true
  return Math.max(...ages) < sender.replayWindowMs - ATTEMPT_MS && Math.min(...ages) > -ATTEMPT_MS
}

interface Rules {
  readonly group: string
  readonly isReplay: boolean
  readonly canReplay: boolean
  readonly canLook: boolean
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
  { group, isReplay, canReplay, canLook, now }: Rules,
): Settlement {
  if (outcome?.kind === 'sent' || outcome?.kind === 'rejected') return outcome
  const reason = outcome?.reason ?? `${group} may have left before`
  const refused = outcome?.refused === true
  if (outcome?.kind === 'later') {
    const notBefore = new Date(Math.max(outcome.notBefore.getTime(), now.getTime() + LEAST_WAIT_MS))
    if (outcome.part !== undefined) return { kind: 'later', reason, notBefore, part: outcome.part }
    if (isReplay) return { kind: 'unknown', reason, notBefore, refused }
    return { kind: 'later', reason, notBefore, refused, byPlan: outcome.byPlan === true }
  }
  const doubts = delivery?.doubts ?? 0
  if (outcome?.isFinal) return { kind: 'review', reason }
  if (!canReplay && (!canLook || (!outcome && doubts >= LOOKS)))
    return { kind: 'review', reason: `${reason}; look on the other side, then settle it by hand` }
  const waitMs = canReplay
    ? Math.min(REPLAY_WAIT_MS * 2 ** doubts, LONGEST_REPLAY_WAIT_MS)
    : Math.min(LOOK_WAIT_MS * 2 ** doubts, LONGEST_WAIT_MS)
  return { kind: 'unknown', reason, notBefore: new Date(now.getTime() + waitMs), refused }
}
