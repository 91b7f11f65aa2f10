import type { Delivery } from '../domain/delivery.ts'
import type { Edition } from '../domain/edition.ts'
import { sha256 } from '../domain/hash.ts'
import type { FrozenRendering, Mailing } from '../ports.ts'
import type { ConfiguredChannel } from './render.ts'

/** What an edition owes: single deliveries, and mailings that the store expands to one delivery a subscriber. */
export interface Plan {
  readonly deliveries: readonly Delivery[]
  readonly mailings: readonly Mailing[]
}

/**
 * Every key is derived from what is delivered and to whom, never from chance or the time: planning twice plans the
 * same rows, and an item that was posted once is never owed again. Only when something may leave follows from `now`.
 */
export function plan(
  edition: Edition,
  channels: readonly ConfiguredChannel[],
  renderings: readonly FrozenRendering[],
  now: Date,
): Plan {
  const deliveries: Delivery[] = []
  const mailings: Mailing[] = []
  for (const { channel, settings } of channels) {
    const leaving = renderings.filter((rendering) => rendering.channel === channel.id && rendering.mayLeave)
    const times = edition.amends ? [] : (channel.times?.(settings, leaving, now, edition.publication.zone) ?? [])
    for (const [place, rendering] of leaving.entries()) {
      const notBefore = times[place]?.toISOString()
      const key = `${channel.id}/${shortIdentity(rendering.identity)}`
      const common = { channel: channel.id, rendering: rendering.id }
      if (channel.audience === 'once')
        deliveries.push({
          ...common,
          edition: edition.id,
          key,
          group: key,
          target: rendering.item ?? rendering.id,
          ...(notBefore !== undefined && { notBefore }),
        })
      else
        mailings.push({
          ...common,
          key,
          perAttempt: channel.perAttempt(settings, rendering),
          frequency: edition.schedule,
        })
    }
  }
  return { deliveries, mailings }
}

/** Edition ids and file names stay readable in a key; an item's address becomes a hash of fixed length. */
function shortIdentity(identity: string): string {
  return /^[\w@./-]{1,80}$/.test(identity) ? identity : sha256(identity).slice(0, 32)
}
