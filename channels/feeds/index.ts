import { defineChannel } from '../../src/channel.ts'
import { openFiles } from './sender.ts'
import { settingsSchema, type FeedsSettings } from './settings.ts'

/**
 * RSS 2.0, Atom 1.0 and JSON Feed 1.1 of the latest items. Nothing but the content decides their bytes. The libraries
 * that write them load when first needed.
 */
export const feedsChannel = defineChannel<FeedsSettings>({
  id: 'feeds',
  title: 'Feeds',
  settings: settingsSchema,
  audience: 'once',
  document: true,
  perAttempt: () => 1,
  async render(edition, context, settings) {
    const { renderFeeds } = await import('./rendering.ts')
    return renderFeeds(edition, context, settings)
  },
  // Whole documents: made anew they say what an item now says, or no longer carry it.
  async amend(_amendment, edition, context, settings) {
    const { renderFeeds } = await import('./rendering.ts')
    return renderFeeds(edition, context, settings)
  },
  open: (_settings, ports, house) => openFiles(ports, house),
})
