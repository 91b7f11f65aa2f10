import type { Channel } from '../channel.ts'
import { amendmentKindOf } from '../domain/amendment.ts'
import { dayIn } from '../domain/time.ts'
import type { EditionSummary, Ports } from '../ports.ts'
import type { ConfiguredChannel } from './render.ts'

const HOUR_MS = 3_600_000
/** More open editions than a store ever has at once. */
export const OPEN_EDITIONS = 1000

/** When an edition comes too late to go by itself. */
export interface LateRule {
  /** More than this after it was to leave, or was last let go, an edition is an editor's to decide on. */
  readonly lateMs: number
  readonly zone: string
  readonly settings: { readonly channels: readonly ConfiguredChannel[] }
}

/**
 * Why the edition is not to leave by itself any more, for people. Undefined while it is in time, and always where
 * nothing that comes late disturbs anybody.
 *
 * @param plannedFor a time of its own that something of the edition has: before it, that is not late.
 */
export function lateReason(
  { plannedAt, letGoAt }: Pick<EditionSummary, 'plannedAt' | 'letGoAt'>,
  { lateMs, zone, settings }: LateRule,
  now: Date,
  plannedFor = plannedAt,
): string | undefined {
  if (disturbing(settings.channels).length === 0) return undefined
  const planned = new Date(Math.max(Date.parse(plannedAt), Date.parse(plannedFor)))
  const wasLetGo = letGoAt !== undefined && new Date(letGoAt) > planned
  const from = wasLetGo ? new Date(letGoAt) : planned
  const late = now.getTime() - from.getTime()
  if (late <= lateMs) return undefined
  const meant = `it was ${wasLetGo ? 'let go' : 'meant to leave'} at ${minuteIn(zone, from)} (${zone})`
  return `${inWords(late)} late: ${meant}`
}

/**
 * Holds every edition that was approved and still owes something late that disturbs people: what has left has left, the
 * rest is the editor's. Others go on. Mail that is late holds all of its edition; posts that are late, because their
 * network is down, leave those for another network in peace until these have left. What puts right or takes back is
 * wanted however late it is.
 */
export async function holdLate(
  { clock, store, log }: Pick<Ports, 'clock' | 'store' | 'log'>,
  rule: LateRule,
): Promise<void> {
  const channels = new Map(disturbing(rule.settings.channels).map((channel) => [channel.id, channel]))
  if (channels.size === 0) return
  const now = clock.now()
  for (const edition of await store.editions(OPEN_EDITIONS, ['approved', 'sending'])) {
    if (amendmentKindOf(edition.id) !== undefined || lateReason(edition, rule, now) === undefined) continue
    const owed = (await store.owedBy(edition.id)).filter(({ channel }) => channels.has(channel))
    const late = owed.filter(({ plannedFor }) => lateReason(edition, rule, now, plannedFor) !== undefined)
    const isMail = late.some(({ channel }) => channels.get(channel)?.audience === 'subscribers')
    const first = late.toSorted((a, b) => (a.plannedFor ?? '').localeCompare(b.plannedFor ?? ''))[0]
    if (!first || (late.length < owed.length && !isMail)) continue
    const reason = lateReason(edition, rule, now, first.plannedFor) ?? ''
    const state = await store.hold(edition.id, reason)
    if (state === 'held') log.warn(`${edition.id} is held: ${reason}. What has not left waits for an editor.`)
  }
}

/** Channels whose deliveries people notice when they come. */
function disturbing(channels: readonly ConfiguredChannel[]): Channel[] {
  return channels.filter(({ channel, settings }) => channel.disturbs?.(settings) ?? false).map(({ channel }) => channel)
}

/** `45 minutes`, `13 hours`, `3 days`: whole ones that have passed. */
function inWords(ms: number): string {
  const [count, unit] =
    ms < HOUR_MS
      ? [Math.floor(ms / 60_000), 'minute']
      : ms < 48 * HOUR_MS
        ? [Math.floor(ms / HOUR_MS), 'hour']
        : [Math.floor(ms / (24 * HOUR_MS)), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** `2026-06-29 07:00` on the clocks of the zone. */
function minuteIn(zone: string, instant: Date): string {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  return `${dayIn(zone, instant)} ${clock.format(instant)}`
}
