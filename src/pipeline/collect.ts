import type { Finding } from '../domain/finding.ts'
import { contentHash, type Item } from '../domain/item.ts'
import { dayIn, publishedDay } from '../domain/time.ts'
import type { ItemState, Ports, Reading, Recorded, Source, SourceAbout, SourceEvent } from '../ports.ts'

/** What one reading of the source brought; when the other side said that nothing changed, `read` is 0. */
export interface Collected extends Recorded {
  readonly firstDay: string
  /** The day that is being made. */
  readonly day: string
  readonly unchanged: boolean
  readonly complete: boolean
  readonly read: number
  readonly sections: ReadonlyMap<string, number>
  readonly skipped: number
  readonly findings: readonly Finding[]
  readonly about: SourceAbout
}

type ReadItem = Reading['items'][number]

/**
 * Reads the source once and records what it said in one transaction: new items, changed ones, what was wrong.
 *
 * On the first run for this source, `day` becomes its first day: whatever was published before it is recorded as
 * skipped and never sent. A reading that broke off records the whole items it brought, but not its validators, so that
 * the next reading is complete again.
 *
 * @param options.day the day that is being made, in the publication's zone; undefined: the latest that the source has
 *   anything for, and today when it has nothing.
 */
export async function collect(
  ports: Pick<Ports, 'clock' | 'store'>,
  source: Source,
  options: { readonly day: string | undefined; readonly zone: string },
  signal?: AbortSignal,
): Promise<Collected> {
  const known = await ports.store.source(source.id)
  const reading = await readAll(source.read(known?.validators ?? {}, signal))
  const now = ports.clock.now()
  const day = options.day ?? (await latestDay(ports.store, reading.items, options.zone)) ?? dayIn(options.zone, now)
  // A day that is yet to come is a slip of the pen, and must not turn everything before it into the past.
  const today = dayIn(options.zone, now)
  const firstDay = known?.firstDay ?? (day < today ? day : today)
  const items = placeAll(reading.items, firstDay, options.zone)
  const record: Reading = {
    source: source.id,
    at: now.toISOString(),
    validators: reading.complete ? reading.validators : {},
    about: reading.about,
    findings: reading.findings,
    items,
    complete: reading.complete,
  }
  const broughtNothing = reading.unchanged || (!reading.complete && items.length === 0)
  const recorded = broughtNothing ? { added: [], changed: [] } : await ports.store.record(record, firstDay)
  return {
    ...recorded,
    firstDay,
    day,
    unchanged: reading.unchanged,
    complete: reading.complete,
    read: items.length,
    sections: countBy(items, ({ item }) => item.section),
    skipped: items.filter(({ state }) => state === 'skipped').length,
    findings: reading.unchanged ? (known?.findings ?? []) : reading.findings,
    about: broughtNothing ? (known?.about ?? {}) : reading.about,
  }
}

interface Read {
  about: SourceAbout
  items: Item[]
  findings: Finding[]
  validators: Reading['validators']
  complete: boolean
  unchanged: boolean
}

async function readAll(events: AsyncIterable<SourceEvent>): Promise<Read> {
  const read: Read = { about: {}, items: [], findings: [], validators: {}, complete: false, unchanged: false }
  for await (const event of events) {
    if (event.kind === 'about') read.about = event.about
    else if (event.kind === 'problem') read.findings.push(event.finding)
    else if (event.kind === 'item') read.items.push(event.item)
    else {
      read.complete = event.complete
      read.unchanged = event.unchanged
      read.validators = event.validators
    }
  }
  return read
}

async function latestDay(store: Ports['store'], items: readonly Item[], zone: string): Promise<string | undefined> {
  const days = items.flatMap(({ published }) => (published === undefined ? [] : [publishedDay(published, zone)]))
  if (days.length > 0) return days.reduce((a, b) => (a > b ? a : b))
  return (await store.items({ states: ['new', 'skipped'], limit: 1 }))[0]?.day
}

/** Positions count from the end, for sources put what is new in front: then nobody else moves. */
function placeAll(items: readonly Item[], firstDay: string, zone: string): ReadItem[] {
  const behind = new Map<string, number>()
  const placed = items.toReversed().map((item): ReadItem => {
    const day = item.published === undefined ? undefined : publishedDay(item.published, zone)
    const position = behind.get(day ?? '') ?? 0
    behind.set(day ?? '', position + 1)
    const hash = contentHash(item)
    if (day === undefined) return { item, hash, state: 'undated', position }
    const state: ItemState = day < firstDay ? 'skipped' : 'new'
    return { item, hash, state, day, position, ...(state === 'skipped' && { reason: 'before first run' }) }
  })
  return placed.toReversed()
}

function countBy<T>(values: readonly T[], key: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1)
  return counts
}
