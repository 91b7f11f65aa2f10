import type { House } from '../channel.ts'
import type { EditionState } from '../domain/edition.ts'
import type { FrozenRendering, Ports, StoredEdition } from '../ports.ts'
import { renderContext, type MakeSettings } from './make.ts'
import { render } from './render.ts'
import type { Desk, EditionView } from './view.ts'

/**
 * What the editors' desk sees. An approved edition shows the frozen bytes; a draft is rendered now, by the same code
 * that approval will freeze.
 *
 * @param unsaved id of an edition that was composed only to be looked at.
 */
export function openDesk(
  { store }: Pick<Ports, 'store'>,
  house: House,
  settings: Pick<MakeSettings, 'channels' | 'source' | 'newsSections' | 'recent'>,
  unsaved?: string,
): Desk {
  const stateOf = (id: string, state: EditionState): EditionState | 'unsaved' =>
    id === unsaved && state === 'draft' ? 'unsaved' : state

  return {
    publication: house.publication,
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
      const renderings = await renderingsOf(stored)
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

  async function renderingsOf({ edition, approvedAt }: StoredEdition): Promise<readonly FrozenRendering[]> {
    if (approvedAt !== undefined) return store.renderings(edition.id)
    return render(edition, settings.channels, await renderContext(store, house, edition, settings))
  }
}
