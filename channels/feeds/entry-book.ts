import type { PublicHouse } from '../../src/channel.ts'
import type { Published } from '../../src/channel/published.ts'
import { editionEntry } from './editions.ts'
import { itemEntry, type MadeEntry } from './entries.ts'
import type { Feed } from './feeds.ts'

/** Entries that were made, so that documents which share one share the work, too. */
export interface EntryBook {
  /** In the order of `keys` (URLs of items or ids of editions); what is no longer there is left out. */
  entries(of: Feed['of'], keys: readonly string[]): Promise<MadeEntry[]>
  forget(): void
}

export function entryBook(published: Published, house: PublicHouse): EntryBook {
  const made = { items: new Map<string, MadeEntry>(), editions: new Map<string, MadeEntry>() }
  const read = {
    async items(keys: readonly string[]) {
      for (const recent of await published.itemsOf(keys)) {
        made.items.set(recent.item.url, itemEntry(recent, house.publication))
      }
    },
    async editions(keys: readonly string[]) {
      for (const past of await published.editionsOf(keys)) made.editions.set(past.edition.id, editionEntry(past, house))
    },
  }
  return {
    async entries(of, keys) {
      const missing = keys.filter((key) => !made[of].has(key))
      if (missing.length > 0) await read[of](missing)
      return keys.flatMap((key) => made[of].get(key) ?? [])
    },
    forget() {
      made.items.clear()
      made.editions.clear()
    },
  }
}
