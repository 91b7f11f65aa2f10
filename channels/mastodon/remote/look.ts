import * as z from 'zod'
import type { Api, Clock, Notes } from '../../../src/ports.ts'
import type { Verdict } from './judge.ts'
import { claimStatus, type PostNote } from './note.ts'
import { read, type Reader } from './read.ts'
import { likeness, seenSchema, type Seen, type Sought } from './recognise.ts'

/** As many as a page of Mastodon holds; others give fewer. */
const PAGE = 40
/** Pages of what an account posted before, in which a store that was rebuilt finds its own posts again. */
const FIRST_PAGES = 2
/** More posts than this since the first attempt cannot be looked through. */
const MOST_PAGES = 25
/**
 * Servers that pay no heed to `since_id` list everything; further back than this nobody looks. It allows for a server
 * whose clock is behind: servers refuse each other's signatures when they are further apart.
 */
const SKEW_MS = 60 * 60_000

export interface Searcher {
  readonly reader: Reader
  readonly ports: { readonly api: Pick<Api, 'get'>; readonly clock: Pick<Clock, 'now'>; readonly notes: Notes }
  readonly signal: AbortSignal
}

const listSchema = z.array(seenSchema)

/** The account's latest statuses, boosts left out, the newest first. */
export async function latest(searcher: Searcher, account: string): Promise<Seen[] | Verdict> {
  return list(searcher, account, FIRST_PAGES, undefined, undefined)
}

/** What the account has posted since the first attempt; `unknown` where that is too much to look through. */
export async function since(searcher: Searcher, note: PostNote): Promise<Seen[] | Verdict> {
  return list(searcher, note.account, MOST_PAGES, note.since, new Date(Date.parse(note.at) - SKEW_MS))
}

async function list(
  { reader, ports, signal }: Searcher,
  account: string,
  pages: number,
  after: string | undefined,
  from: Date | undefined,
): Promise<Seen[] | Verdict> {
  const found = new Map<string, Seen>()
  let last: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), exclude_reblogs: 'true' })
    if (after !== undefined) query.set('since_id', after)
    if (last !== undefined) query.set('max_id', last)
    const path = `/api/v1/accounts/${encodeURIComponent(account)}/statuses?${query.toString()}`
    const told = await read(reader, ports, path, listSchema, signal)
    if (told.kind !== 'told') return told
    const end = told.data.findIndex(
      ({ id, created_at }) => id === after || (from && Date.parse(created_at) < from.getTime()),
    )
    const fresh = (end < 0 ? told.data : told.data.slice(0, end)).filter(({ id }) => !found.has(id))
    for (const seen of fresh) found.set(seen.id, seen)
    last = fresh.at(-1)?.id
    if (end >= 0 || last === undefined) return [...found.values()]
  }
  return after === undefined && from === undefined
    ? [...found.values()]
    : { kind: 'unknown', reason: 'the account has posted too much since to be looked through' }
}

/**
 * The status among them that is this post, the surest first, then the oldest. One that another delivery has is not.
 *
 * @param owner whose it is from now on.
 */
export async function pick(
  seen: readonly Seen[],
  sought: Sought,
  { account, app }: Pick<PostNote, 'account' | 'app'>,
  { notes, owner }: { readonly notes: Notes; readonly owner: string },
): Promise<Seen | undefined> {
  const oldestFirst = seen.toReversed().map((each) => ({ each, like: likeness(sought, each, app) }))
  for (const wanted of ['exact', 'likely'])
    for (const { each, like } of oldestFirst)
      if (like === wanted && (await claimStatus(notes, account, each.id, owner))) return each
  return undefined
}
