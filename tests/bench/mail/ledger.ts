import type { Store } from '../../../src/ports.ts'
import { editionOf } from '../../contracts/store/fixtures.ts'
import { pageOf } from './page.ts'

export const EDITION = 'daily/2026-06-29'

/** Freezes one edition for all readers. */
export async function freeze(store: Store, bytes: number, perAttempt: number): Promise<void> {
  const rendering = pageOf(bytes)
  await store.approve({
    edition: editionOf('2026-06-29'),
    findings: [],
    at: '2026-06-29T06:00:00.000Z',
    renderings: [rendering],
    deliveries: [],
    mailings: [{ key: `email/${EDITION}`, channel: 'email', rendering: rendering.id, perAttempt, frequency: 'daily' }],
    documents: [],
  })
}
