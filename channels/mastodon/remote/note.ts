import * as z from 'zod'
import { soughtSchema } from './recognise.ts'
import type { Clock, Notes } from '../../../src/ports.ts'

const partSchema = z
  .object({
    /** The status, once it is known to be there. */
    id: z.string().exactOptional(),
    url: z.string().exactOptional(),
    /** When it was last asked for; durable before the call. */
    asked: z.iso.datetime().exactOptional(),
    /** A call for it was made whose end is not known. */
    doubt: z.literal(true).exactOptional(),
    /** Uploaded and described, to be attached; '' is to leave without its picture. */
    media: z.string().exactOptional(),
    uploads: z.int().exactOptional(),
    /** Looks in a row that did not find it, long enough after it was asked for, and the last of them. */
    looks: z.int().exactOptional(),
    lookedAt: z.iso.datetime().exactOptional(),
    /** How often it was proved not to be there. */
    absences: z.int().exactOptional(),
    /** Why the server will not take it. */
    refused: z.string().exactOptional(),
  })
  .readonly()
export type Part = z.infer<typeof partSchema>

const postNoteSchema = z
  .object({
    /** Id of the account at its server, and the name of the application that the token belongs to, where it is told. */
    account: z.string(),
    app: z.string().exactOptional(),
    /** Newest status of the account before the first was asked for; none: there was none. */
    since: z.string().exactOptional(),
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
  return {
    get value() {
      return value
    },
    part: (index) => value.parts[index] ?? {},
    async setPart(index, part) {
      const parts = value.parts.with(index, part)
      const next = { ...value, parts }
      const after = JSON.stringify(next)
      if (!(await notes.replace(nameOf(key), text, after))) throw atOnce(key)
      value = next
      text = after
    },
  }
}

function nameOf(key: string): string {
  return `mastodon post ${key}`
}

function atOnce(key: string): Error {
  return new Error(`two workers are at ${key} at once; this one leaves it`)
}

/** One status belongs to one delivery: whether it is `owner`'s, who has it from now on if nobody had. */
export async function claimStatus(notes: Notes, account: string, id: string, owner: string): Promise<boolean> {
  return (await notes.remember(`mastodon status ${account} ${id}`, () => owner)) === owner
}

const goneSchema = z
  .object({ at: z.iso.datetime(), looks: z.int(), lookedAt: z.iso.datetime().exactOptional() })
  .readonly()
export type Gone = z.infer<typeof goneSchema>

/** Whether the status was taken back: then it is never asked for again. */
export async function isGone(notes: Notes, key: string, part: number): Promise<boolean> {
  return (await notes.recall(goneName(key, part))) !== undefined
}

/** Durable when it resolves: whoever asks for the status after this finds it. */
export async function markGone({ notes, clock }: Ports, key: string, part: number): Promise<Gone> {
  const first = (): string => JSON.stringify({ at: clock.now().toISOString(), looks: 0 } satisfies Gone)
  return goneSchema.parse(JSON.parse(await notes.remember(goneName(key, part), first)))
}

export async function lookedForGone({ notes, clock }: Ports, key: string, part: number, gone: Gone): Promise<void> {
  const after: Gone = { ...gone, looks: gone.looks + 1, lookedAt: clock.now().toISOString() }
  await notes.replace(goneName(key, part), JSON.stringify(gone), JSON.stringify(after))
}

interface Ports {
  readonly notes: Notes
  readonly clock: Pick<Clock, 'now'>
}

function goneName(key: string, part: number): string {
  return `mastodon gone ${key} ${part}`
}

const editsSchema = z.array(z.string())

/** Whether `edit` is the latest of the edits that were begun on this status; it is one of them from now on. */
export async function isLatestEdit(notes: Notes, key: string, part: number, edit: string): Promise<boolean> {
  const name = `mastodon edits ${key} ${part}`
  for (;;) {
    const known = await notes.recall(name)
    const edits = known === undefined ? [] : editsSchema.parse(JSON.parse(known))
    if (edits.includes(edit)) return edits.at(-1) === edit
    if (await notes.replace(name, known, JSON.stringify([...edits, edit]))) return true
  }
}
