import { editionItems, type EditionState } from '../../domain/edition.ts'
import type { Store } from '../../ports.ts'

/** More than ever wait for an editor at once. */
const MOST = 1000

/** An edition that was composed, was not let go, and has the item as it was then. */
export interface OpenDraft {
  readonly id: string
  readonly date: string
  readonly state: EditionState
}

/** Editions that nobody let go yet and that would carry the item, newest date first. */
export async function draftsWith(store: Pick<Store, 'editions' | 'edition'>, url: string): Promise<OpenDraft[]> {
  const drafts: OpenDraft[] = []
  for (const { id, date, state } of await store.editions(MOST, ['draft', 'held'])) {
    const stored = await store.edition(id)
    if (stored?.approvedAt !== undefined || !stored) continue
    if ([...editionItems(stored.edition), ...stored.edition.background].some((item) => item.url === url))
      drafts.push({ id, date, state })
  }
  return drafts
}
