import type { PublicHouse } from '../../../src/channel.ts'
import type { FrozenRendering, Notes } from '../../../src/ports.ts'
import { contentSchema } from '../content.ts'
import { accountsOf, type BlueskySettings } from '../settings.ts'
import { publicationPath, pathOf } from './publication.ts'
import { documentUri, publicationUri } from './publish.ts'

/** What readers' pages say of our records, so that others can verify them. */
export interface StandardSite {
  /** AT-URI of the publication. */
  readonly publication: string
  /** Path of the publication's address: `/news`, '' for the root. */
  readonly path: string
  /** AT-URI of the document that stands for an edition; undefined when none was frozen with it. */
  document(edition: string, renderings: readonly FrozenRendering[]): string | undefined
}

/**
 * A page can name one record alone: of several accounts the first speaks.
 *
 * @returns undefined when the records are not wanted, or the account has not signed in yet.
 */
export async function standardSite(
  settings: BlueskySettings,
  notes: Pick<Notes, 'recall'>,
  house: PublicHouse,
): Promise<StandardSite | undefined> {
  const [account] = accountsOf(settings)
  if (!settings.standardSite || !account) return undefined
  const did = await notes.recall(`bluesky ${account.name} did`)
  if (did === undefined) return undefined
  return {
    publication: publicationUri(did, house),
    path: publicationPath(house),
    document(edition, renderings) {
      const path = pathOf(`${house.publicUrl}/editions/${edition}`, house)
      const document = renderings
        .flatMap((rendering) => documentsIn(rendering, account.name))
        .find(({ record }) => record.path === path)
      return document && documentUri(did, document)
    },
  }
}

function documentsIn({ channel, content }: FrozenRendering, account: string) {
  if (channel !== 'bluesky') return []
  // An edition may have been frozen by an earlier version.
  const { success, data } = contentSchema.safeParse(JSON.parse(content))
  if (!success || data.kind !== 'posts' || data.account !== account) return []
  return data.posts.flatMap(({ document }) => document ?? [])
}
