import { defineChannel } from '../../src/channel.ts'
import { accountIn, postChannel } from '../../src/channel/post-channel.ts'
import { postSender } from '../../src/channel/post-sender.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import type { Gate } from '../../src/channel/stopped.ts'
import { readContent } from './content.ts'
import { accountsOf, type BlueskySettings, blueskySettings } from './settings.ts'

/**
 * Posts with a link card. Without an account they go to the outbox; what talks to the network loads when first needed.
 */
export const blueskyChannel = defineChannel<BlueskySettings>({
  id: 'bluesky',
  title: 'Bluesky',
  settings: blueskySettings,
  ...postChannel(accountsOf, accountOf),
  async render(edition, context, settings) {
    const { renderPosts } = await import('./posts.ts')
    return renderPosts(edition, context, settings)
  },
  async amend(amendment, edition, context, settings) {
    const { renderAmendment } = await import('./amend.ts')
    return renderAmendment(amendment, edition, context, settings)
  },
  async diagnose(settings, ports, house) {
    const { diagnoseBluesky } = await import('./remote/doctor.ts')
    return diagnoseBluesky(settings, ports, house)
  },
  open(settings, ports, house, how = { atOnce: false }) {
    const accounts = accountsOf(settings)
    const context = { settings, accounts, ports, house, how, gates: new Map<string, Gate>() }
    return postSender({
      channel: 'bluesky',
      accounts: accounts.map(({ name }) => name),
      ports,
      accountOf,
      remote: {
        replayWindowMs: Infinity,
        async send(attempt, signal) {
          const { sendBluesky } = await import('./remote/send.ts')
          return sendBluesky(attempt, context, signal)
        },
      },
    })
  },
})

function accountOf({ content }: Rendering): string {
  return accountIn(readContent(content))
}
