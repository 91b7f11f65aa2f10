import type { PublicHouse } from '../../src/channel.ts'
import { sha256 } from '../../src/domain/hash.ts'
import type { FeedsSettings } from './settings.ts'

/** Raise it whenever the bytes of any document change for the same input: every document is then made anew, once. */
export const FEEDS_VERSION = 1

/** What every document is made of besides its own: of the publication what readers see of it, of the settings what is written down. */
export function sharedBasis(
  { publication, publicUrl }: PublicHouse,
  { ttlMinutes }: FeedsSettings,
): readonly unknown[] {
  const { name, description, url, language, zone } = publication
  return [FEEDS_VERSION, publicUrl, [name, description, url, language, zone], ttlMinutes]
}

/** Another one whenever one of `parts` is: they are compared as JSON. */
export function basisOf(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts))
}
