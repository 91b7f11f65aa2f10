import { type Agent, XRPCError } from '@atproto/api'
import * as z from 'zod'
import type { RecordData, Records, StrongRef } from '../standard/publish.ts'

/** The collection of posts. */
export const POSTS = 'app.bsky.feed.post'

const blobSchema = z.object({
  $type: z.literal('blob'),
  ref: z.object({ $link: z.string() }),
  mimeType: z.string(),
  size: z.int(),
})
/** As JSON has it; goes into a record unchanged. */
export type BlobRef = z.infer<typeof blobSchema>

export interface Found extends StrongRef {
  readonly value: RecordData
}

export interface KeyedRecord {
  readonly rkey: string
  readonly record: RecordData
}

/** The calls that are ever made in an account's repository. All throw what `@atproto/api` throws; see `classify`. */
export interface Repo extends Records {
  readonly did: string
  readonly handle: string
  /** Where the repository is kept. */
  readonly host: string
  /** A post, only where nothing is: the same record again is no change, another one there is `InvalidSwap`. */
  putNew(rkey: string, record: RecordData): Promise<StrongRef>
  /** A post; undefined when there is none. */
  find(rkey: string): Promise<Found | undefined>
  /** Posts, all or none, and only while the repository is at this commit. */
  createAll(posts: readonly KeyedRecord[], commit: string): Promise<void>
  latestCommit(): Promise<string>
  /** What is not there is no error. */
  remove(collection: string, rkey: string): Promise<void>
  upload(content: Uint8Array, mediaType: string): Promise<BlobRef>
}

export function openRepo(
  { com: { atproto } }: Agent,
  { did, handle, host }: Pick<Repo, 'did' | 'handle' | 'host'>,
): Repo {
  const put = async (
    collection: string,
    rkey: string,
    record: RecordData,
    guard: { readonly swapRecord?: string | null } = {},
  ): Promise<StrongRef> => {
    const { data } = await atproto.repo.putRecord({ repo: did, collection, rkey, record, ...guard })
    return { uri: data.uri, cid: data.cid }
  }
  const get = async (collection: string, rkey: string): Promise<Found | undefined> => {
    const found = await unless('RecordNotFound', () => atproto.repo.getRecord({ repo: did, collection, rkey }))
    // A PDS always gives the CID; without it the record cannot be referred to.
    return found && { uri: found.data.uri, cid: found.data.cid ?? '', value: found.data.value }
  }
  return {
    did,
    handle,
    host,
    get,
    put: (collection, rkey, record) => put(collection, rkey, record),
    replace: (collection, rkey, record, cid) =>
      unless('InvalidSwap', () => put(collection, rkey, record, { swapRecord: cid })),
    putNew: (rkey, record) => put(POSTS, rkey, record, { swapRecord: null }),
    find: (rkey) => get(POSTS, rkey),
    async createAll(posts, commit) {
      const $type = 'com.atproto.repo.applyWrites#create'
      const writes = posts.map(({ rkey, record }) => ({ $type, collection: POSTS, rkey, value: record }) as const)
      await atproto.repo.applyWrites({ repo: did, writes, swapCommit: commit })
    },
    latestCommit: async () => (await atproto.sync.getLatestCommit({ did })).data.cid,
    async remove(collection, rkey) {
      await unless('RecordNotFound', () => atproto.repo.deleteRecord({ repo: did, collection, rkey }))
    },
    async upload(content, mediaType) {
      const { data } = await atproto.repo.uploadBlob(content, { encoding: mediaType })
      return blobSchema.parse(data.blob.toJSON())
    },
  }
}

async function unless<T>(name: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof XRPCError && error.error === name) return undefined
    throw error
  }
}
