import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Attempt, ChannelPorts, House, Sender } from '../../src/channel.ts'
import type { Outcome } from '../../src/domain/delivery.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { FrozenRendering } from '../../src/ports.ts'
import { openHubs } from './hubs.ts'
import type { FeedsSettings } from './settings.ts'
import { isAnnouncement } from './websub.ts'

const RETRY_AFTER_MS = 60_000
/**
 * Brotli's quality. 200 kB of a feed take 250 ms at 11, 95 ms at 10 for 3 % more bytes, and 20 ms at 9 for 12 % more;
 * gzip makes 21 % more of it. What is larger than what readers poll again and again is a month, or everything: it is
 * fetched rarely, and there are many.
 */
const QUALITY = 10
const QUALITY_OF_LARGE = 9
const LARGE_BYTES = 300_000

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

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
      const outcome = await (isAnnouncement(attempt.rendering) ? announce(attempt, signal) : write(attempt.rendering))
      return attempt.deliveries.map(() => outcome)
    },
  }

  async function write({ id, content }: FrozenRendering): Promise<Outcome> {
    if (content === '')
      return { kind: 'rejected', reason: 'its bytes are no longer kept, for a newer edition has replaced them' }
    try {
      const bytes = new TextEncoder().encode(content)
      const beside = await compressed(bytes)
      for (const [suffix, smaller] of beside) await files.write(`public/${id}${suffix}`, smaller)
      // Last, so that whoever sees it new finds those beside it new.
      await files.write(`public/${id}`, bytes)
      return { kind: 'sent', remoteId: sha256(content), url: `${publicUrl}/${id}` }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'later', notBefore: new Date(clock.now().getTime() + RETRY_AFTER_MS), reason }
    }
  }
}

/** The same bytes for the same input: neither names a file nor a time. */
function compressed(bytes: Uint8Array): Promise<[suffix: string, bytes: Uint8Array][]> {
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: bytes.byteLength > LARGE_BYTES ? QUALITY_OF_LARGE : QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
  }
  return Promise.all([
    brotli(bytes, { params }).then((made): [string, Uint8Array] => ['.br', made]),
    zip(bytes, { level: 9 }).then((made): [string, Uint8Array] => ['.gz', made]),
  ])
}
