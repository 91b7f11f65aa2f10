import { sha256 } from '../../../src/domain/hash.ts'
import type { Outcome } from '../../../src/domain/delivery.ts'
import * as z from 'zod'
import type { FrozenPost } from '../content.ts'
import { rememberedInstance } from './instance.ts'
import { type Job, later, nothingDone } from './job.ts'
import type { OpenNote } from './note.ts'
import { read } from './read.ts'

/** Uploads that may fail for a reason that may pass, before the post leaves without its picture. */
const UPLOADS = 3
const WAIT_MS = 60_000
/** How often the server is asked whether it is done with a picture, and for how long. */
const ASK_MS = 2000
const ASKS = 25

type Picture = NonNullable<FrozenPost['picture']>

/**
 * The picture of a post at the server, ready to be attached: uploaded once, its id written down. A picture never costs
 * a post: what cannot be had goes without ('').
 *
 * @returns the id, or what keeps the post waiting.
 */
export async function attachment(job: Job, note: OpenNote, index: number, picture: Picture): Promise<string | Outcome> {
  const part = note.part(index)
  if (part.media !== undefined) return part.media
  const without = async (reason: string): Promise<string> => {
    job.ports.log.warn(`${job.account.name}: a picture is left out: ${reason}`)
    await note.setPart(index, { ...part, media: '' })
    return ''
  }
  const bytes = await job.ports.files.readBytes(picture.path)
  if (!bytes || sha256(bytes) !== picture.sha256) return without('its file is not what it was when it was approved')
  const writer = await job.writer()
  const file = new Blob([new Uint8Array(bytes)], { type: picture.mediaType })
  const made = await writer.upload(file, await described(job, picture.alt))
  if (made.kind === 'made') {
    const isReady = made.isReady || (await processed(job, made.id))
    if (!isReady) return without('the server does not come to an end with it')
    await note.setPart(index, { ...part, media: made.id })
    return made.id
  }
  if (made.kind === 'busy') return nothingDone(job, made)
  // 403 is a token that may not upload; it may post all the same.
  if (made.kind === 'refused' || made.kind === 'denied') return without(made.reason)
  const uploads = (part.uploads ?? 0) + 1
  if (uploads >= UPLOADS) return without(made.reason)
  await note.setPart(index, { ...part, uploads })
  return later(job.ports, WAIT_MS, `the picture could not be uploaded: ${made.reason}`)
}

async function described({ ports, account }: Job, alt: string): Promise<string> {
  const { maxDescription } = await rememberedInstance(ports, account.name)
  const characters = Array.from(alt)
  return characters.length > maxDescription ? `${characters.slice(0, maxDescription - 1).join('')}…` : alt
}

const mediaSchema = z.object({ url: z.string().nullish() })

/** `GET /api/v1/media/:id` answers 206 without an address until the picture is there. */
async function processed({ reader, ports, signal }: Job, id: string): Promise<boolean> {
  for (let asks = 0; asks < ASKS && !signal.aborted; asks += 1) {
    await ports.clock.wait(ASK_MS, signal)
    const told = await read(reader, ports, `/api/v1/media/${encodeURIComponent(id)}`, mediaSchema, signal)
    if (told.kind === 'told' && told.data.url) return true
    if (told.kind === 'refused' || told.kind === 'denied') return false
  }
  return false
}
