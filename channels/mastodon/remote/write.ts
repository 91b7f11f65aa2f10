import type { FrozenStatus } from '../content.ts'
import { judgeError, type Verdict } from './judge.ts'
import type { Reader } from './read.ts'

export interface Made {
  readonly kind: 'made'
  readonly id: string
  readonly url?: string
}

/** The calls that change something. Each is made once: nothing here tries again. */
export interface Writer {
  /** @param key the same key must stand for the same status for ever. */
  post(key: string, status: FrozenStatus, more: StatusMore): Promise<Made | Verdict>
  edit(id: string, status: FrozenStatus, more: Pick<StatusMore, 'mediaIds'>): Promise<Made | Verdict>
  remove(id: string): Promise<Made | Verdict>
  /** `isReady` is false while the server is still at work on it. */
  upload(file: Blob, description: string): Promise<(Made & { readonly isReady: boolean }) | Verdict>
}

interface StatusMore {
  readonly inReplyToId?: string
  readonly mediaIds?: readonly string[]
}

/** masto is loaded when first needed. It has no time-out of its own, and calls the global fetch. */
export async function openWriter(
  { url, accessToken, timeoutMs }: Reader,
  now: () => Date,
  signal: AbortSignal,
): Promise<Writer> {
  const { createRestAPIClient } = await import('masto')
  // A redirected POST would become a GET, and the token would travel to another host.
  const client = createRestAPIClient({ url, accessToken, timeout: timeoutMs, requestInit: { redirect: 'error' } })
  const judged = async <T>(call: () => Promise<T>): Promise<T | Verdict> => {
    try {
      return await call()
    } catch (error) {
      return judgeError(error, accessToken, now())
    }
  }
  return {
    post: (key, status, more) =>
      judged(async () => {
        const meta = { requestInit: { headers: { 'Idempotency-Key': key }, signal } }
        return made(await client.v1.statuses.create(paramsOf(status, more), meta))
      }),
    edit: (id, status, more) =>
      judged(async () => {
        const { visibility: _, ...params } = paramsOf(status, more)
        return made(await client.v1.statuses.$select(id).update(params, { requestInit: { signal } }))
      }),
    remove: (id) =>
      judged(async () => {
        const entity: unknown = await client.v1.statuses.$select(id).remove(undefined, { requestInit: { signal } })
        // Servers answer with the status that was, or with nothing at all in JSON.
        const isEmpty = typeof entity === 'object' && entity !== null && Object.keys(entity).length === 0
        return isEmpty && !Array.isArray(entity) ? { kind: 'made', id } : made(entity)
      }),
    upload: (file, description) =>
      judged(async () => {
        const params = { file, description, skipPolling: true }
        const media = await client.v2.media.create(params, { requestInit: { signal } })
        const known = made(media)
        return known.kind === 'made' ? { ...known, isReady: typeof media.url === 'string' && media.url !== '' } : known
      }),
  }
}

function paramsOf({ status, language, visibility, spoilerText }: FrozenStatus, { inReplyToId, mediaIds }: StatusMore) {
  return {
    status,
    visibility,
    ...(language !== undefined && { language }),
    ...(spoilerText !== undefined && { spoilerText, sensitive: true }),
    ...(inReplyToId !== undefined && { inReplyToId }),
    // Always said: what an edit does not name is taken off the status.
    mediaIds: mediaIds ?? [],
  }
}

/** A page of HTML with status 200 resolves to undefined. */
function made(entity: unknown): Made | Verdict {
  if (typeof entity !== 'object' || entity === null || !('id' in entity) || typeof entity.id !== 'string')
    return { kind: 'unknown', reason: 'the server answered without saying what it did' }
  const url = 'url' in entity && typeof entity.url === 'string' ? entity.url : undefined
  return { kind: 'made', id: entity.id, ...(url !== undefined && { url }) }
}
