import { defineChannel } from '../../src/channel.ts'
import { outboxSender } from '../../src/channel/outbox-sender.ts'
import { editionItems } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import { postId } from '../../src/domain/item-post.ts'
import type { Publication } from '../../src/domain/publication.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { drawPost } from './page.ts'
import { type MastodonSettings, mastodonSettings } from './settings.ts'
import { countCharacters, mastodonPost } from './status.ts'

/** One post for each item of the edition. Mastodon makes the link card itself, from the first link: the item's. */
export const mastodonChannel = defineChannel<MastodonSettings>({
  id: 'mastodon',
  title: 'Mastodon',
  settings: mastodonSettings,
  audience: 'once',
  document: false,
  perAttempt: () => 1,
  async render(edition, { house }, settings) {
    return editionItems(edition).map((item, index) => renderItem(item, index, house.publication, settings))
  },
  open: (_settings, ports) => outboxSender('mastodon', ports),
})

function renderItem(item: Item, index: number, publication: Publication, settings: MastodonSettings): Rendering {
  const post = mastodonPost(item, publication, settings)
  const value = countCharacters(post.segments, settings.urlCharacters)
  const measures = [{ name: 'characters', value, limit: settings.maxCharacters }]
  return {
    id: postId(index, post.title),
    identity: `${settings.account} ${item.url}`,
    title: post.title || item.url,
    item: item.url,
    mediaType: 'application/json',
    content: `${JSON.stringify(post.status, null, 2)}\n`,
    page: drawPost(post, measures, publication, settings.account),
    text: post.text,
    measures,
    findings: post.findings,
    mayLeave: post.mayLeave,
  }
}
