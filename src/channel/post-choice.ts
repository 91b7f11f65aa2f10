import { OUTBOX } from './outbox-sender.ts'
import { type Edition, editionItems } from '../domain/edition.ts'
import type { Finding } from '../domain/finding.ts'
import type { Item } from '../domain/item.ts'
import { isWeb } from '../domain/post-findings.ts'
import type { Rendering } from '../domain/rendering.ts'
import { slug } from '../domain/text.ts'
import { instantAt } from '../domain/time.ts'
import { canonicalUrl } from '../domain/url.ts'
import type { ItemOverride, PostSettings } from './post-settings.ts'

/** For whom something is posted. */
export interface PostTarget {
  /** Name of the configured account; `outbox` when there is none. */
  readonly account: string
  /** Put after a rendering's id: empty while there is one account. */
  readonly suffix: string
}

/** The accounts that post, each with a suffix that is safe in a file name and its own. */
export function targetsOf(accounts: readonly { readonly name: string }[]): PostTarget[] {
  if (accounts.length < 2) return [{ account: accounts[0]?.name ?? OUTBOX, suffix: '' }]
  const names = accounts.map(({ name }) => slug(name, 40) || 'account')
  return accounts.map(({ name }, place) => {
    const own = names[place] ?? ''
    const isUnique = names.indexOf(own) === names.lastIndexOf(own)
    return { account: name, suffix: isUnique ? `-${own}` : `-${place + 1}-${own}` }
  })
}

/** The items that are to be posted, in the order of posting, and those that an editor does not want posted. */
export function chosenItems(
  edition: Edition,
  settings: Pick<PostSettings, 'order' | 'items'>,
): { readonly wanted: Item[]; readonly skipped: Item[] } {
  const all = editionItems(edition)
  const wanted = all.filter(({ url }) => overrideOf(settings, url)?.skip !== true)
  const ordered =
    settings.order === 'newest'
      ? wanted.toSorted((one, other) => postedAt(other, edition).localeCompare(postedAt(one, edition)))
      : wanted
  const isFirst = ({ url }: Item): boolean => overrideOf(settings, url)?.first === true
  return {
    wanted: [...ordered.filter(isFirst), ...ordered.filter((item) => !isFirst(item))],
    skipped: all.filter((item) => !wanted.includes(item)),
  }
}

/** What an editor set for an item, under whatever spelling of its address. */
export function overrideOf({ items }: Pick<PostSettings, 'items'>, url: string): ItemOverride | undefined {
  return Object.entries(items).find(([key]) => key === url || canonicalUrl(key) === url)?.[1]
}

/**
 * The instant from which keys of an item's post are derived: when it was published, else the beginning of its day. Taken
 * from the publication alone, so that it is the same when everything else was lost.
 */
export function postedAt({ published }: Item, { date, publication }: Pick<Edition, 'date' | 'publication'>): string {
  if (published !== undefined && published.length > 10) return new Date(published).toISOString()
  return instantAt(published ?? date, '00:00', publication.zone).toISOString()
}

const PRIVATE_HOST =
  /^(127|10|0|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$|^localhost$|\.(localhost|local|internal|home\.arpa)$|^\[/

/** Where readers find the edition: its own page if they can reach it, else the publication; undefined where that has no address. */
export function editionLink(
  { id, publication }: Pick<Edition, 'id' | 'publication'>,
  publicUrl: string,
): string | undefined {
  if (isWeb(publicUrl) && !PRIVATE_HOST.test(new URL(publicUrl).hostname))
    return new URL(`${publicUrl}/editions/${id.split('/').map(encodeURIComponent).join('/')}`).href
  return isWeb(publication.url) ? new URL(publication.url).href : undefined
}

/** The finding of a rendering that is shown and does not leave. */
export function notPosted(url: string, channel: string, why: string): Finding {
  return { severity: 'note', code: 'not-posted', message: `This item is not posted: ${why}.`, item: url, channel }
}

/**
 * One rendering for each item and account, in the order of posting: of those that may leave `mostPerDay`, then those
 * that are over that or not wanted, which are only shown.
 *
 * @param render with the place in that order, from 0.
 */
export function itemRenderings(
  edition: Edition,
  settings: PostSettings,
  targets: readonly PostTarget[],
  channel: string,
  render: (item: Item, place: number, target: PostTarget) => Rendering,
): Rendering[] {
  const { wanted, skipped } = chosenItems(edition, settings)
  let left = settings.mostPerDay
  const posted = wanted.flatMap((item, place) => {
    const renderings = targets.map((target) => render(item, place, target))
    const mayAny = renderings.some(({ mayLeave }) => mayLeave)
    if (mayAny && left <= 0) return renderings.map((each) => kept(each, item, channel, overLimit(settings)))
    if (mayAny) left -= 1
    return renderings
  })
  const shown = skipped.flatMap((item, place) =>
    targets.map((target) => kept(render(item, wanted.length + place, target), item, channel, SKIPPED)),
  )
  return [...posted, ...shown]
}

export const SKIPPED = 'it is set to be skipped here'

function overLimit({ mostPerDay }: Pick<PostSettings, 'mostPerDay'>): string {
  return `${mostPerDay} of an edition are posted at most (mostPerDay)`
}

function kept(rendering: Rendering, item: Item, channel: string, why: string): Rendering {
  return { ...rendering, mayLeave: false, findings: [...rendering.findings, notPosted(item.url, channel, why)] }
}

/** What a thread tells: the posts of the items that may leave, `most` of them, and findings that say why others do not. */
export function threadParts<Post extends { readonly mayLeave: boolean; readonly findings: readonly Finding[] }>(
  edition: Edition,
  settings: PostSettings,
  most: number,
  channel: string,
  make: (item: Item) => Post,
): { readonly parts: { readonly item: Item; readonly post: Post }[]; readonly findings: Finding[] } {
  const { wanted, skipped } = chosenItems(edition, settings)
  const parts: { item: Item; post: Post }[] = []
  const findings: Finding[] = []
  for (const item of wanted) {
    const post = make(item)
    findings.push(...post.findings)
    if (!post.mayLeave) continue
    if (parts.length < Math.min(most, settings.mostPerDay)) parts.push({ item, post })
    else findings.push(notPosted(item.url, channel, overLimit(settings)))
  }
  findings.push(...skipped.map(({ url }) => notPosted(url, channel, SKIPPED)))
  return { parts, findings }
}
