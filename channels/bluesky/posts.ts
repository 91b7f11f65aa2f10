import type { RenderContext } from '../../src/channel.ts'
import {
  chosenItems,
  editionLink,
  itemRenderings,
  notPosted,
  type PostTarget,
  postedAt,
  SKIPPED,
  targetsOf,
  threadParts,
} from '../../src/channel/post-choice.ts'
import { type Edition, editionItems } from '../../src/domain/edition.ts'
import { digestPost, type EditionPost, rootPost } from '../../src/domain/edition-post.ts'
import type { Item } from '../../src/domain/item.ts'
import { postId } from '../../src/domain/item-post.ts'
import type { Picture } from '../../src/domain/picture.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { asContent, type FrozenPost } from './content.ts'
import { drawPosts } from './page.ts'
import { type BlueskyPost, blueskyPost, cardOf, facetFindings, langsOf, type PostRecord, recordOf } from './record.ts'
import { accountsOf, type BlueskySettings } from './settings.ts'
import { documentFor } from './standard/document.ts'
import { editionStyle, measuresOf } from './style.ts'

/** What every post of an edition is made from. */
interface Desk {
  readonly edition: Edition
  readonly context: RenderContext
  readonly settings: BlueskySettings
}

/** Replies of one thread: all of it is one write, of which a server takes 200 at most (atproto, `applyWrites`). */
const MOST_REPLIES = 199

export async function renderPosts(
  edition: Edition,
  context: RenderContext,
  settings: BlueskySettings,
): Promise<Rendering[]> {
  const desk = { edition, context, settings }
  const targets = targetsOf(accountsOf(settings))
  if (settings.posts === 'item')
    return itemRenderings(edition, settings, targets, 'bluesky', (item, place, target) =>
      renderItem(desk, item, place, target),
    )
  if (editionItems(edition).length === 0) return []
  return targets.map((target) =>
    settings.posts === 'thread' ? renderThread(desk, target) : renderDigest(desk, target),
  )
}

function renderItem(desk: Desk, item: Item, place: number, { account, suffix }: PostTarget): Rendering {
  const { publication } = desk.context.house
  const post = blueskyPost(item, publication, desk.settings)
  const measures = measuresOf([post.text])
  const title = post.title || item.url
  const views = [viewOf(post, item, desk)]
  return {
    id: postId(place, post.title) + suffix,
    identity: `${account} ${item.url}`,
    title: titled(title, account, suffix),
    item: item.url,
    mediaType: 'application/json',
    content: asContent({ kind: 'posts', account, posts: [freezeItem(desk, item, post, account)] }),
    page: drawPosts({ title, views, measures, publication, account }),
    text: post.text,
    measures,
    findings: post.findings,
    mayLeave: post.mayLeave,
  }
}

function renderThread(desk: Desk, target: PostTarget): Rendering {
  const { edition, context, settings } = desk
  const { parts, findings } = threadParts(edition, settings, MOST_REPLIES, 'bluesky', (item) =>
    blueskyPost(item, context.house.publication, settings),
  )
  const { root, record, link } = frameOf(desk, (style) => rootPost(edition, parts.length, style))
  const posts = [
    freezeEdition(desk, [], record, target.account, link),
    ...parts.map(({ item, post }, place) => ({
      ...freezeItem(desk, item, post, target.account),
      seed: `${target.account} ${edition.id}#${place + 1}`,
      at: edition.plannedAt,
    })),
  ]
  const views = [
    { segments: root.segments, card: record.embed?.external, picture: pictureOf(desk, edition.id) },
    ...parts.map(({ item, post }) => viewOf(post, item, desk)),
  ]
  const texts = [root.text, ...parts.map(({ post }) => post.text)]
  const own = [...root.findings, ...facetFindings(record, root.segments)]
  const mayLeave = parts.length > 0 && !own.some(({ severity }) => severity === 'error')
  return { ...editionRendering(desk, target, 'thread', posts, views, texts), findings: [...own, ...findings], mayLeave }
}

function renderDigest(desk: Desk, target: PostTarget): Rendering {
  const { edition, settings } = desk
  const { wanted, skipped } = chosenItems(edition, settings)
  const { root, record, link } = frameOf(desk, (style) => digestPost(edition, wanted, [], style))
  const posts = [freezeEdition(desk, root.named, record, target.account, link)]
  const views = [{ segments: root.segments, card: record.embed?.external, picture: pictureOf(desk, edition.id) }]
  const own = [...root.findings, ...facetFindings(record, root.segments)]
  const mayLeave = root.named.length > 0 && root.fits && facetFindings(record, root.segments).length === 0
  return {
    ...editionRendering(desk, target, 'digest', posts, views, [root.text]),
    findings: [...own, ...skipped.map(({ url }) => notPosted(url, 'bluesky', SKIPPED))],
    mayLeave,
  }
}

/** What is said of the edition itself, with a card that leads to it. */
function frameOf(
  { edition, context: { house }, settings }: Desk,
  make: (style: ReturnType<typeof editionStyle>) => EditionPost,
): { readonly root: EditionPost; readonly record: PostRecord; readonly link: string | undefined } {
  const link = editionLink(edition, house.publicUrl)
  const root = make(editionStyle(link))
  const description = cleanLine(edition.preheader) || cleanLine(house.publication.description)
  const card = link === undefined ? undefined : cardOf(link, cleanLine(edition.subject), description)
  return { root, record: recordOf(root.segments, langsOf(house.publication, settings), card && { card }), link }
}

function editionRendering(
  { edition, context }: Desk,
  { account, suffix }: PostTarget,
  form: 'thread' | 'digest',
  posts: readonly FrozenPost[],
  views: Parameters<typeof drawPosts>[0]['views'],
  texts: readonly string[],
): Omit<Rendering, 'findings' | 'mayLeave'> {
  const { publication } = context.house
  const measures = [...measuresOf(texts), ...(form === 'thread' ? [{ name: 'posts', value: posts.length }] : [])]
  const title = cleanLine(edition.subject) || edition.id
  return {
    id: form + suffix,
    identity: `${account} ${form} ${edition.id}`,
    title: titled(title, account, suffix),
    mediaType: 'application/json',
    content: asContent({ kind: 'posts', account, posts }),
    page: drawPosts({ title, views, measures, publication, account }),
    text: texts.join('\n\n\n'),
    measures,
  }
}

/** Where several accounts post the same, whose it is. */
function titled(title: string, account: string, suffix: string): string {
  return suffix === '' ? title : `${title} (${account})`
}

function freezeItem(desk: Desk, item: Item, { record }: BlueskyPost, account: string): FrozenPost {
  const { edition, context, settings } = desk
  const seed = `${account} ${item.url}`
  const at = postedAt(item, edition)
  const document = settings.standardSite ? documentFor(item, seed, at, context.house) : undefined
  return {
    items: [item.url],
    seed,
    at,
    record: { ...record },
    ...frozenPicture(desk, item.url),
    ...(document && { document }),
  }
}

/** @param of an item's URL or the edition's id. */
function pictureOf({ context, settings }: Desk, of: string): Picture | undefined {
  return settings.pictures ? context.pictures?.get(of) : undefined
}

function frozenPicture(desk: Desk, of: string): Pick<FrozenPost, 'picture'> {
  const picture = pictureOf(desk, of)
  if (!picture) return {}
  const { path, sha256, mediaType, width, height } = picture
  return { picture: { path, sha256, mediaType, width, height } }
}

function freezeEdition(
  desk: Desk,
  items: readonly string[],
  record: PostRecord,
  account: string,
  link: string | undefined,
): FrozenPost {
  const { edition, context, settings } = desk
  const at = edition.plannedAt
  const hasPage = link?.endsWith(`/editions/${edition.id}`) === true
  const document =
    settings.standardSite && hasPage ? documentFor(edition, `${account} ${edition.id}`, at, context.house) : undefined
  return {
    items,
    seed: `${account} ${edition.id}#0`,
    at,
    record: { ...record },
    ...(record.embed && frozenPicture(desk, edition.id)),
    ...(document && { document }),
  }
}

function viewOf({ segments, record }: BlueskyPost, item: Item, desk: Desk) {
  return { segments, card: record.embed?.external, picture: pictureOf(desk, item.url) }
}
