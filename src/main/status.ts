import type { Command } from '../cli.ts'
import type { EditionSummary, LedgerCount, Store } from '../ports.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { writeJsonList, writeTable } from './lists.ts'
import { type Screen, screenOf, shownTime } from './screen.ts'
import { shownText } from './shown.ts'
import { csvColumns, entryAsJson, entryAsRow, everything, missed } from './status/entries.ts'
import { headLines, leavingLines, showEdition } from './status/edition.ts'
import { writeMissed } from './status/missed.ts'
import { requireEdition } from './status/require.ts'
import { openExistingStore } from './store.ts'
import { figure } from './tally.ts'
import type { Terminal } from './terminal.ts'
import { vanishedAsJson, vanishedLines } from './vanished.ts'
import { troubleLines, waitAsJson } from './waits.ts'
import { systemClock } from '../world/clock.ts'

type StatusCommand = Extract<Command, { kind: 'status' }>

const EDITIONS_SHOWN = 20
/** What calls are paced by, and what people call it: fixed here, since a sender tells only once it has been opened. */
const PACES = [
  ['resend', 'Resend'],
  ['smtp', 'SMTP'],
] as const

/** Who got what, what is owed, what is unknown; changes nothing. 1 when a list could not be read to its end. */
export async function statusCommand(command: StatusCommand, terminal: Terminal): Promise<number> {
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  const store = await openExistingStore(configuration.dataFolder)
  if (!store) {
    terminal.out(
      command.json
        ? '{"editions":[]}\n'
        : `Nothing has been made in ${configuration.dataFolder} yet. Begin with groundwire run.\n`,
    )
    return 0
  }
  try {
    if (command.edition !== undefined) await requireEdition(store, command.edition)
    return await show(store, command, configuration, terminal)
  } finally {
    await store.close()
  }
}

async function show(
  store: Store,
  command: StatusCommand,
  configuration: Configuration,
  terminal: Terminal,
): Promise<number> {
  const { edition: id, failed, csv, json } = command
  const entries = (failed ? missed : everything)(store, id)
  const screen = screenOf(configuration, systemClock.now())
  const asJson = (head: object): Promise<number> =>
    writeJsonList(terminal, head, 'deliveries', entries, (entry) => entryAsJson(entry, screen))
  if (csv) await writeTable(terminal, csvColumns, entries, entryAsRow)
  else if (failed && !json) await writeMissed(entries, screen, terminal)
  else if (id === undefined && failed) return asJson({})
  else if (id === undefined) await showAll(store, json, configuration, screen, terminal)
  else {
    const { edition, findings, ...rest } = await requireEdition(store, id)
    const head = { ...rest, id, subject: edition.subject }
    const counts = await store.counts(id)
    const waits = (await store.waits(id)).map((wait) => waitAsJson(wait, screen))
    if (json) return asJson({ ...summary(head), findings, counts: counts.map(countAsJson), waits })
    await showEdition(store, head, counts, configuration, screen, terminal)
  }
  return 0
}

async function showAll(
  store: Store,
  json: boolean,
  configuration: Configuration,
  screen: Screen,
  terminal: Terminal,
): Promise<void> {
  const editions = await store.editions(EDITIONS_SHOWN)
  const counts = await store.counts()
  const of = (id: string): LedgerCount[] => counts.filter(({ edition }) => edition === id)
  const readers = await store.countSubscribers()
  const paces = await knownPaces(store)
  const waits = new Map(await Promise.all(editions.map(async ({ id }) => [id, await store.waits(id)] as const)))
  const vanished = await store.items({ missing: true, carried: true })
  if (json) {
    const list = editions.map((edition) => ({
      ...summary(edition),
      deliveries: of(edition.id).map(countAsJson),
      waits: (waits.get(edition.id) ?? []).map((wait) => waitAsJson(wait, screen)),
    }))
    const pace = Object.fromEntries(paces.map(({ name, pace: now }) => [name, now]))
    terminal.out(`${JSON.stringify({ editions: list, readers, pace, vanished: vanished.map(vanishedAsJson) })}\n`)
    return
  }
  if (editions.length === 0) terminal.out('No edition yet.\n\n')
  for (const edition of editions) {
    const own = of(edition.id)
    const leaving = leavingLines(edition, own, waits.get(edition.id) ?? [], configuration, screen)
    terminal.out(`${[...headLines(edition, own), ...leaving].join('\n')}\n\n`)
  }
  // What is held waits for somebody, whatever else it waited for.
  const live = editions.filter(({ state }) => state !== 'held').flatMap(({ id }) => waits.get(id) ?? [])
  const troubled = troubleLines(live, screen).map((line) => `Waiting  ${line}`)
  const gone = vanishedLines(vanished, configuration, screen).map(
    (line, at) => `${at === 0 ? 'Vanished' : ' '.repeat(8)} ${line}`,
  )
  terminal.out(
    `${[...troubled, ...gone, readersLine(readers), ...paces.map((pace) => paceLine(pace, screen))].join('\n')}\n`,
  )
}

type Readers = Awaited<ReturnType<Store['countSubscribers']>>

function readersLine(readers: Readers): string {
  const some = Object.entries(readers).filter(([, count]) => count > 0)
  return `Readers  ${some.map(([state, count]) => `${figure(count)} ${state}`).join(', ') || 'none yet: groundwire subscribers add, or import'}`
}

interface KnownPace {
  readonly name: string
  readonly title: string
  readonly pace: NonNullable<Awaited<ReturnType<Store['pace']>>>
}

async function knownPaces(store: Store): Promise<KnownPace[]> {
  const all = await Promise.all(PACES.map(async ([name, title]) => ({ name, title, pace: await store.pace(name) })))
  return all.flatMap(({ name, title, pace }) => (pace ? [{ name, title, pace }] : []))
}

function paceLine({ title, pace }: KnownPace, screen: Screen): string {
  const { perSecond, limitPerSecond, pausedUntil } = pace
  const isPaused = pausedUntil !== undefined && pausedUntil > systemClock.now()
  const rate = Math.round(perSecond * 100) / 100
  const allowed = limitPerSecond === undefined ? '' : ` (${limitPerSecond} allowed)`
  return `Pace     ${title}: ${rate} calls a second${allowed}${isPaused ? `, none before ${shownTime(screen, pausedUntil)}` : ''}`
}

function summary({
  id,
  state,
  reason,
  subject,
  approvedAt,
}: Pick<EditionSummary, 'id' | 'state' | 'reason' | 'subject' | 'approvedAt'>): object {
  return { id, state, reason: shownText(reason), subject, approvedAt: approvedAt ?? null }
}

function countAsJson({ channel, state, count }: LedgerCount): object {
  return { channel, state, count }
}
