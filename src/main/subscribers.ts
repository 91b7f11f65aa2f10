import type { Command } from '../cli.ts'
import type { Clock, Store } from '../ports.ts'
import { systemClock } from '../world/clock.ts'
import { loadConfiguration } from './configuration.ts'
import { packageRoot } from './package.ts'
import { openExistingStore, openScratchStore, openStore } from './store.ts'
import { addReader, removeReader } from './subscribers/add.ts'
import { exportReaders } from './subscribers/export.ts'
import { importReaders, openInput } from './subscribers/import.ts'
import { listReaders } from './subscribers/list.ts'
import type { Terminal } from './terminal.ts'

type SubscribersCommand = Extract<Command, { kind: 'subscribers' }>

/**
 * Who reads. Looking makes no store. Ends with 1 when somebody could not be added or removed, or a line could not be
 * imported.
 *
 * @throws UsageError for a file or a schedule there is not, or a file without a column of addresses.
 */
export async function subscribersCommand(
  command: SubscribersCommand,
  terminal: Terminal,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<number> {
  const { dataFolder, callOptions } = await loadConfiguration(command, terminal, packageRoot)
  switch (command.action) {
    case 'add': {
      const { store } = await openStore(dataFolder)
      return closing(store, addReader(command, store, terminal, { now: clock.now(), callOptions }))
    }
    case 'remove': {
      const store = await openExistingStore(dataFolder)
      return closing(store, removeReader(command, store, terminal, clock.now()))
    }
    case 'list': {
      const store = await openExistingStore(dataFolder)
      return closing(store, listReaders(command, store, terminal, signal))
    }
    case 'export': {
      const store = await openExistingStore(dataFolder)
      return closing(store, exportReaders(command, store, terminal, signal))
    }
    case 'import': {
      const input = await openInput(command.file, terminal, signal)
      const store = command.dryRun ? await openScratchStore(dataFolder) : (await openStore(dataFolder)).store
      return closing(store, importReaders(command, { input, store, terminal, signal, now: clock.now(), callOptions }))
    }
  }
}

async function closing(store: Store | undefined, work: Promise<number>): Promise<number> {
  try {
    return await work
  } finally {
    await store?.close()
  }
}
