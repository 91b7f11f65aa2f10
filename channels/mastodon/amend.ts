import type { AmendInput, Posted, RenderContext } from '../../src/channel.ts'
import { accountGone, amendmentFrame, type Telling, tellingOf, titleOf } from '../../src/channel/post-amending.ts'
import { chosenItems, editionLink } from '../../src/channel/post-choice.ts'
import type { AmendedItem } from '../../src/domain/amendment.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { digestPost, type EditionPost } from '../../src/domain/edition-post.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { shorten } from '../../src/domain/text.ts'
import { asContent, type Content, type FrozenPost, readContent } from './content.ts'
import { type Limits, limitsOf } from './limits.ts'
import { drawPosts, viewOfFrozen } from './page.ts'
import { accountsOf, type MastodonSettings } from './settings.ts'
import { mastodonPost } from './status.ts'
import { editionStyle, measuresOf } from './style.ts'

/** Of a longer title, in graphemes, a note on one of several items quotes only so much. */
const MAX_QUOTED_TITLE = 60

type Status = Telling<FrozenPost>

interface Desk extends Omit<AmendInput, 'posted'> {
  readonly context: RenderContext
  readonly settings: MastodonSettings
}

/**
 * A correction edits the status in place: the item as it now is, and what was put right. What is taken back is deleted; a
 * digest, which tells of other items too, is edited.
 */
export async function renderAmendment(
  { posted, ...amendment }: AmendInput,
  _edition: Edition,
  context: RenderContext,
  settings: MastodonSettings,
): Promise<Rendering[]> {
  const desk = { ...amendment, context, settings }
  return posted
    .flatMap((each) => statusesOf(each, amendment.item.url))
    .map((telling, place) => withWarning(desk, telling, renderingFor(desk, telling, place)))
}

function renderingFor(desk: Desk, telling: Status, place: number): Rendering {
  if (telling.isShared) return renderDigestEdit(desk, telling, place)
  const render = desk.amendment.kind === 'retraction' ? renderDeletion : renderEdit
  return render(desk, telling, place)
}

function withWarning({ item, settings }: Desk, telling: Status, rendering: Rendering): Rendering {
  const gone = accountGone({ id: 'mastodon', title: 'Mastodon' }, accountsOf(settings), telling, item)
  return { ...rendering, findings: [...rendering.findings, ...gone] }
}

function statusesOf(posted: Posted, url: string): Status[] {
  const content = readContent(posted.rendering.content)
  return content?.kind === 'posts' ? tellingOf(posted, content, url) : []
}

function renderEdit(desk: Desk, telling: Status, place: number): Rendering {
  const { amendment, item, context, settings } = desk
  const note = `Correction: ${amendment.note}`
  const { publication } = context.house
  const post = mastodonPost(item, publication, settings, limitsFor(desk, telling), note)
  return { ...edited(desk, telling, place, post), findings: post.findings, mayLeave: post.mayLeave }
}

/** A digest made anew: items that were named stay first, in their order; what was amended is so, with its note. */
function renderDigestEdit(desk: Desk, telling: Status, place: number): Rendering {
  const { item, context, settings, earlier = [] } = desk
  const { edition, post: before } = telling
  const amendments = lastOfEach([...earlier, desk])
  const { wanted } = chosenItems(edition, settings)
  const named = before.items.flatMap((url) => wanted.find((each) => each.url === url) ?? [])
  const items = [...named, ...wanted.filter((each) => !named.includes(each))].flatMap((each) =>
    asAmended(each, amendments),
  )
  const notes = amendments.filter(({ item: { url } }) => before.items.includes(url)).map(noteOf)
  const style = editionStyle(editionLink(edition, context.house.publicUrl), limitsFor(desk, telling))
  const make = (list: readonly Item[]): EditionPost => digestPost(edition, list, notes, style)
  const isTold = ({ named: urls }: EditionPost): boolean =>
    desk.amendment.kind === 'retraction' || urls.includes(item.url)
  const inOrder = make(items)
  // What is put right is named with its source, whatever else has room.
  const post = isTold(inOrder)
    ? inOrder
    : make([...items.filter(({ url }) => url === item.url), ...items.filter(({ url }) => url !== item.url)])
  return {
    ...edited(desk, telling, place, post),
    findings: post.findings,
    mayLeave: post.fits && isTold(post),
  }
}

/** The latest of each item, in the order in which they were first said. */
function lastOfEach(amendments: readonly AmendedItem[]): AmendedItem[] {
  return [...new Map(amendments.map((each) => [each.item.url, each])).values()]
}

function asAmended(item: Item, amendments: readonly AmendedItem[]): Item[] {
  const amended = amendments.find((each) => each.item.url === item.url)
  if (!amended) return [item]
  return amended.amendment.kind === 'retraction' ? [] : [amended.item]
}

function noteOf({ amendment: { kind, note }, item }: AmendedItem): string {
  const title = `“${shorten(titleOf(item), MAX_QUOTED_TITLE)}”`
  return kind === 'retraction' ? `Withdrawn: ${title}.${note && ` ${note}`}` : `Correction to ${title}: ${note}`
}

/** What counts for the status as it was posted, with the warning that it was posted with. */
function limitsFor({ context, settings }: Desk, { account, post }: Status): Limits {
  return { ...limitsOf(account, context.known, settings), spoiler: post.status.spoilerText ?? '' }
}

function edited(
  desk: Desk,
  telling: Status,
  place: number,
  { text, segments }: Pick<EditionPost, 'text' | 'segments'>,
): Omit<Rendering, 'findings' | 'mayLeave'> {
  const { account, of, part, post } = telling
  const { publication } = desk.context.house
  const status = { ...post.status, status: text }
  const measures = measuresOf([segments], limitsFor(desk, telling))
  const heading = 'The edited post, as Mastodon draws it'
  const title = titleOf(desk.item)
  return {
    ...frameOf(desk, telling, place, { kind: 'edit', account, of, part, at: desk.amendment.at, status }),
    page: drawPosts({ title, views: [{ segments, status }], measures, publication, account, heading }),
    text,
    measures,
  }
}

function renderDeletion(desk: Desk, telling: Status, place: number): Rendering {
  const { account, of, part, post } = telling
  const { publication } = desk.context.house
  const views = [{ ...viewOfFrozen(post.status), isGone: true }]
  const title = titleOf(desk.item)
  return {
    ...frameOf(desk, telling, place, { kind: 'delete', account, of, part }),
    page: drawPosts({ title, views, measures: [], publication, account, heading: 'To be deleted from Mastodon' }),
    text: `Deleted: ${post.status.status}`,
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

function frameOf(
  desk: Desk,
  telling: Status,
  place: number,
  content: Content,
): ReturnType<typeof amendmentFrame> & Pick<Rendering, 'content'> {
  const what = content.kind === 'delete' ? 'deleted' : 'edited'
  return { ...amendmentFrame(desk, telling, place, what), content: asContent(content) }
}
