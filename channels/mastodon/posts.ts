import type { RenderContext } from '../../src/channel.ts'
import {
  chosenItems,
  editionLink,
  itemRenderings,
  notPosted,
  type PostTarget,
  SKIPPED,
  targetsOf,
  threadParts,
} from '../../src/channel/post-choice.ts'
import { type Edition, editionItems } from '../../src/domain/edition.ts'
import { digestPost, type EditionPost, type EditionStyle, rootPost } from '../../src/domain/edition-post.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Item } from '../../src/domain/item.ts'
import { postId } from '../../src/domain/item-post.ts'
import type { Segment } from '../../src/domain/post.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { asContent, type FrozenPost } from './content.ts'
import { type Limits, limitsOf } from './limits.ts'
import { drawPosts, type View } from './page.ts'
import { accountsOf, type MastodonSettings } from './settings.ts'
import { attachment, type MastodonPost, mastodonPost, statusOf } from './status.ts'
import { editionStyle, measuresOf, plainUrl } from './style.ts'

/** What every post of an edition to one account is made from. */
interface Desk {
  readonly edition: Edition
  readonly context: RenderContext
  readonly settings: MastodonSettings
  readonly target: PostTarget
  readonly limits: Limits
}

/** A post with what shows it, and its text as it was counted. */
interface Part {
  readonly frozen: FrozenPost
  readonly view: View
  readonly segments: readonly Segment[]
}

export async function renderPosts(
  edition: Edition,
  context: RenderContext,
  settings: MastodonSettings,
): Promise<Rendering[]> {
  const deskOf = (target: PostTarget): Desk => {
    const limits = limitsOf(target.account, context.known, settings)
    return { edition, context, settings, target, limits }
  }
  const targets = targetsOf(accountsOf(settings))
  if (settings.posts === 'item')
    return itemRenderings(edition, settings, targets, 'mastodon', (item, place, target) =>
      renderItem(deskOf(target), item, place),
    )
  if (editionItems(edition).length === 0) return []
  const render = settings.posts === 'thread' ? renderThread : renderDigest
  return targets.map((target) => render(deskOf(target)))
}

function renderItem(desk: Desk, item: Item, place: number): Rendering {
  const post = mastodonPost(item, desk.context.house.publication, desk.settings, desk.limits)
  const { account, suffix } = desk.target
  return {
    ...drawn(desk, post.title || item.url, [partOf(desk, item, post)]),
    id: postId(place, post.title) + suffix,
    identity: `${account} ${item.url}`,
    item: item.url,
    findings: post.findings,
    mayLeave: post.mayLeave,
  }
}

function renderThread(desk: Desk): Rendering {
  const { edition, context, settings, limits, target } = desk
  const { publication } = context.house
  const { parts, findings } = threadParts(edition, settings, settings.mostPerDay, 'mastodon', (item) =>
    mastodonPost(item, publication, settings, limits),
  )
  const { post, part, own } = frameOf(desk, (style) => rootPost(edition, parts.length, style), edition.subject)
  const all = [part, ...parts.map(({ item, post: reply }) => partOf(desk, item, reply))]
  const { measures, ...rest } = drawn(desk, cleanLine(edition.subject) || edition.id, all)
  return {
    ...rest,
    id: `thread${target.suffix}`,
    identity: `${target.account} thread ${edition.id}`,
    measures: [...measures, { name: 'posts', value: all.length }],
    findings: [...own, ...post.findings, ...findings],
    mayLeave: parts.length > 0 && post.fits && own.length === 0,
  }
}

function renderDigest(desk: Desk): Rendering {
  const { edition, settings, target } = desk
  const { wanted, skipped } = chosenItems(edition, settings)
  const { post, part, own } = frameOf(desk, (style) => digestPost(edition, wanted, [], style), '')
  return {
    ...drawn(desk, cleanLine(edition.subject) || edition.id, [withPicture(desk, edition.id, part)]),
    id: `digest${target.suffix}`,
    identity: `${target.account} digest ${edition.id}`,
    findings: [...own, ...post.findings, ...skipped.map(({ url }) => notPosted(url, 'mastodon', SKIPPED))],
    mayLeave: post.named.length > 0 && post.fits && own.length === 0,
  }
}

/** What is said of the edition itself, recognised by the link to it. `own`: what keeps it from leaving. */
function frameOf(
  { edition, context: { house }, settings, limits }: Desk,
  make: (style: EditionStyle) => EditionPost,
  card: string,
): { readonly post: EditionPost; readonly part: Part; readonly own: Finding[] } {
  const link = editionLink(edition, house.publicUrl)
  const post = make(editionStyle(link, limits))
  const status = statusOf(post.text, house.publication, settings, limits)
  const href = link === undefined ? '' : plainUrl(link)
  const frozen = { items: post.named, href, status }
  const { segments } = post
  return {
    post,
    part: { frozen, segments, view: { segments, status, card: cleanLine(card) } },
    own: link === undefined ? [noLink] : [],
  }
}

const noLink: Finding = {
  severity: 'error',
  code: 'no-link',
  channel: 'mastodon',
  message:
    'Neither this worker nor the publication has a web address, so that a post about an edition can lead nowhere.',
  advice: 'Set url, or the url of the publication, in the configuration.',
}

function partOf(desk: Desk, item: Item, { segments, status, href, title }: MastodonPost): Part {
  return withPicture(desk, item.url, {
    frozen: { items: [item.url], href, status },
    segments,
    view: { segments, status, card: title },
  })
}

/** @param of URL of the item, or id of the edition. */
function withPicture({ context, settings, limits }: Desk, of: string, part: Part): Part {
  const known = settings.pictures ? context.pictures?.get(of) : undefined
  const picture = attachment(known, limits)
  if (!known || !picture) return part
  const shown = { preview: known.preview, alt: picture.alt }
  return { ...part, frozen: { ...part.frozen, picture }, view: { ...part.view, picture: shown } }
}

function drawn(
  { context, limits, target: { account, suffix } }: Desk,
  title: string,
  parts: readonly Part[],
): Pick<Rendering, 'title' | 'mediaType' | 'content' | 'page' | 'text' | 'measures'> {
  const { publication } = context.house
  const measures = measuresOf(
    parts.map(({ segments }) => segments),
    limits,
  )
  const views = parts.map(({ view }) => view)
  return {
    title: suffix === '' ? title : `${title} (${account})`,
    mediaType: 'application/json',
    content: asContent({ kind: 'posts', account, posts: parts.map(({ frozen }) => frozen) }),
    page: drawPosts({ title, views, measures, publication, account }),
    text: parts.map(({ frozen }) => frozen.status.status).join('\n\n\n'),
    measures,
  }
}
