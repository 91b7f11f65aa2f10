import type { House } from '../channel.ts'
import type { EditionState } from '../domain/edition.ts'
import type { FrozenRendering, Ports, StoredEdition } from '../ports.ts'
import { remake, type MakeSettings } from './make.ts'
import type { Desk, EditionView } from './view.ts'

/**
 * What the editors' desk sees. An approved edition shows the frozen bytes; a draft is rendered now, by the same code
 * that approval will freeze.
 *
 * @param house who speaks now; known better once the source was read.
 * @param unsaved id of an edition that was composed only to be looked at.
 */
export function openDesk(
  { store }: Pick<Ports, 'store'>,
  house: () => House,
  settings: MakeSettings,
  unsaved?: string,
): Desk {
  const stateOf = (id: string, state: EditionState): EditionState | 'unsaved' =>
    id === unsaved && state === 'draft' ? 'unsaved' : state

  return {
    get publication() {
      return house().publication
    },
    async list(limit) {
      const editions = await store.editions(limit)
      return editions.map(({ id, date, subject, items, state }) => ({
        id,
        date,
        subject,
        items,
        state: stateOf(id, state),
      }))
    },
    async view(id) {
      const stored = await store.edition(id)
      if (!stored) return undefined
      const renderings = await renderingsOf({ store }, stored, house(), settings)
      const counts = await store.counts(id)
      const view: EditionView = {
        edition: stored.edition,
        state: stateOf(id, stored.state),
        reason: stored.reason,
        findings: stored.findings,
        channels: settings.channels.map(({ channel }) => ({
          id: channel.id,
          title: channel.title,
          renderings: renderings.filter((rendering) => rendering.channel === channel.id),
          counts: counts.filter((count) => count.channel === channel.id),
        })),
      }
      return view
    },
  }
}

async function renderingsOf(
  { store }: Pick<Ports, 'store'>,
  stored: StoredEdition,
  house: House,
  settings: MakeSettings,
): Promise<readonly FrozenRendering[]> {
  if (stored.approvedAt !== undefined) return store.renderings(stored.edition.id)
  return (await remake({ store }, stored, house, settings)).renderings
}
