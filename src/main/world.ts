import { randomBytes } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import { channels } from '../../channels/index.ts'
import type { House, Sender } from '../channel.ts'
import { sha256 } from '../domain/hash.ts'
import { subscriberId } from '../domain/reader-token.ts'
import { gather } from '../pipeline/gather.ts'
import { composeDefaults } from '../pipeline/compose.ts'
import type { Worker } from '../pipeline/deliver.ts'
import type { MakeSettings } from '../pipeline/make.ts'
import type { ConfiguredChannel } from '../pipeline/render.ts'
import type { Log, Ports, Source, SourceAbout, Store } from '../ports.ts'
import { openSource, type SourceSpec } from '../sources/index.ts'
import { createApi } from '../world/api.ts'
import { systemClock } from '../world/clock.ts'
import { createDns } from '../world/dns.ts'
import { createFiles } from '../world/files.ts'
import { createHttp } from '../world/http.ts'
import { createLog } from '../world/log.ts'
import { createOutbox } from '../world/outbox.ts'
import { createPictures } from '../world/pictures.ts'
import { scratchFiles } from '../world/scratch-files.ts'
import { isGone, workerName } from '../world/worker.ts'
import type { Configuration } from './configuration.ts'
import { houseFrom } from './house.ts'
import { sampleReaders } from './sample.ts'
import { secretsIn } from './secrets.ts'
import { openScratchStore, openStore } from './store.ts'
import { printable, UsageError, type Terminal } from './terminal.ts'

/** How long a pass stays for what is due again soon: most pauses that a provider asks for are shorter. */
const PATIENCE_MS = 120_000

/** Everything a command needs, introduced to each other. */
export interface World {
  readonly ports: Ports
  readonly source: Source
  readonly settings: MakeSettings
  readonly worker: Worker
  /** What the tokens in readers' links may have been made with: the secret of now, and the store's own, used until one was configured. */
  readonly tokenSecrets: readonly string[]
  /** See `House`. */
  readonly installation: string
  houseFor(about: SourceAbout): House
  sendersFor(house: House): ReadonlyMap<string, Sender>
}

/**
 * @param options.scratch work on a copy of the store that is thrown away: for looking without touching.
 * @param options.atOnce channels heed neither gap nor quiet hours.
 * @param options.only ids of the channels that are carried out now; undefined: all that are on.
 */
export async function openWorld(
  configuration: Configuration,
  terminal: Terminal,
  options: {
    readonly scratch?: boolean
    readonly only?: readonly string[] | undefined
    readonly atOnce?: boolean
  } = {},
): Promise<World & { close(): Promise<void> }> {
  const { config, dataFolder } = configuration
  const { scratch = false, atOnce = false } = options
  const on = configuredChannels(configuration)
  const only = inScope(on, options.only)
  const store = scratch ? await openScratchStore(dataFolder) : (await openStore(dataFolder)).store
  try {
    const ownSecret = await store.remember('secret', () => randomBytes(32).toString('base64url'))
    const secret = config.secret ?? ownSecret
    const installation = sha256(`installation ${ownSecret}`).slice(0, 10)
    const tokenSecrets = [...new Set([secret, ownSecret])]
    const hidden = [...tokenSecrets, ...secretsIn(config)]
    const log = createLog({ write: (text: string) => terminal.err(printable(text)) }, 'info', hidden)
    for (const notice of configuration.notices) log.warn(notice)
    const ports = openPorts(configuration, log, store, scratch)
    await addReaders(store, configuration, on, secret)
    const source = openSource(sourceSpec(configuration), ports)
    return {
      ports,
      source,
      settings: { ...makeSettings(configuration, on, source), gather: (edition) => gather(ports, edition, on) },
      worker: { name: workerName(), isGone, patienceMs: PATIENCE_MS },
      tokenSecrets,
      installation,
      houseFor: (about) => houseFrom(config, about, { secret, installation }),
      sendersFor: (house) =>
        new Map(only.map(({ channel, settings }) => [channel.id, channel.open(settings, ports, house, { atOnce })])),
      close: () => store.close(),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function openPorts({ dataFolder, source }: Configuration, log: Log, store: Store, scratch: boolean): Ports {
  const files = scratch ? scratchFiles(createFiles(dataFolder)) : createFiles(dataFolder)
  const userAgent = `groundwire/${packageJson.version}`
  return {
    clock: systemClock,
    http: createHttp({ userAgent, allowPrivate: source.allowPrivate }),
    api: createApi({ userAgent }),
    dns: createDns(),
    log,
    store,
    files,
    outbox: createOutbox(files),
    notes: store,
    pictures: createPictures(),
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

/** A list that nobody is on yet gets the configured readers, else, where nothing really leaves and an outbox wants somebody to write to, the two of the sample. */
async function addReaders(
  store: Store,
  { config }: Configuration,
  on: readonly ConfiguredChannel[],
  secret: string,
): Promise<void> {
  const { done: nobody } = await store.subscribers()[Symbol.asyncIterator]().next()
  if (!nobody) return
  const consent = 'named in the configuration'
  const disturbs = on.some(({ channel, settings }) => channel.disturbs?.(settings) ?? false)
  const readers = config.readers ?? (disturbs ? [] : sampleReaders)
  await store.addSubscribers(
    readers.map((address) => ({ id: subscriberId(secret, address), address, state: 'active' as const, consent })),
  )
}
