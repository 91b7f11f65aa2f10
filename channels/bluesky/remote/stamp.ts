import { jsonToIpld } from '@atproto/common-web'
import { cidForLex, type LexValue } from '@atproto/lex-cbor'
import * as z from 'zod'
import type { ChannelPorts } from '../../../src/channel.ts'
import type { RecordData, StrongRef } from '../standard/publish.ts'
import { type KeyedRecord, POSTS } from './repo.ts'

const postSchema = z.object({ rkey: z.string(), record: z.record(z.string(), z.unknown()) }).readonly()
const stampSchema = z
  .object({
    did: z.string(),
    service: z.string(),
    /** When it was stamped: the instant that its records carry. */
    at: z.iso.datetime(),
    /** When the last attempt to write it began; absent: the first one, which stamped it. */
    calledAt: z.iso.datetime().optional(),
    /** Where it can be seen, once it is known to have been there. */
    sent: z.string().optional(),
    posts: z.array(postSchema).min(1).readonly(),
  })
  .readonly()
/** What a delivery writes, to the byte, and where: the same for every attempt. */
export type Stamp = z.infer<typeof stampSchema>

/** A stamp, and its note as it is now. */
export interface Kept {
  readonly stamp: Stamp
  readonly note: string
}

type HasNotes = Pick<ChannelPorts, 'notes'>

const nameOf = (key: string): string => `bluesky post ${key}`

export async function recallStamp({ notes }: HasNotes, key: string): Promise<Kept | undefined> {
  const note = await notes.recall(nameOf(key))
  return note === undefined ? undefined : { stamp: stampSchema.parse(JSON.parse(note)), note }
}

/**
 * Writes a stamp down in the place of the one before, unless another worker did meanwhile.
 *
 * @returns what is written down now.
 */
export async function keepStamp(
  ports: HasNotes,
  key: string,
  before: Kept | undefined,
  stamp: Stamp,
): Promise<Kept | undefined> {
  const note = JSON.stringify(stamp)
  return (await ports.notes.replace(nameOf(key), before?.note, note)) ? { stamp, note } : recallStamp(ports, key)
}

/** Longer than any attempt may take, and the claim of a worker that is gone is believed. */
export const IN_FLIGHT_MS = 10 * 60_000

/** How long at an instant the last attempt to write it is past, in ms; less than 0 where a clock was set back since. */
export function sinceCall({ at, calledAt = at }: Stamp, now: Date): number {
  return now.getTime() - Date.parse(calledAt)
}

/** What a post answers: the first post of its thread, and the one before it. */
export interface ReplyRefs {
  readonly root: StrongRef
  readonly parent: StrongRef
}

/** Makes each post the answer to the one before, by content identifiers that are computed here. */
export async function linked(did: string, posts: readonly KeyedRecord[], answers?: ReplyRefs): Promise<KeyedRecord[]> {
  const done: KeyedRecord[] = []
  let refs = answers
  for (const { rkey, record } of posts) {
    const whole = refs ? { ...record, reply: refs } : record
    done.push({ rkey, record: whole })
    const own = posts.length > 1 ? { uri: uriOf(did, rkey), cid: await cidOf(whole) } : undefined
    if (own) refs = { root: refs?.root ?? own, parent: own }
  }
  return done
}

export function uriOf(did: string, rkey: string): string {
  return `at://${did}/${POSTS}/${rkey}`
}

/** The identifier that a server gives to this record. */
async function cidOf(record: RecordData): Promise<string> {
  const value = jsonToIpld(record)
  if (!isLexValue(value)) throw new Error('a record that is no data')
  return (await cidForLex(value)).toString()
}

/** What comes from JSON always is one, unless it has fractions: these are refused where it is encoded. */
function isLexValue(value: unknown): value is LexValue {
  return typeof value === 'object' && value !== null
}
