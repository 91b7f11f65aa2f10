import type { Item } from '../domain/item.ts'
import type { Picture } from '../domain/picture.ts'
import type { Drawn, Ports } from '../ports.ts'

const TIMEOUT_MS = 10_000
const MAX_BYTES = 20_000_000
/** The head of a page; what comes after it is not waited for. */
const PAGE_BYTES = 512 * 1024
/** How often the process may end while it looks at one item's pictures. The first time may have been chance. */
const MOST_ENDS = 2

export interface Found {
  readonly drawn: Drawn
  readonly alt: string
  readonly origin: Picture['origin']
}

/** `none`: everything answered, and there is no picture; `unreachable`: there may be one. */
export type Finding = Found | 'none' | 'unreachable'

export interface Search {
  readonly ports: Pick<Ports, 'http' | 'notes' | 'pictures' | 'log'>
  readonly signal: AbortSignal
  /** One after the other, so that it is known which picture the process ended with. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * The picture that the item names, else the one that its page does.
 *
 * @param note name of a note that is free for this item.
 */
export async function findPicture(search: Search, item: Item, note: string): Promise<Finding> {
  const alt = item.image?.alt.trim() || item.title
  const own = item.image ? await fetchPicture(search, item, item.image.url, note) : 'none'
  if (typeof own !== 'string') return { drawn: own, alt, origin: 'item' }
  const page = await fetchBytes(search, item.url, PAGE_BYTES)
  const named = page && (await search.ports.pictures.named(new TextDecoder().decode(page.bytes), page.url))
  const isOther = named !== undefined && named.url !== item.image?.url
  const theirs = page ? (isOther ? await fetchPicture(search, item, named.url, note) : 'none') : 'unreachable'
  if (typeof theirs !== 'string') return { drawn: theirs, alt: named?.alt || item.title, origin: 'page' }
  return own === 'unreachable' ? own : theirs
}

async function fetchPicture(
  search: Search,
  item: Item,
  url: string,
  note: string,
): Promise<Drawn | 'none' | 'unreachable'> {
  const answer = await fetchBytes(search, url)
  if (!answer) return 'unreachable'
  return (await search.inTurn(() => lookAt(search, item, answer.bytes, note))) ?? 'none'
}

/** Writes down that it looks before it does: what took the process with it does not do so at every pass. */
async function lookAt(
  { ports: { notes, pictures, log } }: Search,
  item: Item,
  bytes: Uint8Array,
  note: string,
): Promise<Drawn | undefined> {
  const before = await notes.recall(note)
  const ends = Number(before ?? 0)
  if (ends >= MOST_ENDS) {
    log.warn(`The picture of ${item.url} is left alone: ${ends} times the worker ended while it looked at one.`)
    return undefined
  }
  const begun = String(ends + 1)
  await notes.replace(note, before, begun)
  try {
    return await pictures.fit(bytes)
  } finally {
    await notes.replace(note, begun, undefined)
  }
}

/** Undefined for every way of not answering; `url` is the address after redirects. */
async function fetchBytes(
  { ports: { http }, signal }: Search,
  url: string,
  enough?: number,
): Promise<{ readonly bytes: Uint8Array; readonly url: string } | undefined> {
  try {
    signal.throwIfAborted()
    const response = await http.get({ url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }, signal)
    const pieces: Uint8Array[] = []
    let bytes = 0
    // Read also where it is an error: an answer left unread keeps its connection.
    for await (const piece of response.body) {
      pieces.push(piece)
      bytes += piece.byteLength
      if (enough !== undefined && bytes >= enough) break
    }
    return response.status === 200 ? { bytes: joined(pieces, bytes), url: response.url } : undefined
  } catch {
    return undefined
  }
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
