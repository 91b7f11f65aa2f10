import type { AmendInput, Posted, PublicHouse, RenderContext } from '../../src/channel.ts'
import {
  accountGone,
  amendmentFrame,
  amendmentIdentity,
  type Telling,
  tellingOf,
  titleOf,
} from '../../src/channel/post-amending.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { type ItemPost, notePost } from '../../src/domain/item-post.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { asContent, type Content, type FrozenPost, readContent } from './content.ts'
import { viewOfFrozen } from './frozen-view.ts'
import { drawPosts } from './page.ts'
import { facetFindings, langsOf, recordOf } from './record.ts'
import { accountsOf, type BlueskySettings } from './settings.ts'
import { correctedDocument } from './standard/document.ts'
import { itemStyle, measuresOf } from './style.ts'

interface Answered extends Telling<FrozenPost> {
  /** It is an answer that corrected the item before. */
  readonly isReply: boolean
}

interface Desk extends Omit<AmendInput, 'posted'> {
  readonly house: PublicHouse
  readonly settings: BlueskySettings
}

/**
 * A correction is an answer to the post: readers of bsky.app never see an edited one. What is taken back is deleted, with
 * the answers that corrected it; a digest, which tells of other items too, is answered.
 */
export async function renderAmendment(
  { posted, ...amendment }: AmendInput,
  _edition: Edition,
  { house }: RenderContext,
  settings: BlueskySettings,
): Promise<Rendering[]> {
  const desk = { ...amendment, house, settings }
  const isRetraction = amendment.amendment.kind === 'retraction'
  return posted
    .flatMap((each) => answeredOf(each, amendment.item.url))
    .filter(({ isReply }) => isRetraction || !isReply)
    .map((telling, place) =>
      isRetraction && !telling.isShared ? renderDeletion(desk, telling, place) : renderReply(desk, telling, place),
    )
}

function answeredOf(posted: Posted, url: string): Answered[] {
  const content = readContent(posted.rendering.content)
  if (!content || content.kind === 'delete') return []
  const { account } = content
  const posts = content.kind === 'posts' ? content.posts : [content.post]
  return tellingOf(posted, { account, posts }, url).map((each) => ({ ...each, isReply: content.kind === 'reply' }))
}

function renderReply(desk: Desk, telling: Answered, place: number): Rendering {
  const { amendment, item, house, settings } = desk
  const { publication } = house
  const said = notePost(item, (title) => wordsOf(desk, telling, title), itemStyle, amendment.kind === 'retraction')
  const record = recordOf(said.segments, langsOf(publication, settings))
  const findings = [...said.findings, ...facetFindings(record, said.segments, item.url), ...ofAccount(desk, telling)]
  const { account, of, part, isShared, post: answered } = telling
  const document = isShared ? undefined : answered.document
  const post = {
    items: [item.url],
    seed: `${account} ${amendmentIdentity(amendment, telling)}`,
    at: amendment.at,
    record: { ...record },
    ...(document && { document: correctedDocument(document, item, amendment.at, house) }),
  }
  const views = [viewOfFrozen(telling.post), { segments: said.segments }]
  return {
    ...frameOf(desk, telling, place, { kind: 'reply', account, of, part, post }),
    ...drawn(desk, telling, said, views),
    findings,
    mayLeave: !findings.some(({ severity }) => severity === 'error'),
  }
}

function drawn(
  { house: { publication } }: Desk,
  { account }: Answered,
  { text, title }: ItemPost,
  views: Parameters<typeof drawPosts>[0]['views'],
): Pick<Rendering, 'page' | 'text' | 'measures'> {
  const measures = measuresOf([text])
  const heading = 'The answer, as Bluesky draws it'
  return { text, measures, page: drawPosts({ title, views, measures, publication, account, heading }) }
}

/** The note whole; the title, as far as it fits, where the post above tells of several items. */
function wordsOf({ amendment: { kind, note } }: Desk, { isShared }: Answered, title: string): string {
  const about = isShared && title !== '' ? `“${title}”` : ''
  if (kind === 'retraction') return `Withdrawn${about && `: ${about}`}.${note && ` ${note}`}`
  return `Correction${about && ` to ${about}`}: ${note}`
}

function renderDeletion(desk: Desk, telling: Answered, place: number): Rendering {
  const { account, of, part, post } = telling
  const { house, item } = desk
  const views = [{ ...viewOfFrozen(post), isGone: true }]
  const heading = 'To be deleted from Bluesky'
  const title = titleOf(item)
  const document = post.document && { seed: post.document.seed, at: post.document.at }
  return {
    ...frameOf(desk, telling, place, { kind: 'delete', account, of, part, ...(document && { document }) }),
    page: drawPosts({ title, views, measures: [], publication: house.publication, account, heading }),
    text: `Deleted: ${post.record.text}`,
    measures: [],
    findings: ofAccount(desk, telling),
    mayLeave: true,
  }
}

function ofAccount({ item, settings }: Desk, telling: Answered): Finding[] {
  return accountGone({ id: 'bluesky', title: 'Bluesky' }, accountsOf(settings), telling, item)
}

function frameOf(
  desk: Desk,
  telling: Answered,
  place: number,
  content: Content,
): ReturnType<typeof amendmentFrame> & Pick<Rendering, 'content'> {
  const what = content.kind === 'delete' ? 'deleted' : 'an answer'
  return { ...amendmentFrame(desk, telling, place, what), content: asContent(content) }
}
