import type { Channel } from '../src/channel.ts'
import { blueskyChannel } from './bluesky/index.ts'
import { emailChannel } from './email/index.ts'
import { feedsChannel } from './feeds/index.ts'
import { mastodonChannel } from './mastodon/index.ts'

/** Every way out, in the order in which editors see them. A new channel is a folder beside this file and a line here. */
export const channels: readonly Channel[] = [emailChannel, feedsChannel, blueskyChannel, mastodonChannel]
