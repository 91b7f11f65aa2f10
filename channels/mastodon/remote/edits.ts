import * as z from 'zod'
import type { Clock, Notes } from '../../../src/ports.ts'
import { elapsed } from './job.ts'

/** A correction of one status: `at` is the instant of the editor's word, `asked` when it was last asked for. */
const editsSchema = z
  .array(
    z
      .object({ key: z.string(), at: z.string(), asked: z.iso.datetime(), isDone: z.literal(true).exactOptional() })
      .readonly(),
  )
  .readonly()
/** What is in doubt is asked for again sooner than this. */
const ALIVE_MS = 60 * 60_000
type Edits = z.infer<typeof editsSchema>

/** A correction and the status that it is of, by delivery keys. */
export interface Edit {
  readonly key: string
  readonly at: string
  readonly of: string
  readonly part: number
}

/**
 * Corrections of one status in the order in which they were said, whichever is carried out first.
 *
 * @returns `turn`: it may be asked for now, and is noted as asked for; `overtaken`: a later one is there, which has the
 * whole text; `wait`: what another one does is not known yet.
 */
export async function beginEdit(
  { notes, clock }: { readonly notes: Notes; readonly clock: Pick<Clock, 'now'> },
  edit: Edit,
  settleMs: number,
): Promise<'turn' | 'overtaken' | 'wait'> {
  const asked = clock.now().toISOString()
  for (;;) {
    const known = await notes.recall(nameOf(edit))
    const others = editsIn(known).filter(({ key }) => key !== edit.key)
    const later = others.filter((other) => isAfter(other, edit))
    if (later.some(({ isDone }) => isDone)) return 'overtaken'
    const isUnderWay = (since: string): boolean => (elapsed({ clock }, since) ?? 0) < settleMs
    // One that is asked for no more, because its edition was cancelled, holds up nothing for ever.
    const isAlive = later.some((other) => (elapsed({ clock }, other.asked) ?? 0) < ALIVE_MS)
    if (isAlive || others.some((other) => !other.isDone && isUnderWay(other.asked))) return 'wait'
    const { key, at } = edit
    if (await notes.replace(nameOf(edit), known, JSON.stringify([...others, { key, at, asked }]))) return 'turn'
  }
}

/** @param isDone false: it was refused, and is as if it had never been begun. */
export async function endEdit(notes: Notes, edit: Edit, isDone: boolean): Promise<void> {
  for (;;) {
    const known = await notes.recall(nameOf(edit))
    const after = editsIn(known).flatMap((each) => {
      if (each.key !== edit.key) return [each]
      return isDone ? [{ ...each, isDone: true as const }] : []
    })
    if (await notes.replace(nameOf(edit), known, JSON.stringify(after))) return
  }
}

function isAfter(one: Pick<Edit, 'at' | 'key'>, other: Pick<Edit, 'at' | 'key'>): boolean {
  const ms = Date.parse(one.at) - Date.parse(other.at)
  return ms > 0 || (ms === 0 && one.key > other.key)
}

function editsIn(known: string | undefined): Edits {
  return known === undefined ? [] : editsSchema.parse(JSON.parse(known))
}

function nameOf({ of, part }: Pick<Edit, 'of' | 'part'>): string {
  return `mastodon edits ${of} ${part}`
}
