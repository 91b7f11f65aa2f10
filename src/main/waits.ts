import * as z from 'zod'
import type { Wait } from '../ports.ts'
import type { Configuration } from './configuration.ts'
import { type Screen, shownReason, shownTime } from './screen.ts'
import { figure } from './tally.ts'

/** More reasons than this are told by the list of deliveries alone. */
const REASONS_SHOWN = 5

/** Of the settings of a channel whose posts are spaced. */
const spaced = z.object({
  gapMinutes: z.number().nonnegative(),
  quiet: z.object({ to: z.string() }).optional(),
})

/** What stands there when it waits for the one before it, by plan or in its turn: the gap says more. */
const USUAL = /^(it leaves at its time|spaced: .*)?$/

export function countWaits(waits: readonly Wait[]): number {
  return waits.reduce((sum, { count }) => sum + count, 0)
}

/** What waits because something is wrong. */
export function troubles(waits: readonly Wait[]): Wait[] {
  return waits.filter(({ byPlan }) => !byPlan)
}

/** `8 leave later: the next at 09:15 (gap of 10 minutes)`, and what is overdue; undefined when nothing waits for its time alone. */
export function laterWords(
  waits: readonly Wait[],
  { config }: Pick<Configuration, 'config'>,
  screen: Screen,
): string | undefined {
  const planned = waits.filter(({ byPlan }) => byPlan)
  const later = planned.filter(({ notBefore }) => new Date(notBefore) > screen.now)
  const due = countWaits(planned) - countWaits(later)
  const words = [
    ...(due > 0 ? [`${figure(due)} due by now, for a running worker or the next run`] : []),
    ...nextWords(later, config, screen),
  ]
  return words.length === 0 ? undefined : words.join('; ')
}

function nextWords(later: readonly Wait[], config: Configuration['config'], screen: Screen): string[] {
  const next = later.toSorted((a, b) => a.notBefore.localeCompare(b.notBefore))[0]
  if (!next) return []
  const count = countWaits(later)
  const why = whyLater(next, count, config.channels.get(next.channel), screen)
  return [
    `${figure(count)} ${count === 1 ? 'leaves later: at' : 'leave later: the next at'} ${shownTime(screen, next.notBefore)}${why && ` (${why})`}`,
  ]
}

/** What waits until quiet hours end does so for them, and else for the one before it or what its channel says. */
function whyLater({ reason, notBefore }: Wait, count: number, settings: unknown, screen: Screen): string {
  const { gapMinutes = 0, quiet } = spaced.safeParse(settings).data ?? {}
  if (quiet && shownTime(screen, notBefore).endsWith(quiet.to)) return 'quiet hours'
  if (!USUAL.test(reason)) return shownReason(screen, reason)
  if (count === 1 || gapMinutes === 0) return ''
  return `gap of ${gapMinutes} ${gapMinutes === 1 ? 'minute' : 'minutes'}`
}

/** `busy, next try 07:05`. */
export function troubleWords({ reason, notBefore }: Wait, screen: Screen): string {
  return `${shownReason(screen, reason).replace(/\.$/, '')}, next try ${shownTime(screen, notBefore)}`
}

/** `24 for bluesky: ...`, each reason once, however many editions wait for it. */
export function troubleLines(waits: readonly Wait[], screen: Screen): string[] {
  const alike = Map.groupBy(troubles(waits), ({ channel, reason }) => JSON.stringify([channel, reason]))
  const lines = [...alike.values()].flatMap((same) => {
    const first = same.toSorted((a, b) => a.notBefore.localeCompare(b.notBefore))[0]
    return first ? [`${figure(countWaits(same))} for ${first.channel}: ${troubleWords(first, screen)}`] : []
  })
  const more = lines.length - REASONS_SHOWN
  return more > 0 ? [...lines.slice(0, REASONS_SHOWN), `and ${figure(more)} more reasons`] : lines
}

/** For a program; every key is always there, and instants are RFC 3339 in UTC. */
export function waitAsJson({ channel, reason, byPlan, count, notBefore }: Wait, screen: Screen): object {
  return { channel, reason: shownReason(screen, reason), byPlan, count, notBefore }
}
