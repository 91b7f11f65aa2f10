import * as z from 'zod'
import type { ChannelPorts } from '../../src/channel.ts'
import type { Outcome } from '../../src/domain/delivery.ts'
import { hubName } from './websub.ts'

/** A hiccup is soon over, and readers are waiting. */
const FIRST_PAUSE_MS = 5000
/** After a second failure; doubles each time. Longer than a pass stays for what is due again soon. */
const NEXT_PAUSE_MS = 3 * 60_000
const LONGEST_PAUSE_MS = 60 * 60_000
/** Nothing longer is believed, whatever a hub asks for. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000

const pauseSchema = z.object({ failures: z.int(), until: z.iso.datetime(), reason: z.string() })
const tryingSchema = z.object({ key: z.string(), since: z.iso.datetime() })

type Ports = Pick<ChannelPorts, 'clock' | 'notes'>

/** What workers know together about hubs that do not answer: one note for each hub. */
export interface Pauses {
  /** Until when and why a hub is left alone; undefined when it may be called. */
  of(hub: string): Promise<{ readonly until: Date; readonly reason: string } | undefined>
  /**
   * @param asked until when the hub itself wants to be left alone.
   * @returns until when it is: not shorter for a hub that says that it is well again soon, time after time.
   */
  failed(hub: string, reason: string, asked: Date | undefined): Promise<Date>
  answered(hub: string): Promise<void>
}

/** @param hasty hubs that are called once whatever is known of them. */
export function openPauses({ clock, notes }: Ports, hasty: readonly string[]): Pauses {
  const atOnce = new Set(hasty)
  return {
    async of(hub) {
      const known = await notes.recall(pauseOf(hub))
      if (known === undefined || atOnce.has(hub)) return undefined
      const { until, reason } = pauseSchema.parse(JSON.parse(known))
      const waitMs = Date.parse(until) - clock.now().getTime()
      // Further off than ever: the clock was set back since.
      return waitMs > 0 && waitMs <= LONGEST_ASKED_MS ? { until: new Date(until), reason } : undefined
    },
    async failed(hub, reason, asked) {
      atOnce.delete(hub)
      const known = await notes.recall(pauseOf(hub))
      const failures = known === undefined ? 1 : pauseSchema.parse(JSON.parse(known)).failures + 1
      const now = clock.now().getTime()
      const grownMs = failures === 1 ? FIRST_PAUSE_MS : Math.min(NEXT_PAUSE_MS * 2 ** (failures - 2), LONGEST_PAUSE_MS)
      const askedUntil = Math.min(asked?.getTime() ?? 0, now + LONGEST_ASKED_MS)
      const until = new Date(Math.max(now + grownMs, askedUntil))
      await notes.replace(pauseOf(hub), known, JSON.stringify({ failures, until: until.toISOString(), reason }))
      return until
    },
    async answered(hub) {
      atOnce.delete(hub)
      await forget(notes, pauseOf(hub))
    },
  }
}

/**
 * The outcome of an attempt that is to be made again, or that it is over: the first that failed under this key was a day
 * ago. One note for each document and hub.
 *
 * @param id of the rendering.
 */
export async function tryAgain(
  { clock, notes }: Ports,
  id: string,
  key: string,
  outcome: Outcome & { readonly kind: 'later' | 'unknown' },
): Promise<Outcome> {
  const known = await notes.recall(tryingOf(id))
  const trying = known === undefined ? undefined : tryingSchema.parse(JSON.parse(known))
  const now = clock.now()
  if (trying?.key !== key) {
    await notes.replace(tryingOf(id), known, JSON.stringify({ key, since: now.toISOString() }))
    return outcome
  }
  if (now.getTime() - Date.parse(trying.since) < GIVE_UP_AFTER_MS) return outcome
  const reason = `given up after a day (${outcome.reason}); readers find the change when they next ask`
  return over({ notes }, id, { kind: 'rejected', reason })
}

/** What was known of the tries of one announcement goes. */
export async function over({ notes }: Pick<Ports, 'notes'>, id: string, outcome: Outcome): Promise<Outcome> {
  await forget(notes, tryingOf(id))
  return outcome
}

async function forget(notes: Ports['notes'], name: string): Promise<void> {
  const known = await notes.recall(name)
  if (known !== undefined) await notes.replace(name, known, undefined)
}

function pauseOf(hub: string): string {
  return `feeds pause ${hubName(hub)}`
}

function tryingOf(id: string): string {
  return `feeds trying ${id}`
}
