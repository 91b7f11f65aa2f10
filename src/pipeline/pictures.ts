import { cardAlt, editionCard, sourceHosts } from '../domain/card.ts'
import { editionItems, type Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { Item } from '../domain/item.ts'
import { keptPictureSchema, type KeptPicture, type Picture } from '../domain/picture.ts'
import type { Card, Ports } from '../ports.ts'
import { findPicture, type Finding, type Found, type Search } from './find-picture.ts'

type PicturePorts = Pick<Ports, 'clock' | 'http' | 'files' | 'notes' | 'pictures' | 'log'>

const LANES = 3
/** How long a card stands in for a picture that could not be had: a draft looked at again in the meantime is the same. */
const STANDS_IN_MS = 6 * 3_600_000

/** A picture that is wanted: the card that is drawn where `find` finds nothing. */
interface Wish {
  /** An item's URL or the edition's id. */
  readonly of: string
  /** Changes with whatever the picture or the card is made from. */
  readonly note: string
  readonly card: Card
  readonly find: () => Promise<Finding>
}

/**
 * A picture for every item that is news: its own, else the one its page names, else a drawn card. Under the edition's id
 * the card of the edition itself, the same that our own pages show. Where none could be made at all there is none. Never
 * rejects.
 */
export async function picturesFor(
  ports: PicturePorts,
  edition: Edition,
  signal: AbortSignal,
): Promise<Map<string, Picture>> {
  const found = new Map<string, Picture>()
  const waiting = wishes(edition, { ports, signal, inTurn: turns() }).values()
  const lane = async (): Promise<void> => {
    for (const wish of waiting) {
      try {
        found.set(wish.of, await pictureFor(ports, wish))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        ports.log.warn(`There is no picture for ${wish.of}: ${reason}`)
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return found
}

function wishes(edition: Edition, search: Search): Wish[] {
  const items = editionItems(edition)
  if (items.length === 0) return []
  const card = editionCard(edition)
  const own: Wish = { of: edition.id, note: noteName(['card', card]), card, find: async () => 'none' }
  return [own, ...items.map((item) => itemWish(item, edition.publication.name, search))]
}

function itemWish(item: Item, publication: string, search: Search): Wish {
  const { url, title, image } = item
  const sources = sourceHosts([item])
  const note = noteName([url, image ?? null, title, sources, publication])
  const card = { publication, title, sources }
  return { of: url, note, card, find: () => findPicture(search, item, `${note} looked at`) }
}

function noteName(madeFrom: readonly unknown[]): string {
  return `picture ${sha256(JSON.stringify(madeFrom))}`
}

function turns(): Search['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

async function pictureFor(ports: PicturePorts, wish: Wish): Promise<Picture> {
  const { notes, clock } = ports
  const before = await notes.recall(wish.note)
  const known = await stillThere(ports, before)
  if (known && (known.again === undefined || known.again > clock.now().toISOString())) return known.picture
  const made = await make(ports, wish)
  if (await notes.replace(wish.note, before, JSON.stringify(made))) return made.picture
  // Another worker was faster: all show the same.
  return (await stillThere(ports, await notes.recall(wish.note)))?.picture ?? made.picture
}

/** What a note says, as long as its bytes can be had. */
async function stillThere({ files }: Pick<Ports, 'files'>, note: string | undefined): Promise<KeptPicture | undefined> {
  if (note === undefined) return undefined
  const { data } = keptPictureSchema.safeParse(JSON.parse(note))
  return data && (await files.readBytes(data.picture.path)) && data
}

async function make(ports: PicturePorts, { card, find }: Wish): Promise<KeptPicture> {
  const published = await find()
  const isFound = published !== 'none' && published !== 'unreachable'
  const { drawn, alt, origin } = isFound ? published : await drawCard(ports, card)
  const { content, ...about } = drawn
  const path = `pictures/${drawn.sha256}.${drawn.mediaType === 'image/png' ? 'png' : 'jpg'}`
  await ports.files.write(path, content)
  const picture = { ...about, path, alt, origin }
  if (published !== 'unreachable') return { picture }
  return { picture, again: new Date(ports.clock.now().getTime() + STANDS_IN_MS).toISOString() }
}

async function drawCard({ pictures }: PicturePorts, card: Card): Promise<Found> {
  return { drawn: await pictures.draw(card), alt: cardAlt(card.title, card.sources), origin: 'drawn' }
}
