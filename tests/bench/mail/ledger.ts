import { subscriberId } from '../../../src/domain/reader-token.ts'
import type { Store } from '../../../src/ports.ts'
import { openSqlite } from '../../../src/store/sqlite.ts'
import { editionOf } from '../../contracts/store/fixtures.ts'
import { pageOf } from './page.ts'

export const EDITION = 'daily/2026-06-29'

/** A new store with so many readers. */
export async function fill(path: string, recipients: number): Promise<void> {
  const store = await openSqlite(path)
  await store.migrate()
  for (let from = 0; from < recipients; from += 10_000) {
    const length = Math.min(10_000, recipients - from)
    const addresses = Array.from({ length }, (_, at) => `reader-${from + at}@reader.example`)
    await store.addSubscribers(
      addresses.map((address) => ({
        id: subscriberId('a secret for the bench', address),
        address,
        state: 'active' as const,
        consent: 'asked in a bench',
      })),
    )
  }
  await store.close()
}

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
