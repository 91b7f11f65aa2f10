import { schedule as scheduleCron } from 'node-cron'
import type { Command } from '../cli.ts'
import { cronOf } from '../domain/schedule.ts'
import type { Collected } from '../pipeline/collect.ts'
import { openDesk } from '../pipeline/desk.ts'
import { run, type RunInput } from '../pipeline/run.ts'
import { poll } from '../pipeline/poll.ts'
import { tick } from '../pipeline/tick.ts'
import { createApp } from '../web/app.ts'
import { serve } from '../web/serve.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { runInput, today } from './run.ts'
import { schedulesFor } from './schedules.ts'
import type { Terminal } from './terminal.ts'
import { untilAborted } from './until.ts'
import { openWorld, type World } from './world.ts'

/**
 * The worker: schedules, feeds, preview and health until SIGTERM. What is in flight then is finished; nothing new is
 * begun.
 */
export async function startCommand(
  command: Extract<Command, { kind: 'start' }>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  const world = await openWorld(configuration, terminal)
  try {
    const server = await openServer(configuration, world, command.port, signal)
    world.ports.log.info(
      `Listening on ${server.url}; editions at ${configuration.config.schedule.at} ${configuration.config.publication.zone}.`,
    )
    const ticker = openTicker(configuration, world, signal)
    await untilAborted(signal)
    world.ports.log.info('Stopping: finishing what is in flight.')
    await ticker.stop()
    await server.close()
    return 0
  } finally {
    await world.close()
  }
}

async function openServer(configuration: Configuration, world: World, port: number | undefined, signal: AbortSignal) {
  const { store, files, log } = world.ports
  const about = (await store.source(world.source.id))?.about ?? {}
  const house = world.houseFor(about)
  const app = createApp({
    desk: openDesk(world.ports, house, world.settings),
    files,
    log,
    publicUrl: house.publicUrl,
    mode: 'start',
    async health() {
      const counts = await store.counts()
      const owed = counts.filter(({ state }) => ['planned', 'claimed', 'waiting', 'unknown'].includes(state))
      return { ok: true, detail: { owed: owed.reduce((sum, { count }) => sum + count, 0), worker: 'running' } }
    },
  })
  return serve(app, { host: configuration.config.host, port: port ?? configuration.config.port }, signal)
}

/** Ticks at every slot of every schedule, and once at the start for what was missed. Ticks never overlap. */
function openTicker(configuration: Configuration, world: World, signal: AbortSignal): { stop(): Promise<void> } {
  const { zone } = configuration.config.publication
  const schedules = schedulesFor(configuration.config)
  let running = Promise.resolve()
  const again = (): Promise<void> => {
    running = running.then(() =>
      tick(world.ports, schedules, zone, world.worker, actions(configuration, world), signal),
    )
    return running
  }
  const tasks = schedules.map((schedule) => scheduleCron(cronOf(schedule), again, { timezone: zone }))
  void again()
  return {
    async stop() {
      for (const task of tasks) await task.destroy()
      await running
    },
  }
}

function actions(configuration: Configuration, world: World): Parameters<typeof tick>[4] {
  const { approval } = configuration.config
  const input = (options: Pick<RunInput, 'date'> & { readonly fromDay?: string }): RunInput =>
    runInput(configuration, world, { ...options, approval, dryRun: false })
  return {
    async digest(_schedule, due, signal) {
      const { date, fromDay } = due
      const report = await run(world.ports, input({ date, fromDay }), () => undefined, signal)
      if (report.verdict === 'empty' && !report.collected.complete)
        throw new Error(
          `the source could not be read for ${report.id}; it is tried again. ${messages(report.collected)}`,
        )
      world.ports.log.info(`${report.id}: ${report.verdict}, ${report.delivered} delivered.`)
    },
    async poll(signal) {
      const { added, changed, delivered } = await poll(
        world.ports,
        input({ date: today(configuration, world) }),
        signal,
      )
      if (added + changed + delivered > 0)
        world.ports.log.info(`Source: ${added} new, ${changed} changed; ${delivered} deliveries made up for.`)
    },
  }
}

function messages({ findings }: Collected): string {
  return findings.map(({ message }) => message).join(' ')
}
