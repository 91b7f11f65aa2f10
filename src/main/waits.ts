import * as z from 'zod'
import { dayIn } from '../domain/time.ts'
import type { Wait } from '../ports.ts'
import type { Configuration } from './configuration.ts'
import { shownText } from './shown.ts'
import { figure } from './tally.ts'

/** More reasons than this are told by the list of deliveries alone. */
const REASONS_SHOWN = 5

/** Of the settings of a channel whose posts are spaced. */
const spaced = z.object({ gapMinutes: z.number().positive() })

export function countWaits(waits: readonly Wait[]): number {
  return waits.reduce((sum, { count }) => sum + count, 0)
}

/** What waits because something is wrong. */
export function troubles(waits: readonly Wait[]): Wait[] {
  return waits.filter(({ byPlan }) => !byPlan)
}

/**
 * `8 leave later: the next at 09:15 (gap of 10 minutes)`; undefined when nothing waits for its time alone.
 *
 * @param today what is of another day is said with its day.
 */
export function laterWords(
  waits: readonly Wait[],
  { config }: Pick<Configuration, 'config'>,
  today: string,
): string | undefined {
  const planned = waits.filter(({ byPlan }) => byPlan)
  const next = planned.toSorted((a, b) => a.notBefore.localeCompare(b.notBefore))[0]
  if (!next) return undefined
  const count = countWaits(planned)
  const gap = spaced.safeParse(config.channels.get(next.channel)).data?.gapMinutes
  const why = gap === undefined || count === 1 ? '' : ` (gap of ${gap} ${gap === 1 ? 'minute' : 'minutes'})`
  const when = timeIn(config.publication.zone, new Date(next.notBefore), today)
  return `${figure(count)} ${count === 1 ? 'leaves later: at' : 'leave later: the next at'} ${when}${why}`
}

/** `09:15` on the clocks of the zone, with its day in front unless that is today. */
function timeIn(zone: string, instant: Date, today: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(instant)
  const day = dayIn(zone, instant)
  return day === today ? time : `${day} ${time}`
}

/** `busy, next try 2026-06-29T05:05:00.000Z`. */
export function troubleWords({ reason, notBefore }: Wait): string {
  return `${shownText(reason).replace(/\.$/, '')}, next try ${notBefore}`
}

/** `24 for bluesky: ...`, each reason once, however many editions wait for it. */
export function troubleLines(waits: readonly Wait[]): string[] {
  const alike = Map.groupBy(troubles(waits), ({ channel, reason }) => JSON.stringify([channel, reason]))
  const lines = [...alike.values()].flatMap((same) => {
    const first = same.toSorted((a, b) => a.notBefore.localeCompare(b.notBefore))[0]
    return first ? [`${figure(countWaits(same))} for ${first.channel}: ${troubleWords(first)}`] : []
  })
  const more = lines.length - REASONS_SHOWN
  return more > 0 ? [...lines.slice(0, REASONS_SHOWN), `and ${figure(more)} more reasons`] : lines
}

/** For a program; every key is always there. */
export function waitAsJson({ channel, reason, byPlan, count, notBefore }: Wait): object {
  return { channel, reason: shownText(reason), byPlan, count, notBefore }
}
