import type { Edition } from '../domain/edition.ts'
import type { Ports } from '../ports.ts'
import { picturesFor } from './pictures.ts'
import type { ConfiguredChannel, Gathered } from './render.ts'

/** A whole edition's worth of questions takes no longer than this; what was not answered by then is done without. */
const GATHER_MS = 60_000

/**
 * Asks what rendering must know, before it: rendering itself is pure. What was once found out is remembered, so that a
 * draft that is looked at again is the same. Never rejects, and finds nothing where nothing really leaves.
 */
export async function gather(
  ports: Pick<Ports, 'clock' | 'api' | 'http' | 'files' | 'notes' | 'pictures' | 'log'>,
  edition: Edition,
  channels: readonly ConfiguredChannel[],
): Promise<Gathered> {
  const signal = ports.clock.deadline(GATHER_MS)
  const wanted = channels.some(({ channel, settings }) => channel.wantsPictures?.(settings) ?? false)
  const [pictures, ...known] = await Promise.all([
    wanted ? picturesFor(ports, edition, signal) : new Map<string, never>(),
    ...channels.flatMap(({ channel, settings }) =>
      channel.learn ? [channel.learn(settings, ports, signal).then((told) => [channel.id, told] as const)] : [],
    ),
  ])
  return { known: new Map(known), pictures }
}
