import * as z from 'zod'
import type { Api, Clock, Notes } from '../../../src/ports.ts'
import type { Verdict } from './judge.ts'
import { claimStatus, type Place, type PostNote } from './note.ts'
import { read, type Reader } from './read.ts'
import { likeness, type Owner, seenSchema, type Seen, type Sought } from './recognise.ts'

/** As many as a page of Mastodon holds; others give fewer. */
const PAGE = 40
/** Pages of what an account posted before, in which a store that was rebuilt finds its own posts again. */
const FIRST_PAGES = 2
/** More posts than this since the first attempt cannot be looked through. */
const MOST_PAGES = 25
/**
 * Servers that pay no heed to `since_id` list everything; what they dated so much before the newest that they had at the
 * first attempt was there before. Only the server's own dates are compared; its clock may have been set back meanwhile.
 */
const SLACK_MS = 60 * 60_000

export interface Searcher {
  readonly reader: Reader
  readonly ports: { readonly api: Pick<Api, 'get'>; readonly clock: Pick<Clock, 'now'>; readonly notes: Notes }
  readonly signal: AbortSignal
}

const listSchema = z.array(seenSchema)

/** The account's latest statuses, boosts left out, the newest first. */
export async function latest(searcher: Searcher, account: string): Promise<Seen[] | Verdict> {
  return list(searcher, account, FIRST_PAGES, undefined)
}

/** What the account has posted since the first attempt; `unknown` where that is too much to look through. */
export async function since(searcher: Searcher, { account, since: after }: PostNote): Promise<Seen[] | Verdict> {
  return list(searcher, account, MOST_PAGES, after)
}

async function list(
  { reader, ports, signal }: Searcher,
  account: string,
  pages: number,
  after: PostNote['since'],
): Promise<Seen[] | Verdict> {
  const found = new Map<string, Seen>()
  let last: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), exclude_reblogs: 'true' })
    if (after) query.set('since_id', after.id)
    if (last !== undefined) query.set('max_id', last)
    const path = `/api/v1/accounts/${encodeURIComponent(account)}/statuses?${query.toString()}`
    const told = await read(reader, ports, path, listSchema, signal)
    if (told.kind !== 'told') return told
    const end = told.data.findIndex(({ id, created_at: at }) => after && (id === after.id || isBefore(at, after.at)))
    const fresh = (end < 0 ? told.data : told.data.slice(0, end)).filter(({ id }) => !found.has(id))
    for (const seen of fresh) found.set(seen.id, seen)
    last = fresh.at(-1)?.id
    if (end >= 0 || last === undefined) return [...found.values()]
  }
  return pages === FIRST_PAGES
    ? [...found.values()]
    : { kind: 'unknown', reason: 'the account has posted too much since to be looked through' }
}

function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other) - SLACK_MS
}

/** What a post is picked for. */
export interface Wish extends Owner {
  readonly notes: Notes
  /** Whose account it is at its server. */
  readonly place: Place
  /** Whose the status is from now on. */
  readonly owner: string
}

/** The status among them that is this post, the surest first, then the oldest. One that another delivery has is not. */
export async function pick(seen: readonly Seen[], sought: Sought, wish: Wish): Promise<Seen | undefined> {
  const oldestFirst = seen.toReversed().map((each) => ({ each, like: likeness(sought, each, wish) }))
  for (const wanted of ['exact', 'likely'])
    for (const { each, like } of oldestFirst)
      if (like === wanted && (await claimStatus(wish.notes, wish.place, each.id, wish.owner))) return each
  return undefined
}
