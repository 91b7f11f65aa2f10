import * as z from 'zod'
import type { ConfiguredChannel } from '../pipeline/render.ts'

const withHubs = z.object({ hubs: z.array(z.string()).default([]) })

/** WebSub hubs that the feeds name, for the answers of our server to name the same; none where there are no feeds. */
export function hubsOf(channels: readonly ConfiguredChannel[]): readonly string[] {
  const feeds = channels.find(({ channel }) => channel.id === 'feeds')
  return feeds ? withHubs.parse(feeds.settings).hubs : []
}
