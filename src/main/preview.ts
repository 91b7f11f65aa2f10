import type { Command } from '../cli.ts'
import { openDesk } from '../pipeline/desk.ts'
import { run } from '../pipeline/run.ts'
import { createApp } from '../web/app.ts'
import { serve } from '../web/serve.ts'
import { loadConfiguration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { runInput, today } from './run.ts'
import type { Terminal } from './terminal.ts'
import { untilAborted } from './until.ts'
import { openWorld } from './world.ts'

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
    const date = command.date ?? (configuration.isSample ? undefined : today(configuration, world))
    const options = { date, approval: 'editor', dryRun: true } as const
    const report = await run(world.ports, runInput(configuration, world, options), () => undefined, signal)
    const unsaved = report.verdict === 'planned' ? report.id : undefined
    const desk = openDesk(world.ports, report.house, world.settings, unsaved)
    const { log, files } = world.ports
    const publicUrl = report.house.publicUrl
    const app = createApp({
      desk,
      files,
      log,
      publicUrl,
      mode: 'preview',
      health: async () => ({ ok: true, detail: {} }),
    })
    const server = await serve(app, { host: '127.0.0.1', port: command.port ?? configuration.config.port }, signal)
    const address = report.edition ? `${server.url}/desk/${report.id}` : `${server.url}/desk`
    terminal.out(
      command.json
        ? `${JSON.stringify({ url: address, verdict: report.verdict })}\n`
        : `\n  ${report.house.publication.name} · ${report.id}\n  Look at ${address}\n  Nothing leaves from here. Stop with Ctrl-C.\n\n`,
    )
    await untilAborted(signal)
    await server.close()
    return 0
  } finally {
    await world.close()
  }
}
