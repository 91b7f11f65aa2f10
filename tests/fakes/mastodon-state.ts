import { escapeHtml } from '../../src/domain/html.ts'
import type { Clock } from '../../src/ports.ts'

const KEY_LIFE_MS = 60 * 60_000
const FIRST_ID = 113_000_000_000_000_000n

/** How the server behaves; what is not said is Mastodon's way. */
export interface MastodonRules {
  readonly clock: Pick<Clock, 'now'>
  readonly token: string
  /** GoToSocial before 0.17 and snac pay no heed to `Idempotency-Key`. */
  readonly ignoresKeys: boolean
  /** mastodon #40399: a second request under a key fails with 500 instead of answering with the first status. */
  readonly failsOnDuplicates: boolean
  /** snac lists everything, whatever `since_id`, `max_id`, `limit` and `exclude_reblogs` say. */
  readonly listsEverything: boolean
  /** False: what is for followers alone is not listed, as on snac. */
  readonly listsPrivate: boolean
  /** Id of the account that the token is for. */
  readonly account: string
  /** How long a status that was asked for is not there yet: a gateway gives up before its server does. */
  readonly commitMs: number
  /** False: `/api/v2/instance` is 404. */
  readonly hasV2: boolean
  /** Application that statuses say they were made by; undefined: they do not say. */
  readonly app: string | undefined
  readonly maxCharacters: number
  /** False: deleting is not known to the server. */
  readonly deletes: boolean
  /** How often a picture is asked for before it is ready; 0: at once. */
  readonly mediaAsks: number
  /** Clock of the server against that of whoever posts. */
  readonly skewMs: number
}

export interface FakeStatus {
  readonly id: string
  readonly account: string
  readonly createdAt: Date
  readonly visibleAt: number
  /** Id of the status that it passes on. */
  readonly reblog: string | undefined
  readonly replyTo: string | null
  readonly visibility: string
  readonly app: string | undefined
  media: readonly string[]
  text: string
  spoiler: string
  language: string | null
  edits: number
}

export interface FakeMedia {
  readonly id: string
  readonly description: string
  readonly bytes: number
  asks: number
  attachedTo?: string
}

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What a server knows; it has no time of its own. */
export class MastodonState {
  readonly statuses: FakeStatus[] = []
  readonly media = new Map<string, FakeMedia>()
  readonly keys = new Map<string, { readonly id: string; readonly at: number }>()
  #last = FIRST_ID
  rules: MastodonRules

  constructor(rules: MastodonRules) {
    this.rules = rules
  }

  /** The status that a key stands for, while it is remembered. */
  underKey(key: string | undefined): FakeStatus | undefined {
    if (key === undefined || this.rules.ignoresKeys) return undefined
    const known = this.keys.get(key)
    if (!known || this.rules.clock.now().getTime() - known.at >= KEY_LIFE_MS) return undefined
    return this.status(known.id)
  }

  /** Undefined also for what is not there yet. */
  status(id: string | undefined): FakeStatus | undefined {
    return this.#visible().find((each) => each.id === id)
  }

  remember(key: string | undefined, id: string): void {
    if (key !== undefined) this.keys.set(key, { id, at: this.rules.clock.now().getTime() })
  }

  create(params: Params, app = this.rules.app, reblog?: string): FakeStatus | Reply {
    const refused = this.#refusal(params)
    if (refused) return refused
    const now = this.rules.clock.now().getTime()
    const status: FakeStatus = {
      id: this.#nextId(),
      account: this.rules.account,
      createdAt: new Date(now + this.rules.skewMs),
      visibleAt: now + this.rules.commitMs,
      reblog,
      replyTo: params.in_reply_to_id ?? null,
      media: params.media_ids ?? [],
      visibility: params.visibility ?? 'public',
      app,
      text: params.status,
      spoiler: params.spoiler_text ?? '',
      language: params.language ?? null,
      edits: 0,
    }
    this.statuses.push(status)
    for (const id of status.media) this.#attach(id, status.id)
    return status
  }

  edit(id: string, params: Params): FakeStatus | Reply {
    const status = this.#own(id)
    if (!status) return notFound
    if (lengthOf(params) > this.rules.maxCharacters) return tooLong
    // What an edit does not name is taken off.
    status.media = params.media_ids ?? []
    status.text = params.status
    status.spoiler = params.spoiler_text ?? ''
    status.language = params.language ?? null
    status.edits += 1
    return status
  }

  remove(id: string): Reply | FakeStatus {
    const status = this.#own(id)
    if (!status || !this.rules.deletes) return notFound
    this.statuses.splice(this.statuses.indexOf(status), 1)
    return status
  }

  upload(description: string, bytes: number): FakeMedia {
    const media = { id: this.#nextId(), description, bytes, asks: this.rules.mediaAsks }
    this.media.set(media.id, media)
    return media
  }

  list(account: string, query: URLSearchParams): FakeStatus[] {
    const newestFirst = this.#visible()
      .filter((each) => each.account === account && (this.rules.listsPrivate || each.visibility !== 'private'))
      .toReversed()
    if (this.rules.listsEverything) return newestFirst
    const isShown = ({ reblog }: FakeStatus): boolean => reblog === undefined || query.get('exclude_reblogs') !== 'true'
    const since = BigInt(query.get('since_id') ?? 0)
    const before = BigInt(query.get('max_id') ?? FIRST_ID * 2n)
    const limit = Math.min(Number(query.get('limit') ?? 20), 40)
    return newestFirst
      .filter((each) => isShown(each) && BigInt(each.id) > since && BigInt(each.id) < before)
      .slice(0, limit)
  }

  #refusal(params: Params): Reply | undefined {
    if (lengthOf(params) > this.rules.maxCharacters) return tooLong
    if (params.in_reply_to_id && !this.status(params.in_reply_to_id)) return notFound
    for (const id of params.media_ids ?? []) {
      const media = this.media.get(id)
      if (!media || media.attachedTo !== undefined) return invalid('Media attachments could not be found')
      if (media.asks > 0) return invalid('Cannot attach files that have not finished processing')
    }
    return undefined
  }

  #visible(): FakeStatus[] {
    const now = this.rules.clock.now().getTime()
    return this.statuses.filter(({ visibleAt }) => visibleAt <= now)
  }

  /** Another account's statuses can neither be edited nor deleted. */
  #own(id: string): FakeStatus | undefined {
    const status = this.status(id)
    return status?.account === this.rules.account ? status : undefined
  }

  #attach(media: string, status: string): void {
    const found = this.media.get(media)
    if (found) found.attachedTo = status
  }

  #nextId(): string {
    this.#last += 65_537n
    return String(this.#last)
  }
}

export interface Params {
  readonly status: string
  readonly visibility?: string
  readonly language?: string
  readonly spoiler_text?: string
  readonly in_reply_to_id?: string
  readonly media_ids?: readonly string[]
}

/** Mastodon's StatusLengthValidator: 23 for a link, however long it is. */
function lengthOf({ status, spoiler_text: spoiler = '' }: Params): number {
  const counted = spoiler + status.replace(/https?:\/\/\S+/g, 'x'.repeat(23))
  return [...new Intl.Segmenter().segment(counted)].length
}

export const notFound: Reply = { status: 404, body: { error: 'Record not found' } }
const tooLong = invalid('Validation failed: Text character limit exceeded')

function invalid(error: string): Reply {
  return { status: 422, body: { error } }
}

/** As Mastodon answers with it. */
export function statusEntity(status: FakeStatus, host: string): Readonly<Record<string, unknown>> {
  return {
    id: status.id,
    created_at: status.createdAt.toISOString(),
    in_reply_to_id: status.replyTo,
    visibility: status.visibility,
    language: status.language,
    spoiler_text: status.spoiler,
    url: `${host}/@news/${status.id}`,
    content: markup(status.text),
    reblog: status.reblog === undefined ? null : { id: status.reblog },
    media_attachments: status.media.map((id) => ({ id, type: 'image' })),
    ...(status.app !== undefined && { application: { name: status.app, website: null } }),
  }
}

/** Mastodon's TextFormatter: paragraphs, and links of which a part is hidden. */
function markup(text: string): string {
  const linked = escapeHtml(text).replace(/https?:\/\/[^\s<>]+/g, (url) => {
    const [, prefix = '', rest = ''] = /^(https?:\/\/(?:www\.)?)(.*)$/.exec(url) ?? []
    return `<a href="${url}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">${prefix}</span><span class="ellipsis">${rest.slice(0, 30)}</span><span class="invisible">${rest.slice(30)}</span></a>`
  })
  return `<p>${linked.replace(/\n\n/g, '</p><p>').replace(/\n/g, '<br />')}</p>`
}
