import { defineChannel } from '../../src/channel.ts'
import { outboxSender } from '../../src/channel/outbox-sender.ts'
import { editionItems } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { postId } from '../../src/domain/item-post.ts'
import type { Publication } from '../../src/domain/publication.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { countGraphemes, utf8Bytes } from '../../src/domain/text.ts'
import { drawPost } from './page.ts'
import { blueskyPost, MAX_BYTES, MAX_GRAPHEMES } from './record.ts'
import { type BlueskySettings, blueskySettings } from './settings.ts'

/** One post for each item of the edition, with a link card; see `record.ts` for what is still to be stamped. */
export const blueskyChannel = defineChannel<BlueskySettings>({
  id: 'bluesky',
  title: 'Bluesky',
  settings: blueskySettings,
  audience: 'once',
  document: false,
  perAttempt: () => 1,
  async render(edition, { house }, settings) {
    return editionItems(edition).map((item, index) => renderItem(item, index, house.publication, settings))
  },
  open: (_settings, ports) => outboxSender('bluesky', ports),
})

function renderItem(item: Item, index: number, publication: Publication, settings: BlueskySettings): Rendering {
  const post = blueskyPost(item, publication, settings)
  const measures = [
    { name: 'graphemes', value: countGraphemes(post.text), limit: MAX_GRAPHEMES },
    { name: 'bytes', value: utf8Bytes(post.text), limit: MAX_BYTES },
  ]
  return {
    id: postId(index, post.title),
    identity: `${settings.account} ${item.url}`,
    title: post.title || item.url,
    item: item.url,
    mediaType: 'application/json',
    content: `${JSON.stringify({ record: post.record }, null, 2)}\n`,
    page: drawPost(post, measures, publication, settings.account),
    text: post.text,
    measures,
    findings: post.findings,
    mayLeave: post.mayLeave,
  }
}
