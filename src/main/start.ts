import type { House } from '../channel.ts'
import type { Command } from '../cli.ts'
import { openDesk } from '../pipeline/desk.ts'
import type { Store } from '../ports.ts'
import { createApp, type WebDeps } from '../web/app.ts'
import type { Health } from '../web/health.ts'
import { serve, type Served } from '../web/serve.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { hubsOf } from './hubs.ts'
import { packageRoot } from './package.ts'
import { standardSiteOf } from './standard-site.ts'
import type { Terminal } from './terminal.ts'
import { openTicker, type CurrentHouse } from './ticker.ts'
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
  const { store, files, log, clock, pictures } = world.ports
  const { tokenSecrets, settings, installation } = world
  const webhooks = settings.channels.flatMap(({ channel, settings: own }) => channel.webhook?.(own, installation) ?? [])
  const desk = openDesk(world.ports, house.now, world.settings)
  const app = (mode: WebDeps['mode']) =>
    createApp({
      desk,
      files,
      log,
      clock,
      store,
      pictures,
      publicUrl: house.now().publicUrl,
      hubs: hubsOf(settings.channels),
      tokenSecrets,
      webhooks,
      mode,
      health: () => health(store),
      standardSite: () => standardSiteOf(settings, world.ports.notes, house.now()),
    })
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
  return { ok: true, detail: { owed: await store.owed(), worker: 'running' } }
}
