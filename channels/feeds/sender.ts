import type { Attempt, ChannelPorts, House, Sender } from '../../src/channel.ts'
import type { Outcome } from '../../src/domain/delivery.ts'
import { sha256 } from '../../src/domain/hash.ts'

const RETRY_AFTER_MS = 60_000

/**
 * Writes each feed to `public/` whole. Writing the same bytes again touches nothing, so any attempt may be repeated at
 * any time; a write that fails has left the old file as it was.
 */
export function openFiles({ files, clock }: ChannelPorts, { publicUrl }: House): Sender {
  return {
    replayWindowMs: Number.POSITIVE_INFINITY,
    destination: 'public/',
    async send({ rendering, deliveries }: Attempt) {
      const outcome = await write(rendering.id, rendering.content)
      return deliveries.map(() => outcome)
    },
  }

  async function write(file: string, content: string): Promise<Outcome> {
    try {
      await files.write(`public/${file}`, content)
      return { kind: 'sent', remoteId: sha256(content), url: `${publicUrl}/${file}` }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'later', notBefore: new Date(clock.now().getTime() + RETRY_AFTER_MS), reason }
    }
  }
}
