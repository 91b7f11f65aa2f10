import { defineChannel } from '../../src/channel.ts'
import { accountIn, postChannel } from '../../src/channel/post-channel.ts'
import { postSender } from '../../src/channel/post-sender.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { readContent } from './content.ts'
import { accountsOf, type MastodonSettings, mastodonSettings } from './settings.ts'

/**
 * For how long a call may be repeated under its key: servers keep it for an hour from when they have made the status.
 * The last five minutes of a window are never used (see `deliver`).
 */
const REPLAY_MS = 55 * 60_000

/**
 * Statuses with their links; the link card is the server's own. Without an account they go to the outbox; what talks to
 * the network loads when first needed.
 */
export const mastodonChannel = defineChannel<MastodonSettings>({
  id: 'mastodon',
  title: 'Mastodon',
  settings: mastodonSettings,
  ...postChannel(accountsOf, accountOf),
  async learn(settings, ports, signal) {
    if (accountsOf(settings).length === 0) return undefined
    const { learnInstances } = await import('./remote/instance.ts')
    return learnInstances(settings, ports, signal)
  },
  async render(edition, context, settings) {
    const { renderPosts } = await import('./posts.ts')
    return renderPosts(edition, context, settings)
  },
  async amend(amendment, edition, context, settings) {
    const { renderAmendment } = await import('./amend.ts')
    return renderAmendment(amendment, edition, context, settings)
  },
  async diagnose(settings, ports, house) {
    const { diagnoseMastodon } = await import('./remote/doctor.ts')
    return diagnoseMastodon(settings, ports, house)
  },
  open(settings, ports, house, how = { atOnce: false }) {
    const accounts = accountsOf(settings)
    const context = { settings, accounts, ports, house, how }
    return postSender({
      channel: 'mastodon',
      accounts: accounts.map(({ name }) => name),
      ports,
      accountOf,
      remote: {
        replayWindowMs: REPLAY_MS,
        async send(attempt, signal) {
          const { sendMastodon } = await import('./remote/send.ts')
          return sendMastodon(attempt, context, signal)
        },
        async find(delivery, rendering, signal) {
          const { findMastodon } = await import('./remote/send.ts')
          return findMastodon(delivery, rendering, context, signal)
        },
      },
    })
  },
})

function accountOf({ content }: Rendering): string {
  return accountIn(readContent(content))
}
