import type { Attempt, ChannelPorts, House, Sender } from '../../src/channel.ts'
import type { Outcome } from '../../src/domain/delivery.ts'
import { announcementIn } from '../../src/domain/feed-format.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { FrozenRendering } from '../../src/ports.ts'
import { openHubs } from './hubs.ts'
import { liesThere, writeDocument } from './public-files.ts'
import type { FeedsSettings } from './settings.ts'

const RETRY_AFTER_MS = 60_000

/**
 * Writes each document to `public/` whole, compressed beside it, and then tells the hubs. The same bytes written again
 * touch nothing, and a hub that is told again fetches what it has: any attempt may be repeated at any time. A write that
 * fails has left the old file as it was.
 *
 * One attempt at a time, in the order of planning: the files of an edition lie there before their hubs are told.
 *
 * @param atOnce a person asked for it now: a hub that is given a pause is tried once more.
 */
export function openFeeds({ hubs }: FeedsSettings, ports: ChannelPorts, { publicUrl }: House, atOnce: boolean): Sender {
  const { files, clock } = ports
  const announce = openHubs(hubs, ports, atOnce)
  return {
    replayWindowMs: Number.POSITIVE_INFINITY,
    destination: 'public/',
    async send(attempt: Attempt, signal) {
      const outcome = await (announcementIn(attempt.rendering.id)
        ? announce(attempt, signal)
        : write(attempt.rendering))
      return attempt.deliveries.map(() => outcome)
    },
    async putBack(documents, frozen, signal) {
      const done: string[] = []
      const problems: string[] = []
      for (const document of documents) {
        if (signal.aborted) break
        try {
          if (await liesThere(files, document)) continue
          const rendering = await frozen(document)
          if (!rendering) continue
          await writeDocument(files, rendering.id, rendering.content)
          done.push(document.id)
        } catch (error) {
          problems.push(`${document.id} (${error instanceof Error ? error.message : String(error)})`)
        }
      }
      return { done, problems }
    },
  }

  async function write({ id, content }: FrozenRendering): Promise<Outcome> {
    if (content === '')
      return { kind: 'rejected', reason: 'its bytes are no longer kept, for a newer edition has replaced them' }
    try {
      await writeDocument(files, id, content)
      return { kind: 'sent', remoteId: sha256(content), url: `${publicUrl}/${id}` }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'later', notBefore: new Date(clock.now().getTime() + RETRY_AFTER_MS), reason }
    }
  }
}
