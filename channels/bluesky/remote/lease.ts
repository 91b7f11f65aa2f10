import * as z from 'zod'
import type { ChannelPorts } from '../../../src/channel.ts'

const leaseSchema = z.object({ holder: z.string(), at: z.iso.datetime(), ms: z.number() })

/**
 * Leave to do something that only one worker may do at a time. It ends by itself after `ms`, for its holder may be gone.
 *
 * @returns gives it back; undefined when another has it.
 */
export async function takeLease(
  { clock, notes }: Pick<ChannelPorts, 'clock' | 'notes'>,
  name: string,
  holder: string,
  ms: number,
): Promise<(() => Promise<void>) | undefined> {
  const now = clock.now()
  const known = await notes.recall(name)
  const held = known === undefined ? undefined : leaseSchema.parse(JSON.parse(known))
  if (held && Math.abs(now.getTime() - Date.parse(held.at)) < held.ms) return undefined
  const mine = JSON.stringify({ holder, at: now.toISOString(), ms })
  if (!(await notes.replace(name, known, mine))) return undefined
  return async () => {
    await notes.replace(name, mine, undefined)
  }
}
