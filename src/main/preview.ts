import type { Command } from '../cli.ts'
import type { House } from '../channel.ts'
import { digests, openDesk } from '../pipeline/desk.ts'
import type { MakeSettings } from '../pipeline/make.ts'
import { run } from '../pipeline/run.ts'
import { createApp } from '../web/app.ts'
import { serve } from '../web/serve.ts'
import { loadConfiguration, type Configuration } from './configuration.ts'
import { hubsOf } from './hubs.ts'
import { packageRoot } from './package.ts'
import { runInput, today } from './run.ts'
import { scheduleOf } from './schedules.ts'
import type { Terminal } from './terminal.ts'
import { untilAborted } from './until.ts'
import { openWorld, type World } from './world.ts'

/**
 * Serves what a run would make, on loopback, until it is stopped. Works on a copy of the store: nothing leaves and nothing is kept.
 */
export async function previewCommand(
  command: Extract<Command, { kind: 'preview' }>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const configuration = await loadConfiguration(command, terminal, packageRoot)
  const world = await openWorld(configuration, terminal, { scratch: true })
  try {
    const { house, settings, edition, unsaved } =
      (configuration.isSample ? await fromStore(world, command.date) : undefined) ??
      (await fromRun(configuration, world, command.date, signal))
    const desk = openDesk(world.ports, () => house, settings, unsaved)
    const { log, files, clock, store, pictures } = world.ports
    const app = createApp({
      desk,
      files,
      log,
      clock,
      store,
      pictures,
      publicUrl: house.publicUrl,
      hubs: hubsOf(settings.channels),
      tokenSecrets: world.tokenSecrets,
      webhooks: [],
      mode: 'preview',
      health: async () => ({ ok: true, detail: {} }),
    })
    const server = await serve(app, { host: '127.0.0.1', port: command.port ?? configuration.config.port }, signal)
    const address = edition === undefined ? `${server.url}/desk` : `${server.url}/desk/${edition}`
    terminal.out(
      command.json
        ? `${JSON.stringify({ url: address, edition: edition ?? null })}\n`
        : `\n  ${house.publication.name} · ${edition ?? 'no edition'}\n  Look at ${address}\n  Nothing leaves from here. Stop with Ctrl-C.\n\n`,
    )
    await untilAborted(signal)
    await server.close()
    return 0
  } finally {
    await world.close()
  }
}

interface Shown {
  readonly house: House
  readonly settings: MakeSettings
  /** Undefined when there is nothing to show. */
  readonly edition: string | undefined
  /** Composed only now, to be looked at. */
  readonly unsaved?: string
}

/** Without a source of its own the call means what the data folder holds: the edition of that day, or the newest. */
async function fromStore(world: World, date: string | undefined): Promise<Shown | undefined> {
  const { ports, settings } = world
  const [newest] = await digests(ports.store, 1)
  const id = date === undefined ? newest?.id : `${scheduleOf('digest').id}/${date}`
  const stored = id === undefined ? undefined : await ports.store.edition(id)
  if (!stored) return undefined
  const { source, publication } = stored.edition
  return {
    house: { ...world.houseFor({}), publication },
    settings: { ...settings, source },
    edition: stored.edition.id,
  }
}

/** What a run would make. A draft is shown as it is kept: `run --approve` lets that very draft go. */
async function fromRun(
  configuration: Configuration,
  world: World,
  day: string | undefined,
  signal: AbortSignal,
): Promise<Shown> {
  const date = day ?? (configuration.isSample ? undefined : today(configuration, world))
  const options = { date, approval: 'editor', draft: 'as-seen', dryRun: true } as const
  const { house, id, edition, verdict } = await run(
    world.ports,
    runInput(configuration, world, options),
    () => undefined,
    signal,
  )
  const unsaved = verdict === 'planned' ? { unsaved: id } : {}
  return { house, settings: world.settings, edition: edition && id, ...unsaved }
}
