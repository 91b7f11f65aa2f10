import { cardAlt, sourceHosts } from '../domain/card.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Item } from '../domain/item.ts'
import { keptPictureSchema, type KeptPicture, type Picture } from '../domain/picture.ts'
import type { Drawn, Ports } from '../ports.ts'

type PicturePorts = Pick<Ports, 'clock' | 'http' | 'files' | 'notes' | 'pictures' | 'log'>

const LANES = 3
const TIMEOUT_MS = 10_000
const MAX_BYTES = 20_000_000
/** The head of a page; what comes after it is not waited for. */
const PAGE_BYTES = 512 * 1024
/** How long a card stands in for a picture that could not be had: a draft looked at again in the meantime is the same. */
const STANDS_IN_MS = 6 * 3_600_000

/**
 * A picture for every item that is news: its own, else the one its page names, else a drawn card. Where none could be
 * made at all there is none. Never rejects.
 */
export async function picturesFor(
  ports: PicturePorts,
  edition: Edition,
  signal: AbortSignal,
): Promise<Map<string, Picture>> {
  const found = new Map<string, Picture>()
  const waiting = editionItems(edition).values()
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      try {
        found.set(item.url, await pictureFor(ports, item, edition.publication.name, signal))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        ports.log.warn(`There is no picture for ${item.url}: ${reason}`)
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return found
}

async function pictureFor(ports: PicturePorts, item: Item, publication: string, signal: AbortSignal): Promise<Picture> {
  const { notes, clock } = ports
  const name = noteName(item, publication)
  const before = await notes.recall(name)
  const known = await stillThere(ports, before)
  if (known && (known.again === undefined || known.again > clock.now().toISOString())) return known.picture
  const made = await make(ports, item, publication, signal)
  if (await notes.replace(name, before, JSON.stringify(made))) return made.picture
  // Another worker was faster: all show the same.
  return (await stillThere(ports, await notes.recall(name)))?.picture ?? made.picture
}

/** Changes with whatever the picture or the card is made from. */
function noteName(item: Item, publication: string): string {
  return `picture ${sha256(JSON.stringify([item.url, item.image ?? null, item.title, sourceHosts([item]), publication]))}`
}

/** What a note says, as long as its bytes can be had. */
async function stillThere({ files }: Pick<Ports, 'files'>, note: string | undefined): Promise<KeptPicture | undefined> {
  if (note === undefined) return undefined
  const { data } = keptPictureSchema.safeParse(JSON.parse(note))
  return data && (await files.readBytes(data.picture.path)) && data
}

interface Found {
  readonly drawn: Drawn
  readonly alt: string
  readonly origin: Picture['origin']
}

async function make(ports: PicturePorts, item: Item, publication: string, signal: AbortSignal): Promise<KeptPicture> {
  const published = await findPublished(ports, item, signal)
  const isFound = published !== 'none' && published !== 'unreachable'
  const { drawn, alt, origin } = isFound ? published : await drawCard(ports, item, publication)
  const { content, ...about } = drawn
  const path = `pictures/${drawn.sha256}.${drawn.mediaType === 'image/png' ? 'png' : 'jpg'}`
  await ports.files.write(path, content)
  const picture = { ...about, path, alt, origin }
  if (published !== 'unreachable') return { picture }
  return { picture, again: new Date(ports.clock.now().getTime() + STANDS_IN_MS).toISOString() }
}

/** `none`: everything answered, and there is no picture; `unreachable`: there may be one. */
async function findPublished(
  ports: PicturePorts,
  item: Item,
  signal: AbortSignal,
): Promise<Found | 'none' | 'unreachable'> {
  const alt = item.image?.alt.trim() || item.title
  const own = item.image ? await fetchPicture(ports, item.image.url, signal) : 'none'
  if (typeof own !== 'string') return { drawn: own, alt, origin: 'item' }
  const page = await fetchBytes(ports, item.url, signal, PAGE_BYTES)
  const named = page && (await ports.pictures.named(new TextDecoder().decode(page.bytes), page.url))
  const isOther = named !== undefined && named.url !== item.image?.url
  const theirs = page ? (isOther ? await fetchPicture(ports, named.url, signal) : 'none') : 'unreachable'
  if (typeof theirs !== 'string') return { drawn: theirs, alt: named?.alt || item.title, origin: 'page' }
  return own === 'unreachable' ? own : theirs
}

async function fetchPicture(
  ports: PicturePorts,
  url: string,
  signal: AbortSignal,
): Promise<Drawn | 'none' | 'unreachable'> {
  const answer = await fetchBytes(ports, url, signal)
  if (!answer) return 'unreachable'
  return (await ports.pictures.fit(answer.bytes)) ?? 'none'
}

/** Undefined for every way of not answering; `url` is the address after redirects. */
async function fetchBytes(
  { http }: Pick<Ports, 'http'>,
  url: string,
  signal: AbortSignal,
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

async function drawCard({ pictures }: PicturePorts, item: Item, publication: string): Promise<Found> {
  const sources = sourceHosts([item])
  const drawn = await pictures.draw({ publication, title: item.title, sources })
  return { drawn, alt: cardAlt(item.title, sources), origin: 'drawn' }
}
