import type { Outcome } from '../../../src/domain/delivery.ts'
import type { Job } from './job.ts'
import type { Verdict } from './judge.ts'
import { pick, since } from './look.ts'
import { listsPrivate, type OpenNote, ownerOf, type Part, type Place, sawPrivate } from './note.ts'
import type { Seen } from './recognise.ts'

/**
 * What a look on the account says of a status that was asked for. `blind`: it is not there, which says nothing, for the
 * server may not list what is for followers alone.
 */
export type Found = { readonly kind: 'there'; readonly id: string } | 'absent' | 'blind' | Verdict

/** Looks on the account for a status that was asked for; what is found is written down. */
export async function search(job: Job, note: OpenNote, key: string, index: number): Promise<Found> {
  const { notes } = job.ports
  const seen = await since(job, note.value)
  if (!Array.isArray(seen)) return seen
  await learnLists(job, note.value, seen)
  const sought = note.value.sought[index]
  const chain = note.value.parts.flatMap(({ id }) => id ?? [])
  const { app } = note.value
  const wish = { notes, place: note.value, owner: ownerOf(key, index), chain, ...(app !== undefined && { app }) }
  const found = sought && (await pick(seen, sought, wish))
  if (!found) return sought?.isPrivate && !(await listsPrivate(notes, note.value)) ? 'blind' : 'absent'
  await note.setPart(index, foundPart(found))
  return { kind: 'there', id: found.id }
}

/** Remembers that the server lists what is for followers alone, once it is seen to. */
export async function learnLists({ ports }: Job, place: Place, seen: readonly Seen[]): Promise<void> {
  if (seen.some(({ visibility }) => visibility === 'private')) await sawPrivate(ports.notes, place)
}

export function foundPart({ id, url, media_attachments: media }: Seen): Part {
  return { id, ...(url != null && { url }), media: media[0]?.id ?? '' }
}

export const BLIND: Outcome = {
  kind: 'unknown',
  isFinal: true,
  reason:
    'it may have been posted, and the server does not list posts for followers alone; look on the account yourself, then settle it by hand: --sent if it is there, --retry to post it again',
}
