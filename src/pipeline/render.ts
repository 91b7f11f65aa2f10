import type { AmendInput, Channel, RecentItem, RenderContext } from '../channel.ts'
import type { Amendment } from '../domain/amendment.ts'
import type { Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Picture } from '../domain/picture.ts'
import { instantAt } from '../domain/time.ts'
import type { Rendering } from '../domain/rendering.ts'
import type { FrozenRendering, StoredItem } from '../ports.ts'

/** A channel with the settings it was configured with. */
export interface ConfiguredChannel {
  readonly channel: Channel
  readonly settings: unknown
}

/** What rendering needs of the world; everything in it is optional to it. */
export interface Gathered {
  /** What each channel learned, by its id. */
  readonly known: ReadonlyMap<string, unknown>
  /** By item URL, and by its id the edition's own card. */
  readonly pictures: ReadonlyMap<string, Picture>
}

export const nothingGathered: Gathered = { known: new Map(), pictures: new Map() }

/** What every channel makes of the edition. Pure, given pure channels. */
export async function render(
  edition: Edition,
  channels: readonly ConfiguredChannel[],
  context: RenderContext,
  { known, pictures }: Gathered = nothingGathered,
): Promise<FrozenRendering[]> {
  const each = await Promise.all(
    channels.map(async ({ channel, settings }) => {
      const own = { ...context, known: known.get(channel.id), pictures }
      return (await channel.render(edition, own, settings)).map((rendering) => frozen(channel.id, rendering))
    }),
  )
  return each.flat()
}

/** What every channel that has a way of its own for it makes of a correction or retraction. Pure, given pure channels. */
export async function renderAmendment(
  edition: Edition,
  amendment: AmendInput,
  channels: readonly ConfiguredChannel[],
  context: RenderContext,
  { known, pictures }: Gathered = nothingGathered,
): Promise<FrozenRendering[]> {
  const each = await Promise.all(
    channels.map(async ({ channel, settings }) => {
      const own = { ...context, known: known.get(channel.id), pictures }
      const input = { ...amendment, posted: amendment.posted.filter(({ delivery }) => delivery.channel === channel.id) }
      const renderings = (await channel.amend?.(input, edition, own, settings)) ?? []
      return renderings.map((rendering) => frozen(channel.id, rendering))
    }),
  )
  return each.flat()
}

export function frozen(channel: string, rendering: Rendering): FrozenRendering {
  return { ...rendering, channel, hash: sha256(`${rendering.mediaType}\n${rendering.content}`) }
}

/**
 * Feeds want instants. An item that has only a day gets one: an hour into that day in the publication's zone, and a
 * second later for each item that stands behind it, so that no two of a day are the same, readers sort them as the
 * publication does, and what is added in front changes nobody else. A correction counts as a change of its item.
 *
 * @param corrections by item URL, the latest first.
 */
export function recentItems(
  items: readonly StoredItem[],
  zone: string,
  corrections: ReadonlyMap<string, readonly Amendment[]> = new Map(),
): RecentItem[] {
  return items.map(({ item, day, position, changedAt, firstSeenAt }) => {
    const published =
      item.published !== undefined && item.published.length > 10
        ? item.published
        : new Date(instantAt(day ?? '1970-01-01', '01:00', zone).getTime() + position * 1000).toISOString()
    const corrected = corrections.get(item.url)
    const changes = [
      published,
      ...(changedAt === firstSeenAt ? [] : [changedAt]),
      ...(corrected ?? []).map(({ at }) => at),
    ]
    const updated = changes.reduce((latest, at) => (at > latest ? at : latest))
    return { item, published, updated, ...(corrected && { corrections: corrected }) }
  })
}
