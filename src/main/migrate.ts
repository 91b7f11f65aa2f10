import type { Command } from '../cli.ts'
import { loadConfiguration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { openStore } from './store.ts'
import type { Terminal } from './terminal.ts'

/** Brings the store up to date. Every other command does the same when it opens the store; this one does nothing else. */
export async function migrateCommand(
  command: Extract<Command, { kind: 'migrate' }>,
  terminal: Terminal,
): Promise<number> {
  const { dataFolder } = await loadConfiguration(command, terminal, packageRoot)
  const { store, applied } = await openStore(dataFolder)
  await store.close()
  terminal.out(
    command.json
      ? `${JSON.stringify({ data: dataFolder, applied })}\n`
      : applied.length === 0
        ? `The store in ${dataFolder} is up to date.\n`
        : `Applied to the store in ${dataFolder}: ${applied.join(', ')}.\n`,
  )
  return 0
}
