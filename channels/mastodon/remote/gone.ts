import * as z from 'zod'
import type { Clock, Notes } from '../../../src/ports.ts'

const goneSchema = z
  .object({
    at: z.iso.datetime(),
    /** Looks that did not find it, and the last of them. */
    looks: z.int(),
    lookedAt: z.iso.datetime().exactOptional(),
    /** Deletions that were not told of as done, though it is there, and the last of them. */
    failures: z.int().exactOptional(),
    failedAt: z.iso.datetime().exactOptional(),
  })
  .readonly()
export type Gone = z.infer<typeof goneSchema>

interface Ports {
  readonly notes: Notes
  readonly clock: Pick<Clock, 'now'>
}

/** Whether the status was taken back: then it is never asked for again. */
export async function isGone(notes: Notes, key: string, part: number): Promise<boolean> {
  return (await notes.recall(goneName(key, part))) !== undefined
}

/** Durable when it resolves: whoever asks for the status after this finds it. */
export async function markGone({ notes, clock }: Ports, key: string, part: number): Promise<Gone> {
  const first = (): string => JSON.stringify({ at: clock.now().toISOString(), looks: 0 } satisfies Gone)
  return goneSchema.parse(JSON.parse(await notes.remember(goneName(key, part), first)))
}

export async function changeGone(notes: Notes, key: string, part: number, before: Gone, after: Gone): Promise<void> {
  await notes.replace(goneName(key, part), JSON.stringify(before), JSON.stringify(after))
}

function goneName(key: string, part: number): string {
  return `mastodon gone ${key} ${part}`
}
