import type { Channel, RecentItem, RenderContext } from '../channel.ts'
import type { Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import { instantAt } from '../domain/time.ts'
import type { FrozenRendering, StoredItem } from '../ports.ts'

/** A channel with the settings it was configured with. */
export interface ConfiguredChannel {
  readonly channel: Channel
  readonly settings: unknown
}

/** What every channel makes of the edition. Pure, given pure channels. */
export async function render(
  edition: Edition,
  channels: readonly ConfiguredChannel[],
  context: RenderContext,
): Promise<FrozenRendering[]> {
  const each = await Promise.all(
    channels.map(async ({ channel, settings }) => {
      const renderings = await channel.render(edition, context, settings)
      return renderings.map((rendering) => ({
        ...rendering,
        channel: channel.id,
        hash: sha256(`${rendering.mediaType}\n${rendering.content}`),
      }))
    }),
  )
  return each.flat()
}

/**
 * Feeds want instants. An item that has only a day gets one: an hour into that day in the publication's zone, and a
 * second later for each item that stands behind it, so that no two of a day are the same, readers sort them as the
 * publication does, and what is added in front changes nobody else.
 */
export function recentItems(items: readonly StoredItem[], zone: string): RecentItem[] {
  return items.map(({ item, day, position, changedAt, firstSeenAt }) => {
    const published =
      item.published !== undefined && item.published.length > 10
        ? item.published
        : new Date(instantAt(day ?? '1970-01-01', '01:00', zone).getTime() + position * 1000).toISOString()
    const changed = changedAt !== firstSeenAt
    return { item, published, updated: changed && changedAt > published ? changedAt : published }
  })
}
