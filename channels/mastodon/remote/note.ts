import * as z from 'zod'
import { soughtSchema } from './recognise.ts'
import type { Notes } from '../../../src/ports.ts'

const partSchema = z
  .object({
    /** The status, once it is known to be there. */
    id: z.string().exactOptional(),
    url: z.string().exactOptional(),
    /** When it was last asked for; durable before the call. */
    asked: z.iso.datetime().exactOptional(),
    /** A call for it was made whose end is not known. */
    doubt: z.literal(true).exactOptional(),
    /** How often it was asked for since it was last proved not to be there. */
    asks: z.int().exactOptional(),
    /** The attempt group under which it was last asked for: a person who settles it makes another. */
    group: z.string().exactOptional(),
    /** Uploaded and described, to be attached; '' is to leave without its picture. */
    media: z.string().exactOptional(),
    uploads: z.int().exactOptional(),
    /** Looks in a row that did not find it, long enough after it was asked for, and the last of them. */
    looks: z.int().exactOptional(),
    lookedAt: z.iso.datetime().exactOptional(),
    /** How often it was proved not to be there. */
    absences: z.int().exactOptional(),
    /** Since when, and how often, the account could not be looked at; a look that could ends it. */
    missed: z.object({ since: z.iso.datetime(), times: z.int() }).readonly().exactOptional(),
    /** Why the server will not take it. */
    refused: z.string().exactOptional(),
  })
  .readonly()
export type Part = z.infer<typeof partSchema>

const postNoteSchema = z
  .object({
    /** The instance, the id of the account there, and the name of the application that the token belongs to, where it is told. */
    server: z.string(),
    account: z.string(),
    app: z.string().exactOptional(),
    /** Newest status of the account before the first was asked for, and its date; none: there was none. */
    since: z.object({ id: z.string(), at: z.string() }).readonly().exactOptional(),
    /** A chain of which a part stands is not gone on with before. */
    until: z.iso.datetime().exactOptional(),
    /** When that was seen. */
    at: z.iso.datetime(),
    sought: z.array(soughtSchema).readonly(),
    /** As many as are sought. */
    parts: z.array(partSchema).readonly(),
  })
  .readonly()
export type PostNote = z.infer<typeof postNoteSchema>

/** What is known of a delivery's statuses; every change is durable when it resolves. */
export interface OpenNote {
  readonly value: PostNote
  part(index: number): Part
  setPart(index: number, part: Part): Promise<void>
  pauseUntil(until: Date): Promise<void>
}

export async function openNote(notes: Notes, key: string): Promise<OpenNote | undefined> {
  const known = await notes.recall(nameOf(key))
  return known === undefined ? undefined : opened(notes, key, known)
}

export async function beginNote(notes: Notes, key: string, value: PostNote): Promise<OpenNote> {
  const text = JSON.stringify(value)
  if (!(await notes.replace(nameOf(key), undefined, text))) throw atOnce(key)
  return opened(notes, key, text)
}

function opened(notes: Notes, key: string, known: string): OpenNote {
  let text = known
  let value = postNoteSchema.parse(JSON.parse(known))
  const become = async (next: PostNote): Promise<void> => {
    const after = JSON.stringify(next)
    if (!(await notes.replace(nameOf(key), text, after))) throw atOnce(key)
    value = next
    text = after
  }
  return {
    get value() {
      return value
    },
    part: (index) => value.parts[index] ?? {},
    setPart: (index, part) => become({ ...value, parts: value.parts.with(index, part) }),
    pauseUntil: (until) => become({ ...value, until: until.toISOString() }),
  }
}

function nameOf(key: string): string {
  return `mastodon post ${key}`
}

function atOnce(key: string): Error {
  return new Error(`two workers are at ${key} at once; this one leaves it`)
}

/** An account at its server. */
export type Place = Pick<PostNote, 'server' | 'account'>

/** One status belongs to one delivery: whether it is `owner`'s, who has it from now on if nobody had. */
export async function claimStatus(notes: Notes, place: Place, id: string, owner: string): Promise<boolean> {
  return (await notes.remember(`mastodon status ${place.server} ${place.account} ${id}`, () => owner)) === owner
}

/** Whether the server was ever seen to list what the account posts for its followers alone: snac does not. */
export async function listsPrivate(notes: Notes, place: Place): Promise<boolean> {
  return (await notes.recall(listsName(place))) !== undefined
}

/** It was seen to. */
export async function sawPrivate(notes: Notes, place: Place): Promise<void> {
  await notes.remember(listsName(place), () => 'yes')
}

function listsName({ server, account }: Place): string {
  return `mastodon lists private ${server} ${account}`
}

export function ownerOf(key: string, index: number): string {
  return `${key} ${index}`
}
