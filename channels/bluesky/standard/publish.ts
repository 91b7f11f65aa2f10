import type { PublicHouse } from '../../../src/channel.ts'
import type { FrozenDocument } from './document.ts'
import { standardKey } from './key.ts'
import { publicationRecord } from './publication.ts'

const PUBLICATION = 'site.standard.publication'
export const DOCUMENT = 'site.standard.document'
/** A publication has no date of its own. */
const PUBLICATION_AT = '2026-01-01T00:00:00.000Z'
/** Looks at a document that is changed each time before it can be written. */
const TRIES = 5

/** `com.atproto.repo.strongRef` */
export interface StrongRef {
  readonly uri: string
  readonly cid: string
}

export type RecordData = Readonly<Record<string, unknown>>

/** The calls in a repository that it takes. The same record again is no change. */
export interface Records {
  /** Undefined when there is none. */
  get(collection: string, rkey: string): Promise<(StrongRef & { readonly value: RecordData }) | undefined>
  /** Whatever is there. */
  put(collection: string, rkey: string, record: RecordData): Promise<StrongRef>
  /** Only in the place of this one (its CID, null: of none); undefined, and no change, when something else is there. */
  replace(collection: string, rkey: string, record: RecordData, cid: string | null): Promise<StrongRef | undefined>
}

/**
 * Before the post: writes the publication and the document; what the card names (document, then publication). Not after
 * the post: it would take the post out of the document again.
 */
export async function publishDocument(
  records: Records,
  document: FrozenDocument,
  house: PublicHouse,
): Promise<StrongRef[]> {
  const publication = await records.put(PUBLICATION, publicationKey(house), publicationRecord(house))
  const written = await write(records, document, { site: publication.uri })
  return [refOf(written), refOf(publication)]
}

/**
 * After the post: the document names it. Also for a document that was corrected since (see `correctedDocument`), with
 * the post that it had.
 */
export async function linkPost(
  records: Records,
  document: FrozenDocument,
  house: PublicHouse,
  post: StrongRef,
): Promise<void> {
  // at://<did>/<collection>/<key>
  const [, , did = ''] = post.uri.split('/')
  await write(records, document, { site: publicationUri(did, house), bskyPostRef: refOf(post) })
}

/** What a later correction made of a document stays, also when a post or an earlier correction is repeated. */
async function write(records: Records, document: FrozenDocument, more: RecordData): Promise<StrongRef> {
  const rkey = documentKey(document)
  for (let tries = 0; tries < TRIES; tries++) {
    const there = await records.get(DOCUMENT, rkey)
    if (there && updatedAt(there.value) > updatedAt(document.record)) return there
    const written = await records.replace(DOCUMENT, rkey, { ...document.record, ...more }, there?.cid ?? null)
    if (written) return written
  }
  throw new Error('the document was changed each time before it could be written')
}

/** Milliseconds since 1970; 0 for what was never corrected. */
function updatedAt({ updatedAt: at }: RecordData): number {
  const ms = typeof at === 'string' ? Date.parse(at) : 0
  return Number.isNaN(ms) ? 0 : ms
}

/** @param did of the account whose repository holds it. */
export function publicationUri(did: string, house: Pick<PublicHouse, 'publication'>): string {
  return `at://${did}/${PUBLICATION}/${publicationKey(house)}`
}

/** The same for a document. */
export function documentUri(did: string, document: Pick<FrozenDocument, 'seed' | 'at'>): string {
  return `at://${did}/${DOCUMENT}/${documentKey(document)}`
}

export function documentKey({ seed, at }: Pick<FrozenDocument, 'seed' | 'at'>): string {
  return standardKey(seed, at)
}

function publicationKey(house: Pick<PublicHouse, 'publication'>): string {
  return standardKey(`publication ${publicationRecord(house).url}`, PUBLICATION_AT)
}

/** An answer may carry more, which no record may. */
function refOf({ uri, cid }: StrongRef): StrongRef {
  return { uri, cid }
}
