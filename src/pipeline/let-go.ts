import type { House } from '../channel.ts'
import type { EditionState } from '../domain/edition.ts'
import type { Ports, StoredEdition } from '../ports.ts'
import { approve } from './approve.ts'
import { remake, type MakeSettings } from './make.ts'

/**
 * What came of an editor's word.
 * - `approved`: frozen as the editor saw it; `released`: it was frozen before, and goes on from where it was held.
 * - `already`: it had been let go before; `cancelled`: it has ended.
 * - `taken`: one of its items is by now carried by another edition, so that it would come twice.
 */
export interface LetGo {
  readonly done: 'approved' | 'released' | 'already' | 'cancelled' | 'taken'
  readonly state: EditionState
}

/** How often it is made anew because documents left meanwhile that it was to replace. */
const ATTEMPTS = 3

/**
 * An editor lets an edition go: a draft, or one that is held, for whatever reason. Of several at once one does it, the
 * others find it done. Delivers nothing itself.
 *
 * @param stored as it was when the editor decided.
 */
export async function letGo(
  ports: Pick<Ports, 'clock' | 'store'>,
  stored: StoredEdition,
  house: House,
  settings: MakeSettings,
): Promise<LetGo> {
  const { id } = stored.edition
  const isOpen = stored.state === 'draft' || stored.state === 'held'
  if (isOpen && stored.approvedAt !== undefined) {
    const state = (await ports.store.release(id, ports.clock.now())) ?? stored.state
    return { done: state === 'cancelled' ? state : 'released', state }
  }
  for (let left = isOpen ? ATTEMPTS : 0; left > 0; left--) {
    const made = await remake(ports, stored, house, settings)
    if (await approve(ports, made, settings.channels)) return { done: 'approved', state: 'approved' }
    if (await isCurrent(ports.store, made.seen)) break
  }
  const { state, approvedAt } = (await ports.store.edition(id)) ?? stored
  if (state === 'cancelled') return { done: state, state }
  return { done: approvedAt === undefined ? 'taken' : 'already', state }
}

/** Whether the same documents still stand, so that making it anew would change nothing. */
async function isCurrent(store: Ports['store'], seen: ReadonlyMap<string, string>): Promise<boolean> {
  for (const [channel, token] of seen) if ((await store.standing(channel)).token !== token) return false
  return true
}
