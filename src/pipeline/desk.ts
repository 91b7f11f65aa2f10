import type { House } from '../channel.ts'
import type { EditionState } from '../domain/edition.ts'
import type { FrozenRendering, Ports, StoredEdition } from '../ports.ts'
import { remake, type MakeSettings } from './make.ts'
import type { ChannelView, Desk, EditionLine } from './view.ts'

const PUBLISHED: readonly EditionState[] = ['approved', 'sending', 'sent']

/**
 * What the editors' desk sees, and what readers do. An approved edition shows the frozen bytes; a draft is rendered now, by the same code
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
  const stateOf = (id: string, state: EditionState): EditionLine['state'] =>
    id === unsaved && state === 'draft' ? 'unsaved' : state
  const lines = async (limit: number, states?: readonly EditionState[]): Promise<EditionLine[]> =>
    (await store.editions(limit, states)).map(({ id, date, subject, items, state }) => ({
      id,
      date,
      subject,
      items,
      state: stateOf(id, state),
    }))

  return {
    get publication() {
      return house().publication
    },
    list: (limit) => lines(limit),
    listPublished: (limit) => lines(limit, PUBLISHED),
    async published(id) {
      const stored = await store.edition(id)
      if (!stored || !PUBLISHED.includes(stored.state)) return undefined
      return { edition: stored.edition, renderings: () => store.renderings(id) }
    },
    async view(id) {
      const stored = await store.edition(id)
      if (!stored) return undefined
      const { edition, reason, findings } = stored
      const channels = await channelsOf({ store }, stored, house(), settings)
      return { edition, state: stateOf(id, stored.state), reason, findings, channels }
    },
  }
}

async function channelsOf(
  { store }: Pick<Ports, 'store'>,
  stored: StoredEdition,
  house: House,
  settings: MakeSettings,
): Promise<readonly ChannelView[]> {
  const renderings = await renderingsOf({ store }, stored, house, settings)
  const counts = await store.counts(stored.edition.id)
  return settings.channels.map(({ channel: { id, title } }) => ({
    id,
    title,
    renderings: renderings.filter(({ channel }) => channel === id),
    counts: counts.filter(({ channel }) => channel === id),
  }))
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
