import { blueskySettings } from '../../channels/bluesky/settings.ts'
import type { StandardSite } from '../../channels/bluesky/standard/site.ts'
import type { PublicHouse } from '../channel.ts'
import type { MakeSettings } from '../pipeline/make.ts'
import type { Ports } from '../ports.ts'

/** What readers' pages say of the records beside our posts on Bluesky; undefined while there are none. */
export async function standardSiteOf(
  { channels }: Pick<MakeSettings, 'channels'>,
  notes: Ports['notes'],
  house: PublicHouse,
): Promise<StandardSite | undefined> {
  const bluesky = channels.find(({ channel }) => channel.id === 'bluesky')
  if (!bluesky) return undefined
  const settings = blueskySettings.parse(bluesky.settings)
  if (!settings.standardSite) return undefined
  const { standardSite } = await import('../../channels/bluesky/standard/site.ts')
  return standardSite(settings, notes, house)
}
