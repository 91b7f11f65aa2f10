import * as z from 'zod'
import { dayIn } from '../domain/time.ts'
import type { Configuration } from './configuration.ts'
import { shownText } from './shown.ts'

/** What everything on one screen is written with. */
export interface Screen {
  /** The publication's: all times of day are on its clocks. */
  readonly zone: string
  /** What is of another day is said with its day. */
  readonly today: string
  /** What was to leave before it is overdue. */
  readonly now: Date
  /** Names of accounts, such as `news@mastodon.example`: they look like addresses, and everybody may read them. */
  readonly accounts: ReadonlySet<string>
}

export function screenOf(
  { config }: Pick<Configuration, 'config'>,
  now: Date,
  today = dayIn(config.publication.zone, now),
): Screen {
  return { zone: config.publication.zone, today, now, accounts: accountNames([...config.channels.values()]) }
}

/** `09:15`, with its day in front unless that is today. */
export function shownTime({ zone, today }: Pick<Screen, 'zone' | 'today'>, instant: Date | string): string {
  const at = new Date(instant)
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(at)
  const day = dayIn(zone, at)
  return day === today ? time : `${day} ${time}`
}

/** What a channel says of itself: others may have written part of it. */
export function shownReason({ accounts }: Pick<Screen, 'accounts'>, reason: string): string {
  return shownText(reason, accounts)
}

const account = z.string().optional().catch(undefined)
const named = z.object({ account, accounts: z.array(z.object({ account })).optional().catch(undefined) })

function accountNames(settings: readonly unknown[]): ReadonlySet<string> {
  const all = settings.flatMap((own) => {
    const { data } = named.safeParse(own)
    return data ? [data.account, ...(data.accounts ?? []).map((each) => each.account)] : []
  })
  return new Set(all.flatMap((name) => (name === undefined ? [] : [name.replace(/^@/, '').toLowerCase()])))
}
