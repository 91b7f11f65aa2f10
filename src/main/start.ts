import { schedule as scheduleCron } from 'node-cron'
import type { House } from '../channel.ts'
import type { Command } from '../cli.ts'
import { cronOf } from '../domain/schedule.ts'
import type { Collected } from '../pipeline/collect.ts'
import { openDesk } from '../pipeline/desk.ts'
import { run, type RunInput } from '../pipeline/run.ts'
import { poll } from '../pipeline/poll.ts'
import { tick } from '../pipeline/tick.ts'
import type { Store } from '../ports.ts'
import { createApp, type WebDeps } from '../web/app.ts'
import type { Health } from '../web/health.ts'
import { serve, type Served } from '../web/serve.ts'
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
    const house = await openHouse(world)
    const servers = await openServers(configuration, world, house, command.port, signal)
    const [readers, desk] = servers
    const { schedule, publication } = configuration.config
    world.ports.log.info(
      `Readers: ${readers.url}; the desk, on this machine only: ${desk.url}/desk; editions at ${schedule.at} ${publication.zone}.`,
    )
    const ticker = openTicker(configuration, world, house, signal)
    await untilAborted(signal)
    world.ports.log.info('Stopping: finishing what is in flight.')
    await ticker.stop()
    await Promise.all(servers.map((server) => server.close()))
    return 0
  } finally {
    await world.close()
  }
}

interface CurrentHouse {
  readonly now: () => House
  /** Works the house out again: what the source says of itself may have been read, or read anew, by any worker. */
  readonly refresh: () => Promise<void>
}

async function openHouse(world: World): Promise<CurrentHouse> {
  const read = async (): Promise<House> =>
    world.houseFor((await world.ports.store.source(world.source.id))?.about ?? {})
  let house = await read()
  return {
    now: () => house,
    async refresh() {
      house = await read()
    },
  }
}

/** The readers' pages on the configured host and port, and the desk on a loopback port of its own, which no proxy for readers leads to. */
async function openServers(
  { config }: Configuration,
  world: World,
  house: CurrentHouse,
  asked: number | undefined,
  signal: AbortSignal,
): Promise<readonly [readers: Served, desk: Served]> {
  const { store, files, log } = world.ports
  const desk = openDesk(world.ports, house.now, world.settings)
  const app = (mode: WebDeps['mode']) =>
    createApp({ desk, files, log, publicUrl: house.now().publicUrl, mode, health: () => health(store) })
  const port = asked ?? config.port
  const readers = await serve(app('start'), { host: config.host, port }, signal)
  try {
    return [readers, await serve(app('preview'), { host: '127.0.0.1', port: deskPort(port) }, signal)]
  } catch (error) {
    await readers.close()
    throw error
  }
}

/** The next port; a free one where the readers' is a free one too, or is the last there is. */
function deskPort(port: number): number {
  return port === 0 || port === 65_535 ? 0 : port + 1
}

async function health(store: Store): Promise<Health> {
  const counts = await store.counts()
  const owed = counts.filter(({ state }) => ['planned', 'claimed', 'waiting', 'unknown'].includes(state))
  return { ok: true, detail: { owed: owed.reduce((sum, { count }) => sum + count, 0), worker: 'running' } }
}

/** Ticks at every slot of every schedule, and once at the start for what was missed. Ticks never overlap. */
function openTicker(
  configuration: Configuration,
  world: World,
  house: CurrentHouse,
  signal: AbortSignal,
): { stop(): Promise<void> } {
  const { zone } = configuration.config.publication
  const schedules = schedulesFor(configuration.config)
  let running = Promise.resolve()
  const again = (): Promise<void> => {
    running = running
      .then(() => tick(world.ports, schedules, zone, world.worker, actions(configuration, world), signal))
      .then(house.refresh)
      .catch((error: unknown) => world.ports.log.error(error instanceof Error ? error.message : String(error)))
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
    runInput(configuration, world, { ...options, approval, draft: 'anew', dryRun: false })
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
