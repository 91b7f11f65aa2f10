import { channels } from '../../channels/index.ts'
import type { Command } from '../cli.ts'
import type { DeliveryState, LedgerEntry } from '../domain/delivery.ts'
import { settleEditions } from '../pipeline/carry-out.ts'
import type { Resolution, Store } from '../ports.ts'
import { systemClock } from '../world/clock.ts'
import { createLog } from '../world/log.ts'
import { loadConfiguration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { shownText } from './shown.ts'
import { requireStore } from './status/require.ts'
import { figure, stateName, tallyCounts } from './tally.ts'
import { printable, UsageError, type Terminal } from './terminal.ts'

type ResolveCommand = Extract<Command, { kind: 'resolve' }>

/** A person's word on what only a person can tell: whether a delivery that is in doubt, or was refused, has left. */
export async function resolveCommand(command: ResolveCommand, terminal: Terminal): Promise<number> {
  const { dataFolder, callOptions } = await loadConfiguration(command, terminal, packageRoot)
  const store = await requireStore(dataFolder)
  try {
    const { target, resolution, reason = 'settled by an editor' } = command
    const isEdition = (await store.edition(target)) !== undefined
    const which = isEdition ? { edition: target } : { delivery: target }
    const count = await store.resolve(which, resolution, reason, systemClock.now())
    const log = createLog({ write: (text: string) => terminal.err(printable(text)) }, 'info', [])
    if (count > 0) await settleEditions({ store, log })
    const words = count > 0 ? outcome[resolution](count, callOptions) : await whyNone(store, command, isEdition)
    terminal.out(
      command.json ? `${JSON.stringify({ target, resolution, settled: count, message: words })}\n` : `${words}\n`,
    )
    return count > 0 ? 0 : 1
  } finally {
    await store.close()
  }
}

const outcome: Readonly<Record<Resolution, (count: number, options: string) => string>> = {
  sent: (count) => `${deliveries(count)} settled as sent.`,
  drop: (count) => `${deliveries(count)} given up; nothing more leaves for ${count === 1 ? 'it' : 'them'}.`,
  retry: (count, options) =>
    `${deliveries(count)} to be tried anew; whoever has the message already gets it twice. A running worker carries it out at its next look; without one: groundwire run${options}`,
}

function deliveries(count: number): string {
  return count === 1 ? '1 delivery' : `${figure(count)} deliveries`
}

/** @throws UsageError when there is neither such an edition nor such a delivery. */
async function whyNone(store: Store, { target, resolution }: ResolveCommand, isEdition: boolean): Promise<string> {
  const entry = isEdition ? undefined : await deliveryOf(store, target)
  if (!isEdition && !entry)
    throw new UsageError(
      `there is neither an edition nor a delivery ${shownText(target)}. groundwire status EDITION shows the keys of what needs review.`,
    )
  const edition = entry?.edition ?? target
  if (resolution === 'retry' && (await store.edition(edition))?.state === 'cancelled')
    return `${edition} was cancelled: nothing of it is tried anew.`
  const now = entry ? stateName(entry.state) : tallyCounts(await store.counts(target)) || 'not approved yet'
  return `Nothing was settled; ${target} is: ${now}. ${scopeOf(resolution, entry)}`
}

const retriable: ReadonlySet<DeliveryState> = new Set(['review', 'unknown', 'rejected'])

/** What the words of the call could have settled. */
function scopeOf(resolution: Resolution, entry: LedgerEntry | undefined): string {
  if (!entry) return 'Of an edition all that need review are settled at once; anything else by the key of its delivery.'
  if (resolution !== 'retry') return 'Only what needs review or is unknown can be settled so.'
  return retriable.has(entry.state)
    ? 'Others that left in the same call are still open; settle those first, or wait for them.'
    : 'Only what needs review, is unknown or was rejected can be tried anew.'
}

/**
 * The key of what is for a reader begins with its channel and edition: only that edition is read, as far as to the match.
 * Of what is delivered once there is little.
 */
async function deliveryOf(store: Store, key: string): Promise<LedgerEntry | undefined> {
  const [channel = '', schedule, day] = key.split('/')
  const edition = `${schedule}/${day}`
  const isOfEdition = (await store.edition(edition)) !== undefined
  const isForReaders = channels.some(({ id, audience }) => id === channel && audience === 'subscribers')
  if (isForReaders && !isOfEdition) return undefined
  for await (const entry of store.walk({ channel, ...(isOfEdition && { edition }) }))
    if (entry.key === key) return entry
  return undefined
}
