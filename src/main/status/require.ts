import type { Store, StoredEdition } from '../../ports.ts'
import { openExistingStore } from '../store.ts'
import { shownText } from '../shown.ts'
import { UsageError } from '../terminal.ts'

const NAMED = 5

/** @throws UsageError when nothing was made in this folder yet; then nothing is made now either. */
export async function requireStore(dataFolder: string): Promise<Store> {
  const store = await openExistingStore(dataFolder)
  if (!store)
    throw new UsageError(
      `nothing has been made in ${dataFolder} yet. Begin with groundwire run, or name a folder with --data.`,
    )
  return store
}

/** @throws UsageError naming a few that there are. */
export async function requireEdition(store: Store, id: string): Promise<StoredEdition> {
  const stored = await store.edition(id)
  if (stored) return stored
  const editions = await store.editions(NAMED)
  const there = editions.length === 0 ? 'there is none yet' : `there are ${editions.map((one) => one.id).join(', ')}`
  throw new UsageError(`there is no edition ${shownText(id)}; ${there}. groundwire status lists them.`)
}
