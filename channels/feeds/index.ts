import { defineChannel } from '../../src/channel.ts'
import { presentFiles } from './present.ts'
import { openFeeds } from './sender.ts'
import { settingsSchema, type FeedsSettings } from './settings.ts'

/**
 * RSS 2.0, Atom 1.0 and JSON Feed 1.1 of everything, of each section and of the editions, with monthly archives, and
 * what explains them. Nothing but the content decides their bytes. The libraries that write them load when first needed.
 */
export const feedsChannel = defineChannel<FeedsSettings>({
  id: 'feeds',
  title: 'Feeds',
  settings: settingsSchema,
  audience: 'once',
  document: true,
  perAttempt: () => 1,
  learn: (_settings, { files }) => presentFiles(files),
  async render(edition, context, settings) {
    const { renderFeeds } = await import('./rendering.ts')
    return renderFeeds(edition, context, settings)
  },
  // Whole documents: made anew they say what an item now says, or no longer carry it.
  async amend(_amendment, edition, context, settings) {
    const { renderFeeds } = await import('./rendering.ts')
    return renderFeeds(edition, context, settings)
  },
  async diagnose(settings, ports, house) {
    const { diagnoseFeeds } = await import('./diagnose.ts')
    return diagnoseFeeds(settings, ports, house)
  },
  open: (settings, ports, house, how) => openFeeds(settings, ports, house, how?.atOnce ?? false),
})
