import type { House } from '../channel.ts'
import { amendmentKindOf } from '../domain/amendment.ts'
import type { EditionState } from '../domain/edition.ts'
import { cleanLine } from '../domain/text.ts'
import type { EditionSummary, FrozenRendering, Ports, StoredEdition, StoredItem } from '../ports.ts'
import { remake, type Made, type MakeSettings } from './make.ts'
import { feedLinks } from './feed-links.ts'
import { PUBLISHED } from './public-editions.ts'
import { saidSince } from './said.ts'
import type { ChannelView, Desk, EditionLine, VanishedItem } from './view.ts'

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
  const line = ({ id, date, subject, items, state }: EditionSummary): EditionLine => ({
    id,
    date,
    subject,
    items,
    state: stateOf(id, state),
  })

  return {
    get publication() {
      return house().publication
    },
    list: async (limit) => (await store.editions(limit)).map(line),
    vanished: async (limit) => (await store.items({ missing: true, carried: true, limit })).flatMap(vanished),
    listPublished: async (limit) => (await digests(store, limit, PUBLISHED)).map(line),
    async published(id) {
      // What amends has words for the channels alone: readers find it in the feeds and in the next digest.
      const stored = amendmentKindOf(id) === undefined ? await store.edition(id) : undefined
      if (!stored || !PUBLISHED.includes(stored.state)) return undefined
      const { edition } = stored
      return { edition, renderings: () => store.renderings(id), amendments: () => saidSince(store, edition) }
    },
    feeds: async () => feedLinks((await store.standing('feeds')).documents),
    async view(id) {
      const stored = await store.edition(id)
      if (!stored) return undefined
      const { edition, renderings } = await shownOf({ store }, stored, house(), settings)
      const { reason, findings } = stored
      const channels = await channelsOf({ store }, id, renderings, settings)
      return { edition, state: stateOf(id, stored.state), reason, findings, channels }
    },
  }
}

function vanished({ item: { url, title }, edition, missingSince: since }: StoredItem): VanishedItem[] {
  return edition === undefined || since === undefined ? [] : [{ url, title: cleanLine(title) || url, edition, since }]
}

/** Without the corrections and retractions among them. Newest date first. */
export async function digests(
  store: Ports['store'],
  limit: number,
  states?: readonly EditionState[],
): Promise<EditionSummary[]> {
  for (let asked = limit; ; asked *= 4) {
    const editions = await store.editions(asked, states)
    const found = editions.filter(({ id }) => amendmentKindOf(id) === undefined)
    if (found.length >= limit || editions.length < asked) return found.slice(0, limit)
  }
}

async function channelsOf(
  { store }: Pick<Ports, 'store'>,
  edition: string,
  renderings: readonly FrozenRendering[],
  settings: MakeSettings,
): Promise<readonly ChannelView[]> {
  const counts = await store.counts(edition)
  return settings.channels.map(({ channel: { id, title } }) => ({
    id,
    title,
    renderings: renderings.filter(({ channel }) => channel === id),
    counts: counts.filter(({ channel }) => channel === id),
  }))
}

async function shownOf(
  { store }: Pick<Ports, 'store'>,
  stored: StoredEdition,
  house: House,
  settings: MakeSettings,
): Promise<Pick<Made, 'edition' | 'renderings'>> {
  const { edition, approvedAt } = stored
  if (approvedAt !== undefined) return { edition, renderings: await store.renderings(edition.id) }
  return remake({ store }, stored, house, settings)
}
