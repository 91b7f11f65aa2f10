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
import { UsageError, type Terminal } from './terminal.ts'
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
 * @param options.only ids of the channels to use; undefined: all that are on.
 */
export async function openWorld(
  configuration: Configuration,
  terminal: Terminal,
  options: { readonly scratch?: boolean; readonly only?: readonly string[] | undefined } = {},
): Promise<World & { close(): Promise<void> }> {
  const { config, dataFolder } = configuration
  const store = options.scratch ? await openScratchStore(dataFolder) : (await openStore(dataFolder)).store
  const secret = config.secret ?? (await store.remember('secret', () => randomBytes(32).toString('base64url')))
  const log = createLog({ write: (text: string) => terminal.err(text) }, 'info', [secret])
  for (const notice of configuration.notices) log.warn(notice)
  const files = createFiles(dataFolder)
  const http = createHttp({
    userAgent: `groundwire/${packageJson.version}`,
    allowPrivate: configuration.source.allowPrivate,
  })
  const ports: Ports = { clock: systemClock, http, log, store, files, outbox: createOutbox(files) }
  const on = configuredChannels(configuration, options.only)
  await addReaders(store, configuration)
  const source = openSource(sourceSpec(configuration), { http })
  return {
    ports,
    source,
    settings: makeSettings(configuration, on, source),
    worker: { name: workerName(), isGone },
    houseFor: (about) => houseFrom(config, about, secret),
    sendersFor: (house) =>
      new Map(on.map(({ channel, settings }) => [channel.id, channel.open(settings, ports, house)])),
    close: () => store.close(),
  }
}

function configuredChannels({ config }: Configuration, only: readonly string[] | undefined): ConfiguredChannel[] {
  for (const id of only ?? [])
    if (!config.channels.has(id))
      throw new UsageError(`there is no channel “${id}” that is on; on are ${[...config.channels.keys()].join(', ')}.`)
  return channels
    .filter(({ id }) => config.channels.has(id) && (only === undefined || only.includes(id)))
    .map((channel) => ({ channel, settings: config.channels.get(channel.id) }))
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

function sourceSpec({ source }: Configuration): SourceSpec {
  const { location, kind, sourcePattern, section, baseUrl, maxMegabytes, timeoutSeconds } = source
  return {
    location,
    ...(kind && { kind }),
    ...(sourcePattern && { sourcePattern }),
    ...(section && { section }),
    ...(baseUrl && { baseUrl }),
    maxBytes: maxMegabytes * 1024 * 1024,
    timeoutMs: timeoutSeconds * 1000,
  }
}

/** While mail goes to an outbox, somebody has to be written to: the configured readers, else the two of the sample. */
async function addReaders(store: Store, { config }: Configuration): Promise<void> {
  const readers = config.readers ?? sampleReaders
  const consent = 'named in the configuration'
  await store.addSubscribers(
    readers.map((address) => ({ id: subscriberId(address), address, state: 'active' as const, consent })),
  )
}
