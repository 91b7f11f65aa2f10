import * as z from 'zod'
import type { Attempt, ChannelPorts } from '../channel.ts'
import type { Outcome } from '../domain/delivery.ts'
import { quietUntil, type Timing } from './timing.ts'

const turnSchema = z.object({ at: z.iso.datetime(), key: z.string() })

/**
 * An account's turn to post, which all workers share: no closer to the one before than the gap, and never in quiet
 * hours, also when much is due at once because no worker was there. What may have left goes on at once, for a reader may
 * be waiting for the rest of it; whoever comes after it keeps the gap to it, too.
 *
 * @param account unique among channels: `bluesky news.example.com`.
 * @returns when to come back; undefined when it is this attempt's turn now. Committed before it resolves.
 */
export async function takeTurn(
  { clock, notes }: Pick<ChannelPorts, 'clock' | 'notes'>,
  account: string,
  timing: Timing,
  zone: string,
  { key, deliveries }: Pick<Attempt, 'key' | 'deliveries'>,
): Promise<Outcome | undefined> {
  const isDoubtful = deliveries.some(({ doubts }) => doubts > 0)
  const name = `${account} turn`
  for (;;) {
    const now = clock.now()
    const known = await notes.recall(name)
    const wait = isDoubtful ? undefined : waitFor(known, key, timing, zone, now)
    if (wait) return wait
    if (await notes.replace(name, known, JSON.stringify({ at: now.toISOString(), key }))) return undefined
  }
}

/** @param known the latest turn of the account, as it was noted. */
function waitFor(known: string | undefined, key: string, timing: Timing, zone: string, now: Date): Outcome | undefined {
  const quiet = quietUntil(timing, now, zone)
  if (quiet) return { kind: 'later', byPlan: true, notBefore: quiet, reason: 'quiet hours' }
  const last = known === undefined ? undefined : turnSchema.parse(JSON.parse(known))
  if (!last || last.key === key) return undefined
  const gapMs = timing.gapMinutes * 60_000
  // A turn that is yet to come was taken by a clock that has been set back since.
  const since = now.getTime() - Date.parse(last.at)
  if (since < 0 || since >= gapMs) return undefined
  const notBefore = new Date(now.getTime() - since + gapMs)
  return { kind: 'later', byPlan: true, notBefore, reason: `spaced: one post in ${timing.gapMinutes} minutes` }
}
