import type { PublicHouse } from '../../../src/channel.ts'
import type { FrozenDocument } from './document.ts'
import { standardKey } from './key.ts'
import { publicationRecord } from './publication.ts'

const PUBLICATION = 'site.standard.publication'
const DOCUMENT = 'site.standard.document'
/** A publication has no date of its own. */
const PUBLICATION_AT = '2026-01-01T00:00:00.000Z'

/** `com.atproto.repo.strongRef` */
export interface StrongRef {
  readonly uri: string
  readonly cid: string
}

/** Writes a record whatever is there (`putRecord` without a swap): the same record again is no change. */
export type Put = (collection: string, rkey: string, record: Readonly<Record<string, unknown>>) => Promise<StrongRef>

/**
 * Before the post: writes the publication and the document; what the card names (document, then publication). Not after
 * the post: it would take the post out of the document again.
 */
export async function publishDocument(put: Put, document: FrozenDocument, house: PublicHouse): Promise<StrongRef[]> {
  const publication = await put(PUBLICATION, publicationKey(house), publicationRecord(house))
  const written = await put(DOCUMENT, documentKey(document), { ...document.record, site: publication.uri })
  return [refOf(written), refOf(publication)]
}

/**
 * After the post: the document names it. Also for a document that was corrected since (see `correctedDocument`), with
 * the post that it had.
 */
export async function linkPost(put: Put, document: FrozenDocument, house: PublicHouse, post: StrongRef): Promise<void> {
  // at://<did>/<collection>/<key>
  const [, , did = ''] = post.uri.split('/')
  const site = publicationUri(did, house)
  await put(DOCUMENT, documentKey(document), { ...document.record, site, bskyPostRef: refOf(post) })
}

/** @param did of the account whose repository holds it. */
export function publicationUri(did: string, house: Pick<PublicHouse, 'publication'>): string {
  return `at://${did}/${PUBLICATION}/${publicationKey(house)}`
}

/** The same for a document. */
export function documentUri(did: string, document: Pick<FrozenDocument, 'seed' | 'at'>): string {
  return `at://${did}/${DOCUMENT}/${documentKey(document)}`
}

function documentKey({ seed, at }: Pick<FrozenDocument, 'seed' | 'at'>): string {
  return standardKey(seed, at)
}

function publicationKey(house: Pick<PublicHouse, 'publication'>): string {
  return standardKey(`publication ${publicationRecord(house).url}`, PUBLICATION_AT)
}

/** An answer may carry more, which no record may. */
function refOf({ uri, cid }: StrongRef): StrongRef {
  return { uri, cid }
}
