import { sha256 } from '../../../src/domain/hash.ts'
import type { FrozenPost } from '../content.ts'
import { classify } from './classify.ts'
import type { Work } from './context.ts'
import type { BlobRef } from './repo.ts'
import { later, Settled } from './settled.ts'

/** Lexicon `app.bsky.embed.external`, `thumb`. */
const MAX_BYTES = 1_000_000
const RETRY_WAIT_MS = 30_000
/** Attempts that wait for a service that fails with pictures; the next one goes without. */
const PATIENT_ATTEMPTS = 2

/**
 * Uploads a card's picture; undefined where that cannot be: a card never costs the post.
 *
 * @throws Settled while the service is down or busy, for then the post has to wait as well; and what tells that the
 * session is over.
 */
export async function uploadPicture(work: Work, picture: FrozenPost['picture']): Promise<BlobRef | undefined> {
  if (!picture) return undefined
  const { context, delivery, repo } = work
  const { clock, files, log } = context.ports
  const without = (reason: string): undefined => {
    log.warn(`bluesky: ${delivery.key} goes without its picture: ${reason}`)
  }
  const content = await files.readBytes(picture.path).catch(() => undefined)
  if (!content) return without('its file is not there')
  if (content.byteLength > MAX_BYTES) return without('its file is too large')
  if (sha256(content) !== picture.sha256) return without('its file is not the one that was approved')
  try {
    return await repo.upload(content, picture.mediaType)
  } catch (error) {
    const now = clock.now()
    const trouble = classify(error, now)
    if (trouble.kind === 'token') throw error
    if (trouble.kind === 'later') throw new Settled(trouble)
    const reason = 'reason' in trouble ? trouble.reason : trouble.kind
    if (trouble.kind === 'unknown' && delivery.attempts <= PATIENT_ATTEMPTS)
      throw new Settled(later(now, RETRY_WAIT_MS, `its picture could not be uploaded: ${reason}`))
    return without(reason)
  }
}
