import { randomBytes } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import { channels } from '../../channels/index.ts'
import type { House, Sender } from '../channel.ts'
import { composeDefaults } from '../pipeline/compose.ts'
import type { Worker } from '../pipeline/deliver.ts'
import type { MakeSettings } from '../pipeline/make.ts'
import type { ConfiguredChannel } from '../pipeline/render.ts'
import type { Ports, Source, SourceAbout, Store } from '../ports.ts'
import { openSource, type SourceSpec } from '../sources/index.ts'
import { systemClock } from '../world/clock.ts'
import { createFiles } from '../world/files.ts'
import { createHttp } from '../world/http.ts'
import { createLog } from '../world/log.ts'
import { createOutbox } from '../world/outbox.ts'
import { isGone, workerName } from '../world/worker.ts'
import type { Configuration } from './configuration.ts'
import { houseFrom } from './house.ts'
import { sampleReaders } from './sample.ts'
import { openScratchStore, openStore } from './store.ts'
import { printable, UsageError, type Terminal } from './terminal.ts'
import { subscriberId } from '../domain/subscriber.ts'

/** Everything a command needs, introduced to each other. */
export interface World {
  readonly ports: Ports
  readonly source: Source
  readonly settings: MakeSettings
  readonly worker: Worker
  houseFor(about: SourceAbout): House
  sendersFor(house: House): ReadonlyMap<string, Sender>
}

/**
 * @param options.scratch work on a copy of the store that is thrown away: for looking without touching.
 * @param options.only ids of the channels that are carried out now; undefined: all that are on.
 */
export async function openWorld(
  configuration: Configuration,
  terminal: Terminal,
  options: { readonly scratch?: boolean; readonly only?: readonly string[] | undefined } = {},
): Promise<World & { close(): Promise<void> }> {
  const { config, dataFolder } = configuration
  const on = configuredChannels(configuration)
  const only = inScope(on, options.only)
  const store = options.scratch ? await openScratchStore(dataFolder) : (await openStore(dataFolder)).store
  try {
    const secret = config.secret ?? (await store.remember('secret', () => randomBytes(32).toString('base64url')))
    const log = createLog({ write: (text: string) => terminal.err(printable(text)) }, 'info', [secret])
    for (const notice of configuration.notices) log.warn(notice)
    const files = createFiles(dataFolder)
    const { allowPrivate } = configuration.source
    const http = createHttp({ userAgent: `groundwire/${packageJson.version}`, allowPrivate })
    const ports: Ports = { clock: systemClock, http, log, store, files, outbox: createOutbox(files) }
    await addReaders(store, configuration)
    const source = openSource(sourceSpec(configuration), { http })
    return {
      ports,
      source,
      settings: makeSettings(configuration, on, source),
      worker: { name: workerName(), isGone },
      houseFor: (about) => houseFrom(config, about, secret),
      sendersFor: (house) =>
        new Map(only.map(({ channel, settings }) => [channel.id, channel.open(settings, ports, house)])),
      close: () => store.close(),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function configuredChannels({ config }: Configuration): ConfiguredChannel[] {
  return channels
    .filter(({ id }) => config.channels.has(id))
    .map((channel) => ({ channel, settings: config.channels.get(channel.id) }))
}

/** An edition is always frozen for all channels that are on; `only` says which are carried out now. */
function inScope(on: readonly ConfiguredChannel[], only: readonly string[] | undefined): readonly ConfiguredChannel[] {
  if (only === undefined) return on
  const known = on.map(({ channel }) => channel.id)
  for (const id of only)
    if (!known.includes(id)) throw new UsageError(`there is no channel “${id}” that is on; on are ${known.join(', ')}.`)
  return on.filter(({ channel }) => only.includes(channel.id))
}

function makeSettings({ config }: Configuration, on: readonly ConfiguredChannel[], source: Source): MakeSettings {
  return {
    compose: { ...composeDefaults, ...config.edition },
    channels: on,
    source: source.id,
    recent: 50,
    ...(config.sections && { newsSections: config.sections }),
  }
}

function sourceSpec({ source, config }: Configuration): SourceSpec {
  const { location, kind, sourcePattern, section, baseUrl, maxMegabytes, timeoutSeconds } = source
  const base = baseUrl ?? config.publication.url
  return {
    location,
    ...(kind && { kind }),
    ...(sourcePattern && { sourcePattern }),
    ...(section && { section }),
    ...(base && { baseUrl: base }),
    maxBytes: maxMegabytes * 1024 * 1024,
    timeoutMs: timeoutSeconds * 1000,
  }
}

/** A list that nobody is on yet gets the configured readers, else, for an outbox wants somebody to write to, the two of the sample. */
async function addReaders(store: Store, { config }: Configuration): Promise<void> {
  const { done: nobody } = await store.audience()[Symbol.asyncIterator]().next()
  if (!nobody) return
  const consent = 'named in the configuration'
  const readers = config.readers ?? sampleReaders
  await store.addSubscribers(
    readers.map((address) => ({ id: subscriberId(address), address, state: 'active' as const, consent })),
  )
}
