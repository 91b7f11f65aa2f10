import { schedule as scheduleCron } from 'node-cron'
import type { House } from '../channel.ts'
import { cronOf } from '../domain/schedule.ts'
import { carryOut } from '../pipeline/carry-out.ts'
import type { Collected } from '../pipeline/collect.ts'
import { isOwing } from '../pipeline/deliver.ts'
import { poll } from '../pipeline/poll.ts'
import { run, type RunInput } from '../pipeline/run.ts'
import { tick, type TickActions } from '../pipeline/tick.ts'
import type { Configuration } from './configuration.ts'
import { runInput, today } from './run.ts'
import { schedulesFor } from './schedules.ts'
import type { World } from './world.ts'

/** How often the ledger is looked at for something due; a look reads a few rows. */
const WATCH_MS = 15_000

/** Who speaks, as far as it is known by now. */
export interface CurrentHouse {
  readonly now: () => House
  /** Works the house out again: what the source says of itself may have been read, or read anew, by any worker. */
  readonly refresh: () => Promise<void>
}

/** Ticks at every slot of every schedule, and once at the start for what was missed. Ticks never overlap. */
export function openTicker(
  configuration: Configuration,
  world: World,
  house: CurrentHouse,
  signal: AbortSignal,
): { stop(): Promise<void> } {
  const { zone } = configuration.config.publication
  const schedules = schedulesFor(configuration.config)
  const todo = actions(configuration, world)
  let running = Promise.resolve()
  const inTurn = (act: () => Promise<unknown>): Promise<void> => {
    running = running
      .then(act)
      .then(house.refresh)
      .catch((error: unknown) => world.ports.log.error(error instanceof Error ? error.message : String(error)))
    return running
  }
  const again = (): Promise<void> => inTurn(() => tick(world.ports, schedules, zone, world.worker, todo, signal))
  // What an editor let go, and what waits for its time, leaves soon, not only with the next slot.
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await world.ports.clock.wait(WATCH_MS, signal)
      if (!signal.aborted) await inTurn(() => todo.makeUp(house.now(), signal))
    }
  }
  const tasks = schedules.map((schedule) => scheduleCron(cronOf(schedule), again, { timezone: zone }))
  void again()
  const watching = watch()
  return {
    async stop() {
      for (const task of tasks) await task.destroy()
      await watching
      await running
    },
  }
}

interface Actions extends TickActions {
  /** Carries out what is due by now, if anything is. */
  makeUp(house: House, signal: AbortSignal): Promise<void>
}

function actions(configuration: Configuration, world: World): Actions {
  const { approval } = configuration.config
  const input = (options: Pick<RunInput, 'date'> & { readonly fromDay?: string }): RunInput =>
    runInput(configuration, world, { ...options, approval, draft: 'anew', dryRun: false })
  return {
    async makeUp(house, signal) {
      if (!(await isOwing(world.ports, world.settings.channels, world.worker))) return
      const todays = input({ date: today(configuration, world) })
      const { delivered } = await carryOut(world.ports, todays, house, () => undefined, signal)
      if (delivered > 0) world.ports.log.info(`${delivered} deliveries made up for.`)
    },
    async digest(_schedule, due, signal) {
      const { date, fromDay } = due
      const report = await run(world.ports, input({ date, fromDay }), () => undefined, signal)
      if (report.verdict === 'empty' && !report.collected.complete)
        throw new Error(
          `the source could not be read for ${report.id}; it is tried again. ${messages(report.collected)}`,
        )
      const why = report.verdict === 'held' ? ` (${report.reason}; let it go with groundwire approve ${report.id})` : ''
      world.ports.log.info(`${report.id}: ${report.verdict}${why}, ${report.delivered} delivered.`)
    },
    async poll(signal) {
      const { added, changed, delivered, problems } = await poll(
        world.ports,
        input({ date: today(configuration, world) }),
        signal,
      )
      for (const problem of problems) world.ports.log.warn(problem)
      if (added + changed + delivered > 0)
        world.ports.log.info(`Source: ${added} new, ${changed} changed; ${delivered} deliveries made up for.`)
    },
  }
}

function messages({ findings }: Collected): string {
  return findings.map(({ message }) => message).join(' ')
}
