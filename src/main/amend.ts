import type { Command } from '../cli.ts'
import type { Ports } from '../ports.ts'
import { amend, type Amended, type AmendWords } from '../pipeline/amend.ts'
import { collect } from '../pipeline/collect.ts'
import { cleanLine } from '../domain/text.ts'
import { canonicalUrl } from '../domain/url.ts'
import { draftsWith } from './amend/drafts.ts'
import { amendAsJson, describeAmend } from './amend/report.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { shownText } from './shown.ts'
import { requireStore } from './status/require.ts'
import { UsageError, type Terminal } from './terminal.ts'
import { openWorld, type World } from './world.ts'
import { today } from './run.ts'

type AmendCommand = Extract<Command, { kind: 'correct' | 'retract' }>

/**
 * An editor puts an item right, or takes it back, wherever it has left. Delivers nothing itself.
 * 1 when something of it cannot leave (then nothing does), when the item is yet to leave with an edition that was
 * composed before, or when the source could not be read.
 */
export async function amendCommand(command: AmendCommand, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const words = wordsOf(command)
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  await (await requireStore(configuration.dataFolder)).close()
  const world = await openWorld(configuration, terminal, { scratch: command.dryRun })
  try {
    const { store } = world.ports
    const source = await sourceOf(store, words)
    const about = await aboutSource(world, configuration, words, source, signal)
    const settings = { ...world.settings, source }
    const amended = await amend(world.ports, words, world.houseFor(about), settings, command.dryRun)
    refuse(amended.verdict, words, configuration)
    const drafts = amended.verdict === 'never-left' ? await draftsWith(store, words.url) : []
    const report = { amended, drafts, words, store, configuration }
    terminal.out(command.json ? await amendAsJson(report) : await describeAmend(report))
    return amended.verdict === 'blocked' || drafts.length > 0 ? 1 : 0
  } finally {
    await world.close()
  }
}

function wordsOf(command: AmendCommand): AmendWords {
  const url = canonicalUrl(command.item)
  if (url === undefined)
    throw new UsageError(
      `“${shownText(command.item)}” is not the address of an item; write it whole, with https://, as the publication has it.`,
    )
  if (command.kind === 'retract') return { kind: 'retraction', url, note: cleanLine(command.reason ?? '') }
  const note = cleanLine(command.note)
  if (note === '') throw new UsageError('--note says nothing; write what was put right, in the words for readers.')
  return { kind: 'correction', url, note }
}

/** @throws UsageError when no such item was ever read. */
async function sourceOf(store: Ports['store'], { url }: AmendWords): Promise<string> {
  const [stored] = await store.items({ url, withdrawn: true, limit: 1 })
  if (stored) return stored.source
  throw new UsageError(
    `no item with the address ${shownText(url)} was ever read; write it as the publication has it. groundwire status shows what has left.`,
  )
}

/** @throws UsageError for what cannot be said of an item as it is. */
function refuse(verdict: Amended['verdict'], { url }: AmendWords, { callOptions }: Configuration): void {
  if (verdict === 'missing')
    throw new UsageError(
      `${shownText(url)} is no longer listed by its source, so what it says now is not known. To take it back: groundwire retract ${shownText(url)}${callOptions}`,
    )
  if (verdict === 'withdrawn')
    throw new UsageError(`${shownText(url)} was retracted; nothing of it is left to correct.`)
}

/**
 * What the item's source says of itself. A correction tells what the item says now, so the source is read anew; what is
 * taken back may long have vanished from it.
 *
 * @throws Error when it cannot be read whole, UsageError when the call reads another source than the item's.
 */
async function aboutSource(
  world: World,
  configuration: Configuration,
  { kind, url }: AmendWords,
  source: string,
  signal: AbortSignal,
): Promise<Parameters<World['houseFor']>[0]> {
  if (kind === 'retraction') return (await world.ports.store.source(source))?.about ?? {}
  if (source !== world.source.id)
    throw new UsageError(`${shownText(url)} was last read from ${source}; add --source ${source}.`)
  const options = { day: today(configuration, world), zone: configuration.config.publication.zone }
  const { complete, findings, about } = await collect(world.ports, world.source, options, signal)
  if (complete) return about
  const why = findings.filter(({ severity }) => severity === 'error').map(({ message }) => shownText(message))
  throw new Error(
    `The source could not be read whole, so what the item says now is not known; nothing was said. ${why.join(' ')}`.trim(),
  )
}
