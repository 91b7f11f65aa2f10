import type { House } from '../channel.ts'
import type { Edition, EditionState } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import { instantAt } from '../domain/time.ts'
import type { FrozenRendering, LedgerCount, Ports, Source, SourceAbout, StoredItem, Wait } from '../ports.ts'
import { approve } from './approve.ts'
import { carryOut, type CarriedOut, type CarryOutInput, type Progressed } from './carry-out.ts'
import { collect, type Collected } from './collect.ts'
import type { Progress } from './deliver.ts'
import { lateReason, OPEN_EDITIONS } from './late.ts'
import { make, remake, type EditionPlan, type Made, type MakeSettings } from './make.ts'

export interface RunInput extends CarryOutInput {
  readonly source: Source
  readonly schedule: { readonly id: string; /** `HH:MM` in the publication's zone. */ readonly at: string }
  /** Undefined: the latest day that the source has something for. */
  readonly date: string | undefined
  /** First day the edition covers; undefined: `date`. */
  readonly fromDay?: string
  readonly settings: MakeSettings
  /** The publication is known for certain only once its source has been read. */
  readonly houseFor: (about: SourceAbout) => House
  /** `editor`: a draft waits for approval; `auto`: it goes at once, unless it is late; `given`: a person said so now. */
  readonly approval: 'auto' | 'editor' | 'given'
  /** `as-seen`: a draft that is there is taken as the editor saw it; `anew`: it is made again from what the source says now. */
  readonly draft: 'as-seen' | 'anew'
  /** Stop before anything is approved or delivered; the store is a scratch copy. */
  readonly dryRun: boolean
}

/**
 * What became of the edition in this pass.
 * - `approved`: approved and carried out now; `resumed`: approved earlier, the rest was carried out now.
 * - `foreign`: the store has an edition of that day from another source.
 * - `unchanged`: had left before; `empty`: nothing was published; `draft` and `held` wait for an editor; `planned`: dry run.
 */
export type RunVerdict = 'approved' | 'resumed' | 'unchanged' | 'empty' | 'draft' | 'held' | 'planned' | 'foreign'

/** An edition that is not the one of the day, and that this pass worked on or that still owes something. */
export interface OtherEdition extends Progressed {
  readonly id: string
  readonly state: EditionState
  readonly reason: string
  /** Its ledger after the pass. */
  readonly counts: readonly LedgerCount[]
  readonly waits: readonly Wait[]
}

export interface RunReport {
  readonly verdict: RunVerdict
  readonly id: string
  readonly house: House
  readonly collected: Collected
  readonly findings: readonly Finding[]
  readonly edition: Edition | undefined
  readonly state: EditionState | undefined
  readonly reason: string
  /** Made in this pass; empty when the edition was approved before. */
  readonly renderings: readonly FrozenRendering[]
  /** The ledger of this edition after the pass. */
  readonly counts: readonly LedgerCount[]
  /** Why what waits of this edition does. */
  readonly waits: readonly Wait[]
  /** Items that left in an edition and that the source no longer lists. */
  readonly vanished: readonly StoredItem[]
  /** Corrections, retractions, and editions of other days; empty for a dry run. */
  readonly others: readonly OtherEdition[]
  /** Deliveries that this pass sent, of any edition. */
  readonly delivered: number
  /** Nothing was kept: not even a draft. */
  readonly dryRun: boolean
  readonly endedAt: Date
  /** Where each channel delivers in this pass, for people; empty for a dry run. */
  readonly destinations: ReadonlyMap<string, string>
}

/**
 * One pass: collect, compose, check, render, approve, deliver. Safe to repeat and to kill at any instant: what was
 * decided is in the store, and a later pass takes up where this one stopped. A source that cannot be read never keeps
 * what is already owed from leaving.
 */
export async function run(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  input: RunInput,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<RunReport> {
  const collected = await collect(ports, input.source, { day: input.date, zone: input.zone }, signal)
  const house = input.houseFor(collected.about)
  const planned = planFor(input, collected.day)
  const id = `${planned.schedule}/${planned.date}`
  const { verdict, made } = await decide(ports, input, planned, house)
  const { delivered, editions, destinations } = input.dryRun
    ? nothingCarriedOut
    : await carryOut(ports, input, house, onProgress, signal)
  const after = await ports.store.edition(id)
  return {
    verdict: verdictAfter(verdict, after?.state, editions.get(id)?.sent ?? 0),
    id,
    house,
    collected,
    findings: made?.findings ?? after?.findings ?? [],
    edition: made?.edition ?? after?.edition,
    state: after?.state,
    reason: after?.reason ?? '',
    renderings: made?.edition ? made.renderings : [],
    counts: await ports.store.counts(id),
    waits: await ports.store.waits(id),
    vanished: await ports.store.items({ source: input.source.id, missing: true, carried: true }),
    others: input.dryRun ? [] : await otherEditions(ports.store, id, editions),
    delivered,
    dryRun: input.dryRun,
    endedAt: ports.clock.now(),
    destinations,
  }
}

const nothingCarriedOut: CarriedOut = { delivered: 0, editions: new Map(), destinations: new Map() }

/** Newest date first. */
async function otherEditions(
  store: Ports['store'],
  own: string,
  worked: ReadonlyMap<string, Progressed>,
): Promise<OtherEdition[]> {
  const open = (await store.editions(OPEN_EDITIONS, ['approved', 'sending', 'held'])).map(({ id }) => id)
  const others: OtherEdition[] = []
  for (const id of new Set([...open, ...worked.keys()])) {
    const stored = id === own ? undefined : await store.edition(id)
    if (!stored || (stored.approvedAt === undefined && !worked.has(id))) continue
    const { state, reason } = stored
    const { sent = 0, failed = 0 } = worked.get(id) ?? {}
    others.push({ id, state, reason, sent, failed, counts: await store.counts(id), waits: await store.waits(id) })
  }
  return others
}

/** Delivering may take up what an earlier pass left, and find the edition late or held meanwhile. */
function verdictAfter(verdict: RunVerdict, state: EditionState | undefined, sent: number): RunVerdict {
  if (state === 'held' && (verdict === 'unchanged' || verdict === 'approved')) return 'held'
  return verdict === 'unchanged' && sent > 0 ? 'resumed' : verdict
}

function planFor({ schedule, zone, fromDay }: RunInput, date: string): EditionPlan {
  return { schedule: schedule.id, date, fromDay: fromDay ?? date, plannedAt: instantAt(date, schedule.at, zone) }
}

interface Decision {
  readonly verdict: RunVerdict
  /** Absent when the edition stays as it was. */
  readonly made?: Made | { readonly edition: undefined; readonly findings: readonly Finding[] }
}

/** How often an edition is made anew because another approval took one of its items, or changed what it replaces. */
const ATTEMPTS = 3

/** Approves, keeps or only looks at the edition of the day; leaves alone what is past that. */
async function decide(
  ports: Pick<Ports, 'clock' | 'store'>,
  input: RunInput,
  planned: EditionPlan,
  house: House,
): Promise<Decision> {
  const id = `${planned.schedule}/${planned.date}`
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await ports.store.edition(id)
    if (before && before.edition.source !== input.source.id) return { verdict: 'foreign' }
    if (before && before.state !== 'draft') return { verdict: before.state === 'held' ? 'held' : 'unchanged' }
    const seen = before && input.draft === 'as-seen' ? before : undefined
    const made = await (seen ? remake(ports, seen, house, input.settings) : make(ports, planned, house, input.settings))
    if (seen && input.dryRun) return { verdict: 'draft', made }
    const verdict = await settle(ports, input, made)
    if (verdict !== undefined) return { verdict, made }
  }
  throw new Error(
    `${id} was made ${ATTEMPTS} times and something else always left meanwhile that changes it. Run it again.`,
  )
}

/** Undefined when the approval found that the edition must be made anew. */
async function settle(
  ports: Pick<Ports, 'clock' | 'store'>,
  input: RunInput,
  made: Made | { readonly edition: undefined },
): Promise<RunVerdict | undefined> {
  if (!made.edition) return 'empty'
  const doubt = reasonToHold(ports, input, made)
  if (doubt !== undefined) {
    await ports.store.keep(made.edition, 'held', made.findings, doubt)
    return 'held'
  }
  if (input.dryRun || input.approval === 'editor') {
    await ports.store.keep(made.edition, 'draft', made.findings, '')
    return input.dryRun ? 'planned' : 'draft'
  }
  const done = await approve(ports, made, input.settings.channels)
  return done ? 'approved' : undefined
}

/** Why the edition does not go without an editor; undefined when nothing speaks against it. */
function reasonToHold(
  { clock }: Pick<Ports, 'clock'>,
  input: RunInput,
  { edition, beforeFirstRun }: Made,
): string | undefined {
  if (beforeFirstRun) return 'its items were published before groundwire first read this source'
  return input.approval === 'auto' ? lateReason(edition, input, clock.now()) : undefined
}
