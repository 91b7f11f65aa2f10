import type { Sender } from '../channel.ts'
import type { FrozenRendering, Ports, StandingDocument } from '../ports.ts'

/** How often a channel is looked at again because other documents came to stand meanwhile. */
const ROUNDS = 3
/** How many are named in the log. */
const NAMED = 3

/**
 * Puts back what no longer lies there as it was delivered: somebody deleted or changed it, or a worker that was slow wrote
 * an older document over the newer one. What is still to be delivered is left to its delivery. Whatever goes wrong is
 * logged, and tried again in the next pass.
 */
export async function mend(
  ports: Pick<Ports, 'store' | 'log'>,
  senders: ReadonlyMap<string, Sender>,
  signal: AbortSignal,
): Promise<void> {
  for (const [channel, sender] of senders) {
    try {
      await mendChannel(ports, channel, sender, signal)
    } catch (error) {
      ports.log.error(`${channel}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

async function mendChannel(
  { store, log }: Pick<Ports, 'store' | 'log'>,
  channel: string,
  sender: Sender,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < ROUNDS && sender.putBack && !signal.aborted; round++) {
    const { token, documents } = await store.standing(channel)
    const delivered = documents.filter(({ basis, hasLeft }) => basis !== undefined && hasLeft)
    const { done, problems } = await sender.putBack(delivered, frozenIn(store, channel), signal)
    if (done.length > 0) log.warn(told('put back, for it was gone or not as delivered', done, sender))
    if (problems.length > 0) log.error(told('could not be put back', problems, sender))
    // What was put back may have been overtaken by a newer one while it was written.
    if (done.length === 0 || (await store.standing(channel)).token === token) return
  }
}

/** Read anew for each document: its bytes are let go as soon as a newer one takes its place. */
function frozenIn(
  store: Pick<Ports['store'], 'renderings'>,
  channel: string,
): (document: StandingDocument) => Promise<FrozenRendering | undefined> {
  return async ({ id, edition }) =>
    (await store.renderings(edition)).find((one) => one.channel === channel && one.id === id && one.content !== '')
}

function told(what: string, which: readonly string[], { destination }: Pick<Sender, 'destination'>): string {
  const more = which.length > NAMED ? `, and ${which.length - NAMED} more` : ''
  return `${destination}: ${what}: ${which.slice(0, NAMED).join(', ')}${more}.`
}
