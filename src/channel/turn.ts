import * as z from 'zod'
import type { Attempt, ChannelPorts } from '../channel.ts'
import type { Outcome } from '../domain/delivery.ts'
import { addDays, dayIn, instantAt } from '../domain/time.ts'
import { quietUntil, type Timing } from './timing.ts'

/** Longer than any day of a publication: what was posted before counts for nothing any more. */
const REMEMBERED_MS = 48 * 3_600_000

/** How long a post that tried again for a whole gap stands back, so that another in doubt may. */
const GIVE_WAY_MS = 60_000

const replaysSchema = z.array(z.object({ key: z.string(), from: z.iso.datetime() }))

/** Of one post: when its turn began, and its latest attempt. The account's latest turn comes last. */
const turnsSchema = z.array(z.object({ key: z.string(), from: z.iso.datetime(), at: z.iso.datetime() }))
type Turn = z.output<typeof turnsSchema>[number]

/**
 * An account's turn to post, which all workers share: no closer to the one before than the gap, never in quiet hours, and
 * no more a day than the limit, also when much is due at once because no worker was there.
 *
 * What may have left goes on at once while its turn lasts, for a reader may be waiting for the rest of it. Whatever never
 * had a turn was never called, so that it waits like any other though its worker was killed. Nobody keeps the turn for
 * longer than the gap by failing again and again: then it is the others' turn, and what is in doubt keeps the gap among
 * its own, so that the end of an outage is no burst.
 *
 * @param account unique among channels: `bluesky news.example.com`.
 * @param atOnce takes the turn whatever gap, quiet hours and limit say.
 * @returns when to come back; undefined when it is this attempt's turn now. Committed before it resolves.
 */
export async function takeTurn(
  ports: Pick<ChannelPorts, 'clock' | 'notes'>,
  account: string,
  timing: Timing,
  zone: string,
  { key, deliveries }: Pick<Attempt, 'key' | 'deliveries'>,
  atOnce: boolean,
): Promise<Outcome | undefined> {
  const isDoubtful = deliveries.some(({ doubts }) => doubts > 0)
  const name = `${account} turns`
  const { clock, notes } = ports
  for (;;) {
    const now = clock.now()
    const known = await notes.recall(name)
    const turns = recentTurns(known, now)
    const mayHaveLeft = isDoubtful && turns.some((turn) => turn.key === key)
    const isReplay = mayHaveLeft && !goingOn(turns, key, timing, now)
    const wait = isReplay
      ? await waitToReplay(ports, account, timing, zone, key)
      : !mayHaveLeft && waitFor(turns, key, timing, zone, now)
    if (wait && !atOnce) return wait
    const next = JSON.stringify(isReplay ? stillTurn(turns, key, zone, now) : withTurn(turns, key, timing, now))
    if (next === known || (await notes.replace(name, known, next))) return undefined
  }
}

/** A turn that is yet to come was taken by a clock that has been set back since. */
function recentTurns(known: string | undefined, now: Date): Turn[] {
  const turns = known === undefined ? [] : turnsSchema.parse(JSON.parse(known))
  return turns.filter(({ at }) => Math.abs(now.getTime() - Date.parse(at)) < REMEMBERED_MS)
}

/** The latest turn, if it is this one's and goes on: what was refused for the moment, or may have left, tries again. */
function goingOn(turns: readonly Turn[], key: string, { gapMinutes }: Timing, now: Date): Turn | undefined {
  const last = turns.at(-1)
  if (last?.key !== key) return undefined
  const since = now.getTime() - Date.parse(last.from)
  return since >= 0 && since < gapMinutes * 60_000 ? last : undefined
}

/** Nobody keeps a distance to its replays, which would keep the others away for ever; but it counts for the day it leaves on. */
function stillTurn(turns: readonly Turn[], key: string, zone: string, now: Date): Turn[] {
  const today = instantAt(dayIn(zone, now), '00:00', zone).toISOString()
  const own = turns.find((turn) => turn.key === key)
  if (!own || own.at >= today) return [...turns]
  return [...turns.filter((turn) => turn !== own), { ...own, at: now.toISOString() }]
}

/** One of those in doubt tries again for a gap, then the next: they never did together, and it may be that none of them has left. */
async function waitToReplay(
  { clock, notes }: Pick<ChannelPorts, 'clock' | 'notes'>,
  account: string,
  timing: Timing,
  zone: string,
  key: string,
): Promise<Outcome | undefined> {
  const name = `${account} replays`
  const gapMs = timing.gapMinutes * 60_000
  for (;;) {
    const now = clock.now()
    const quiet = quietUntil(timing, now, zone)
    if (quiet) return until(quiet, 'quiet hours')
    if (gapMs === 0) return undefined
    const known = await notes.recall(name)
    const before = known === undefined ? [] : replaysSchema.parse(JSON.parse(known))
    const last = before.at(-1)
    const since = last ? now.getTime() - Date.parse(last.from) : Infinity
    const keepsMs = last?.key === key ? gapMs + GIVE_WAY_MS : gapMs
    if (since >= 0 && since < keepsMs) {
      if (last?.key === key && since < gapMs) return undefined
      // Whoever tried longest ago comes first, and before them all who has not tried yet.
      const behind = before.findIndex((one) => one.key === key) + 1
      return until(new Date(now.getTime() - since + keepsMs + behind), 'spaced: others are in doubt, too')
    }
    const others = before.filter(
      (one) => one.key !== key && Math.abs(now.getTime() - Date.parse(one.from)) < REMEMBERED_MS,
    )
    const next = JSON.stringify([...others, { key, from: now.toISOString() }])
    if (await notes.replace(name, known, next)) return undefined
  }
}

function withTurn(turns: readonly Turn[], key: string, timing: Timing, now: Date): Turn[] {
  const own = goingOn(turns, key, timing, now)
  const at = now.toISOString()
  return [...turns.filter((turn) => turn.key !== key), { key, from: own?.from ?? at, at }]
}

function waitFor(turns: readonly Turn[], key: string, timing: Timing, zone: string, now: Date): Outcome | undefined {
  const quiet = quietUntil(timing, now, zone)
  if (quiet) return until(quiet, 'quiet hours')
  if (goingOn(turns, key, timing, now)) return undefined
  const { mostPerDay = Infinity, gapMinutes } = timing
  const tomorrow = instantAt(addDays(dayIn(zone, now), 1), '00:00', zone)
  if (postedToday(turns, key, zone, now) >= mostPerDay)
    return until(quietUntil(timing, tomorrow, zone) ?? tomorrow, `${mostPerDay} posts a day at most`)
  const last = turns.at(-1)
  if (!last) return undefined
  const gapMs = gapMinutes * 60_000
  const since = now.getTime() - Date.parse(last.at)
  if (since < 0 || since >= gapMs) return undefined
  // Whoever had a turn comes after those who wait for their first.
  const behind = turns.some((turn) => turn.key === key) ? 1 : 0
  return until(new Date(now.getTime() - since + gapMs + behind), `spaced: one post in ${gapMinutes} minutes`)
}

/** How many other posts had a turn on this day of the publication. */
function postedToday(turns: readonly Turn[], key: string, zone: string, now: Date): number {
  const from = instantAt(dayIn(zone, now), '00:00', zone).toISOString()
  return turns.filter((turn) => turn.key !== key && turn.at >= from).length
}

function until(notBefore: Date, reason: string): Outcome {
  return { kind: 'later', byPlan: true, notBefore, reason }
}
