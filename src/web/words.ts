import type { DeliveryState } from '../domain/delivery.ts'
import type { Measure } from '../domain/rendering.ts'
import type { EditionLine } from '../pipeline/view.ts'

const figures = new Intl.NumberFormat('en-GB')
const tenths = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `1 error`, `3 errors`. */
export function counted(count: number, noun: string): string {
  return `${figures.format(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `812 bytes`, `48.2 kB` (1 kB = 1000 bytes). */
export function sizeInWords(bytes: number): string {
  return bytes < 1000 ? counted(bytes, 'byte') : `${tenths.format(bytes / 1000)} kB`
}

/** `212 of 300 graphemes`; without a limit `8 entries`, `1 entry`. */
export function measureInWords({ name, value, limit }: Measure): string {
  if (limit !== undefined) return `${figures.format(value)} of ${figures.format(limit)} ${name}`
  return `${figures.format(value)} ${value === 1 ? name.replace(/ies$/, 'y').replace(/s$/, '') : name}`
}

/** `07:00` on the publication's clocks. */
export function timeIn(zone: string, instant: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(
    new Date(instant),
  )
}

/** A day in words that breaks after the weekday or not at all. */
export function unbroken(day: string): string {
  return day.replace(/(?<=\d) | (?=\d)/g, '\u00A0').replace(',\u00A0', ', ')
}

/** `daily` → `Daily edition`. */
export function scheduleInWords(schedule: string): string {
  return `${schedule.charAt(0).toUpperCase()}${schedule.slice(1)} edition`
}

interface StateWords {
  readonly name: string
  readonly meaning: string
}

/** What the state of an edition means for the person who looks at it. */
export const editionWords: Readonly<Record<EditionLine['state'], StateWords>> = {
  unsaved: { name: 'Not kept', meaning: 'Composed just now to be looked at. Nothing leaves.' },
  draft: { name: 'Draft', meaning: 'Nothing has left. It waits for approval.' },
  held: { name: 'Held', meaning: 'Nothing leaves until an editor lets it go.' },
  approved: { name: 'Approved', meaning: 'Frozen: what is shown here is what leaves.' },
  sending: { name: 'Leaving', meaning: 'Frozen: what is shown here is what is leaving now.' },
  sent: { name: 'Sent', meaning: 'This is what left.' },
  cancelled: { name: 'Cancelled', meaning: 'Nothing more leaves.' },
}

export const deliveryWords: Readonly<Record<DeliveryState, string>> = {
  planned: 'planned',
  claimed: 'leaving now',
  sent: 'sent',
  rejected: 'refused',
  waiting: 'waiting to be tried again',
  unknown: 'not known whether it arrived',
  review: 'to be looked at by a person',
  superseded: 'overtaken by a newer one',
  cancelled: 'not sent any more',
}
