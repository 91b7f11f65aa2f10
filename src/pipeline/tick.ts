import { dueDigest, latestSlot, type DueDigest, type Schedule } from '../domain/schedule.ts'
import type { Ports } from '../ports.ts'
import { goneWorkers, type Worker } from './deliver.ts'

/** A slot that was claimed but not finished may be taken over after this long, when its worker cannot be asked. */
const SLOT_LEASE_MS = 30 * 60_000

/** What a slot does. One that throws leaves its slot unfinished, to be tried again after its lease. */
export interface TickActions {
  digest(schedule: string, due: DueDigest, signal: AbortSignal): Promise<void>
  poll(signal: AbortSignal): Promise<void>
}

/**
 * Does what the schedules owe at this moment, each slot once among all workers of a store: the slot is claimed before
 * anything happens and finished afterwards, so that one whose worker was killed is taken over and not lost. The clock
 * may jump: a slot that was finished never fires again, and one that was finished while the clock was ahead keeps no
 * earlier one from firing.
 */
export async function tick(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  schedules: readonly Schedule[],
  zone: string,
  worker: Worker,
  actions: TickActions,
  signal: AbortSignal,
): Promise<void> {
  for (const schedule of schedules) {
    if (signal.aborted) return
    try {
      await runSchedule(ports, schedule, zone, worker, actions, signal)
    } catch (error) {
      ports.log.error(`Schedule ${schedule.id}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

async function runSchedule(
  { clock, store }: Pick<Ports, 'clock' | 'store'>,
  schedule: Schedule,
  zone: string,
  worker: Worker,
  actions: TickActions,
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now()
  const last = await store.lastSlot(schedule.id, now)
  const since = await firstSeen(store, schedule, now)
  const due = schedule.kind === 'digest' ? dueDigest(schedule, last, since, now, zone) : undefined
  const slot = schedule.kind === 'digest' ? due?.slot : latestSlot(schedule, now, zone)
  if (!slot || (last && slot <= last)) return
  const claimed = await store.claimSlot({
    schedule: schedule.id,
    slot,
    worker: worker.name,
    now,
    staleBefore: new Date(now.getTime() - SLOT_LEASE_MS),
    gone: await goneWorkers(store, worker),
  })
  if (!claimed) return
  if (due) await actions.digest(schedule.id, due, signal)
  else await actions.poll(signal)
  if (!signal.aborted) await store.finishSlot(schedule.id, slot, clock.now())
}

/** When this schedule was first seen; where the clock was ahead at that moment, when it was first seen by one set back. */
async function firstSeen(store: Ports['store'], { id }: Schedule, now: Date): Promise<Date> {
  const seen = async (name: string): Promise<Date> => new Date(await store.remember(name, () => now.toISOString()))
  const since = await seen(`schedule ${id} since`)
  return since <= now ? since : seen(`schedule ${id} since, the clock set back`)
}
