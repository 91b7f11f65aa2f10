import type { Command } from '../cli.ts'
import type { EditionState } from '../domain/edition.ts'
import { letGo, type LetGo } from '../pipeline/let-go.ts'
import type { LedgerCount, Store, StoredEdition } from '../ports.ts'
import { systemClock } from '../world/clock.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { nextStep } from './next-step.ts'
import { packageRoot } from './package.ts'
import { headLines } from './status/edition.ts'
import { requireEdition, requireStore } from './status/require.ts'
import { shownText } from './shown.ts'
import { countOf, countOpen, figure } from './tally.ts'
import { UsageError, type Terminal } from './terminal.ts'
import { openWorld } from './world.ts'

type ControlCommand = Extract<Command, { kind: 'approve' | 'hold' | 'cancel' }>

/** What became of an editor's word. */
interface Said {
  /** Whether the edition is now as it was asked for. */
  readonly done: boolean
  /** Sentences for a person: what happened, and what is next. */
  readonly words: readonly string[]
}

/** An editor lets an edition go, holds it (also in the midst of leaving), or ends it. Delivers nothing itself. */
export async function controlCommand(command: ControlCommand, terminal: Terminal): Promise<number> {
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  const store = await requireStore(configuration.dataFolder)
  try {
    const before = await requireEdition(store, command.edition)
    const said =
      command.kind === 'approve'
        ? await approveEdition(before, configuration, terminal)
        : await stop(store, before, command, configuration)
    const after = await requireEdition(store, command.edition)
    const counts = await store.counts(command.edition)
    terminal.out(command.json ? asJson(after, counts, said) : inWords(after, counts, said))
    return said.done ? 0 : 1
  } finally {
    await store.close()
  }
}

async function approveEdition(before: StoredEdition, configuration: Configuration, terminal: Terminal): Promise<Said> {
  const world = await openWorld(configuration, terminal)
  try {
    const { id, source } = before.edition
    if (before.approvedAt === undefined && source !== world.source.id && !configuration.isSample)
      throw new UsageError(
        `${id} was made from ${source}, and is shown and sent with what that says; add --source ${source}.`,
      )
    const settings = { ...world.settings, source }
    const { done, state } = await letGo(world.ports, before, world.houseFor({}), settings)
    const settled = done === 'released' ? await world.ports.store.settleEdition(id) : state
    const next = await nextStep(before.edition, world.ports.store, configuration)
    return wordsOf[done](before, settled, { next, callOptions: configuration.callOptions })
  } finally {
    await world.close()
  }
}

interface Ways {
  /** How what was let go leaves. */
  readonly next: string
  readonly callOptions: string
}

type Words = (before: StoredEdition, state: EditionState, ways: Ways) => Said

const wordsOf: Readonly<Record<LetGo['done'], Words>> = {
  approved: (before, _, { next }) => ({
    done: true,
    words: [...heldFor(before), 'It is frozen as it was previewed.', next],
  }),
  released: (before, state, { next }) => ({
    done: true,
    words: [
      ...heldFor(before),
      state === 'sent' ? 'Nothing of it was left to deliver.' : 'It goes on from where it was held.',
      ...(state === 'sent' ? [] : [next]),
    ],
  }),
  already: (_, state, { next }) => ({
    done: true,
    words: [
      state === 'sent' ? 'It has left already; nothing changed.' : 'It was let go before; nothing changed.',
      ...(state === 'sent' ? [] : [next]),
    ],
  }),
  cancelled: () => ({ done: false, words: ['It was cancelled, and a cancelled edition never leaves.'] }),
  taken: ({ edition }, _, { callOptions }) => ({
    done: false,
    words: [
      'One of its items has meanwhile gone into another edition, and nobody is to get it twice.',
      `To be rid of it: groundwire cancel ${edition.id}${callOptions}. What no edition has carried goes into the next one.`,
    ],
  }),
}

/** What an editor overrules is said once more. */
function heldFor({ state, reason }: StoredEdition): string[] {
  return state === 'held' && reason !== '' ? [`It was held: ${shownText(reason)}.`] : []
}

/** Holding and cancelling reach every worker before its next claim: a call in flight is finished, no further one made. */
async function stop(
  store: Store,
  { edition: { id } }: StoredEdition,
  { kind, reason = 'by an editor' }: ControlCommand,
  { callOptions }: Configuration,
): Promise<Said> {
  const state = await (kind === 'hold' ? store.hold(id, reason) : store.cancel(id, reason, systemClock.now()))
  if (state === 'sent') return { done: false, words: ['It has left already; nothing changed.'] }
  if (state === 'cancelled')
    return kind === 'cancel'
      ? { done: true, words: ['Nothing more of it leaves, for good.', ...(await inFlight(store, id))] }
      : { done: false, words: ['It was cancelled before; there is nothing to hold.'] }
  return {
    done: true,
    words: [
      'Nothing more of it leaves until it is let go.',
      ...(await inFlight(store, id)),
      `To let it go: groundwire approve ${id}${callOptions}`,
    ],
  }
}

async function inFlight(store: Store, id: string): Promise<string[]> {
  const claimed = countOf(await store.counts(id), 'claimed')
  return claimed > 0 ? [`${figure(claimed)} that are with a worker at this moment may still leave.`] : []
}

function inWords({ edition, state, reason }: StoredEdition, counts: readonly LedgerCount[], { words }: Said): string {
  const head = headLines({ id: edition.id, subject: edition.subject, state, reason }, counts)
  const [sent, unsent] = tally(counts)
  const sum = counts.length === 0 ? [] : [`  ${figure(sent)} sent, ${figure(unsent)} not`]
  return `${[...head, ...sum, '', ...words.map((sentence) => `  ${sentence}`)].join('\n')}\n`
}

function asJson({ edition, state, reason }: StoredEdition, counts: readonly LedgerCount[], said: Said): string {
  const [sent, unsent] = tally(counts)
  return `${JSON.stringify({
    edition: edition.id,
    state,
    reason: shownText(reason),
    done: said.done,
    sent,
    unsent,
    open: countOpen(counts),
    deliveries: counts.map(({ channel, state: at, count }) => ({ channel, state: at, count })),
    message: said.words.join(' '),
  })}\n`
}

function tally(counts: readonly LedgerCount[]): readonly [sent: number, unsent: number] {
  const sent = countOf(counts, 'sent')
  return [sent, counts.reduce((sum, { count }) => sum + count, 0) - sent]
}
