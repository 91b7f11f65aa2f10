import type { AmendInput, Posted, PublicHouse, RenderContext } from '../../src/channel.ts'
import { OUTBOX } from '../../src/channel/outbox-sender.ts'
import type { Edition } from '../../src/domain/edition.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { type ItemPost, notePost, postId } from '../../src/domain/item-post.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { cleanLine } from '../../src/domain/text.ts'
import { asContent, type Content, type FrozenPost, readContent } from './content.ts'
import { viewOfFrozen } from './frozen-view.ts'
import { drawPosts } from './page.ts'
import { facetFindings, langsOf, recordOf } from './record.ts'
import { accountsOf, type BlueskySettings } from './settings.ts'
import { correctedDocument } from './standard/document.ts'
import { itemStyle, measuresOf } from './style.ts'

/** One post of ours that tells of the item. */
interface Telling {
  readonly of: string
  readonly part: number
  readonly account: string
  readonly post: FrozenPost
  /** It tells of other items too. */
  readonly isShared: boolean
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
    .flatMap((each) => tellingOf(each, amendment.item.url))
    .filter(({ isReply }) => isRetraction || !isReply)
    .map((telling, place) =>
      isRetraction && !telling.isShared ? renderDeletion(desk, telling, place) : renderReply(desk, telling, place),
    )
}

function tellingOf({ delivery, rendering }: Posted, url: string): Telling[] {
  const content = readContent(rendering.content)
  if (!content || content.kind === 'delete') return []
  const posts = content.kind === 'posts' ? content.posts : [content.post]
  const part = posts.findIndex(({ items }) => items.includes(url))
  const post = posts[part]
  if (!post) return []
  const isShared = rendering.item === undefined && posts.length === 1
  return [{ of: delivery.key, part, account: content.account, post, isShared, isReply: content.kind === 'reply' }]
}

function renderReply(desk: Desk, telling: Telling, place: number): Rendering {
  const { amendment, item, house, settings } = desk
  const { publication } = house
  const said = notePost(item, (title) => wordsOf(desk, telling, title), itemStyle, amendment.kind === 'retraction')
  const record = recordOf(said.segments, langsOf(publication, settings))
  const findings = [...said.findings, ...facetFindings(record, said.segments, item.url), ...ofAccount(desk, telling)]
  const { account, of, part, isShared, post: answered } = telling
  const document = isShared ? undefined : answered.document
  const post = {
    items: [item.url],
    seed: `${account} ${identityOf(desk, telling)}`,
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
  { account }: Telling,
  { text, title }: ItemPost,
  views: Parameters<typeof drawPosts>[0]['views'],
): Pick<Rendering, 'page' | 'text' | 'measures'> {
  const measures = measuresOf([text])
  const heading = 'The answer, as Bluesky draws it'
  return { text, measures, page: drawPosts({ title, views, measures, publication, account, heading }) }
}

/** The note whole; the title, as far as it fits, where the post above tells of several items. */
function wordsOf({ amendment: { kind, note } }: Desk, { isShared }: Telling, title: string): string {
  const about = isShared && title !== '' ? `“${title}”` : ''
  if (kind === 'retraction') return `Withdrawn${about && `: ${about}`}.${note && ` ${note}`}`
  return `Correction${about && ` to ${about}`}: ${note}`
}

function renderDeletion(desk: Desk, telling: Telling, place: number): Rendering {
  const { account, of, part, post } = telling
  const { house, item } = desk
  const views = [{ ...viewOfFrozen(post), isGone: true }]
  const heading = 'To be deleted from Bluesky'
  const title = cleanLine(item.title) || item.url
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

/** What an account posted that is configured no more stays as it is until somebody puts the account back. */
function ofAccount({ item, settings }: Desk, { account }: Telling): Finding[] {
  if (account === OUTBOX || accountsOf(settings).some(({ name }) => name === account)) return []
  return [
    {
      severity: 'warning',
      code: 'account-gone',
      message: `${account} posted this, and is not among the Bluesky accounts any more: what it posted stays as it is.`,
      advice: `Put ${account} back into the settings of bluesky; until then this waits.`,
      item: item.url,
      channel: 'bluesky',
    },
  ]
}

function frameOf(
  desk: Desk,
  telling: Telling,
  place: number,
  content: Content,
): Pick<Rendering, 'id' | 'identity' | 'title' | 'item' | 'mediaType' | 'content'> {
  const { amendment, item } = desk
  const what = content.kind === 'delete' ? 'deleted' : 'an answer'
  const title = cleanLine(item.title) || item.url
  return {
    id: postId(place, `${amendment.kind} ${title}`),
    identity: identityOf(desk, telling),
    title: `${amendment.kind === 'retraction' ? 'Retraction' : 'Correction'} of “${title}”: ${what} (${telling.account})`,
    item: item.url,
    mediaType: 'application/json',
    content: asContent(content),
  }
}

function identityOf({ amendment }: Desk, { of, part }: Telling): string {
  return `${amendment.id} ${of}${part > 0 ? ` ${part}` : ''}`
}
