import type { Attempt, Sender } from '../channel.ts'
import type { Outcome } from '../domain/delivery.ts'
import type { Ports } from '../ports.ts'

/** The account of posts that are for nobody but a person who opens the outbox. */
export const OUTBOX = 'outbox'

const RETRY_AFTER_MS = 60_000

/**
 * Leaves posts in the outbox, as the JSON that would have been sent and a page that shows it. The same post again
 * changes no byte, so an attempt may be repeated for ever. A failed write left nothing behind: try again in a minute.
 */
export function outboxSender(channel: string, ports: Pick<Ports, 'clock' | 'outbox'>): Sender {
  return {
    replayWindowMs: Infinity,
    destination: 'the outbox',
    async send({ rendering, deliveries }: Attempt): Promise<Outcome[]> {
      const outcomes: Outcome[] = []
      for (const { edition } of deliveries) {
        try {
          const remoteId = await ports.outbox.put({
            channel,
            edition,
            id: rendering.id,
            title: rendering.title,
            detail: rendering.measures.map(describe).join(', '),
            files: { json: rendering.content, html: rendering.page },
          })
          outcomes.push({ kind: 'sent', remoteId })
        } catch (error) {
          const notBefore = new Date(ports.clock.now().getTime() + RETRY_AFTER_MS)
          const why = error instanceof Error ? error.message : String(error)
          outcomes.push({ kind: 'later', notBefore, reason: `The outbox could not be written: ${why}` })
        }
      }
      return outcomes
    },
  }
}

function describe({ name, value, limit }: Attempt['rendering']['measures'][number]): string {
  return limit === undefined ? `${value} ${name}` : `${value} of ${limit} ${name}`
}
