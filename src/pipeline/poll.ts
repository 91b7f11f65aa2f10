import type { Ports } from '../ports.ts'
import { carryOut, type CarryOutInput } from './carry-out.ts'
import { collect } from './collect.ts'
import type { RunInput } from './run.ts'

/** How many items the source added or changed, and how many owed deliveries were made up for. */
export interface Polled {
  readonly added: number
  readonly changed: number
  readonly delivered: number
  /** What is wrong with a source that could not be read whole; empty when it could. */
  readonly problems: readonly string[]
}

/** Between editions: reads the source, so that its items are known early, and tries again what waits. */
export async function poll(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  input: CarryOutInput & Pick<RunInput, 'source' | 'date' | 'houseFor'>,
  signal: AbortSignal,
): Promise<Polled> {
  const { added, changed, about, complete, findings } = await collect(
    ports,
    input.source,
    { day: input.date, zone: input.zone },
    signal,
  )
  const { delivered } = await carryOut(ports, input, input.houseFor(about), () => undefined, signal)
  const problems = complete ? [] : findings.map(({ message }) => message)
  return { added: added.length, changed: changed.length, delivered, problems }
}
