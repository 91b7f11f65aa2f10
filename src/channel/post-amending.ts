import type { AmendInput, Posted } from '../channel.ts'
import type { Edition } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'
import { postId } from '../domain/item-post.ts'
import type { Rendering } from '../domain/rendering.ts'
import { cleanLine } from '../domain/text.ts'
import { OUTBOX } from './outbox-sender.ts'

/** One post of ours that tells of an item which is put right or taken back. */
export interface Telling<Post> {
  /** Key of its delivery, and which of its posts it is, from 0. */
  readonly of: string
  readonly part: number
  readonly account: string
  readonly post: Post
  readonly edition: Edition
  /** It tells of other items too. */
  readonly isShared: boolean
}

/** Empty when none of these posts, which are all of one delivery, tells of the item. */
export function tellingOf<Post extends { readonly items: readonly string[] }>(
  { delivery, rendering, edition }: Posted,
  { account, posts }: { readonly account: string; readonly posts: readonly Post[] },
  url: string,
): Telling<Post>[] {
  const part = posts.findIndex(({ items }) => items.includes(url))
  const post = posts[part]
  if (!post) return []
  const isShared = rendering.item === undefined && posts.length === 1
  return [{ of: delivery.key, part, account, post, edition, isShared }]
}

type Amending = Pick<AmendInput, 'amendment' | 'item'>
type Place = Pick<Telling<unknown>, 'of' | 'part' | 'account'>

/**
 * What every rendering of an amendment has in common.
 *
 * @param what becomes of the post: `deleted`.
 * @param place of the rendering among those of the amendment, from 0.
 */
export function amendmentFrame(
  { amendment, item }: Amending,
  telling: Place,
  place: number,
  what: string,
): Pick<Rendering, 'id' | 'identity' | 'title' | 'item' | 'mediaType'> {
  const kind = amendment.kind === 'retraction' ? 'Retraction' : 'Correction'
  const title = titleOf(item)
  return {
    id: postId(place, `${amendment.kind} ${title}`),
    identity: amendmentIdentity(amendment, telling),
    title: `${kind} of “${title}”: ${what} (${telling.account})`,
    item: item.url,
    mediaType: 'application/json',
  }
}

export function amendmentIdentity({ id }: Pick<AmendInput['amendment'], 'id'>, { of, part }: Place): string {
  return `${id} ${of}${part > 0 ? ` ${part}` : ''}`
}

/** What an editor calls the item. */
export function titleOf({ title, url }: Item): string {
  return cleanLine(title) || url
}

/** What an account posted that is configured no more stays as it is until somebody puts the account back. */
export function accountGone(
  channel: { readonly id: string; readonly title: string },
  accounts: readonly { readonly name: string }[],
  { account }: Place,
  { url }: Item,
): Finding[] {
  if (account === OUTBOX || accounts.some(({ name }) => name === account)) return []
  return [
    {
      severity: 'warning',
      code: 'account-gone',
      message: `${account} posted this, and is not among the ${channel.title} accounts any more: what it posted stays as it is.`,
      advice: `Put ${account} back into the settings of ${channel.id}; until then this waits.`,
      item: url,
      channel: channel.id,
    },
  ]
}
