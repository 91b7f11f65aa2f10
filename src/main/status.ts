import type { Command } from '../cli.ts'
import type { LedgerEntry } from '../domain/delivery.ts'
import { editionItems } from '../domain/edition.ts'
import type { EditionSummary, LedgerCount, Store } from '../ports.ts'
import { loadConfiguration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { tallyCounts } from './report.ts'
import { openExistingStore } from './store.ts'
import { UsageError, type Terminal } from './terminal.ts'

const EDITIONS_SHOWN = 20

/** Who got what, what is owed, what is unknown; writes nothing. */
export async function statusCommand(
  command: Extract<Command, { kind: 'status' }>,
  terminal: Terminal,
): Promise<number> {
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
    return command.edition === undefined
      ? await showAll(store, command.json, terminal)
      : await showOne(store, command.edition, command.json, terminal)
  } finally {
    await store.close()
  }
}

async function showAll(store: Store, json: boolean, terminal: Terminal): Promise<number> {
  const editions = await store.editions(EDITIONS_SHOWN)
  const counts = await store.counts()
  const of = (id: string): LedgerCount[] => counts.filter(({ edition }) => edition === id)
  if (json) {
    const list = editions.map((edition) => ({ ...summary(edition), deliveries: of(edition.id).map(countOf) }))
    terminal.out(`${JSON.stringify({ editions: list })}\n`)
    return 0
  }
  if (editions.length === 0) terminal.out('No edition yet.\n')
  for (const edition of editions) terminal.out(`${editionLines(edition, of(edition.id)).join('\n')}\n\n`)
  return 0
}

async function showOne(store: Store, id: string, json: boolean, terminal: Terminal): Promise<number> {
  const stored = await store.edition(id)
  if (!stored) throw new UsageError(`there is no edition ${id}. groundwire status lists those there are.`)
  const { edition, ...rest } = stored
  const line: EditionSummary = {
    ...rest,
    id,
    date: edition.date,
    subject: edition.subject,
    items: editionItems(edition).length,
  }
  const [counts, entries] = [await store.counts(id), await store.ledger({ edition: id })]
  if (json) {
    const deliveries = entries.map(({ address: _personal, ...entry }) => entry)
    terminal.out(
      `${JSON.stringify({ ...summary(line), findings: stored.findings, counts: counts.map(countOf), deliveries })}\n`,
    )
    return 0
  }
  terminal.out(`${[...editionLines(line, counts), '', ...entries.map(entryLine)].join('\n')}\n`)
  return 0
}

function summary({ id, state, reason, subject, approvedAt }: EditionSummary): object {
  return { id, state, reason, subject, approvedAt: approvedAt ?? null }
}

function countOf({ channel, state, count }: LedgerCount): object {
  return { channel, state, count }
}

function editionLines(
  { id: edition, subject, state, reason }: EditionSummary,
  counts: readonly LedgerCount[],
): string[] {
  const channels = [...new Set(counts.map(({ channel }) => channel))]
  return [
    `${edition}  ${state}${reason && `: ${reason}`}`,
    `  “${subject}”`,
    ...channels.map((id) => `  ${id.padEnd(9)} ${tallyCounts(counts.filter(({ channel }) => channel === id))}`),
  ]
}

/** One line a delivery. Subscribers appear by their id: an address never reaches a terminal that might be logged. */
function entryLine({ channel, target, state, attempts, reason, url, notBefore }: LedgerEntry): string {
  const more = [
    url,
    reason,
    state === 'waiting' && notBefore ? `next try ${notBefore}` : undefined,
    attempts > 1 ? `${attempts} attempts` : undefined,
  ]
  return `  ${state.padEnd(9)} ${channel.padEnd(9)} ${target}${more
    .filter(Boolean)
    .map((text) => `  ${text}`)
    .join('')}`
}
