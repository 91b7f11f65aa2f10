import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { channels } from '../../channels/index.ts'
import type { CommonOptions } from '../cli.ts'
import { ConfigError, readConfig, type Config } from '../config.ts'
import { sampleConfig } from './sample.ts'
import { UsageError, type Terminal } from './terminal.ts'

const CONFIG_FILES = ['groundwire.config.ts', 'groundwire.config.mts', 'groundwire.config.js', 'groundwire.config.mjs']

export interface Configuration {
  readonly config: Config
  readonly source: NonNullable<Config['source']>
  /** The bundled publication, because nothing was configured. */
  readonly isSample: boolean
  /** Absolute. */
  readonly dataFolder: string
  /** Options of this call that a further command needs to mean the same, as they would be typed: ` --data x`. */
  readonly callOptions: string
  /** What whoever started this should know, one sentence each. */
  readonly notices: readonly string[]
}

/**
 * The configuration of this call: config file, `.env`, environment, options, in rising order.
 *
 * @param sampleRoot folder that holds `sample/`.
 * @throws ConfigError naming every problem, UsageError.
 */
export async function loadConfiguration(
  options: CommonOptions,
  { environment, folder }: Terminal,
  sampleRoot: URL,
): Promise<Configuration> {
  const path = findConfigFile(options.config, folder)
  const variables = { ...readDotEnv(folder), ...environment }
  const isSample = path === undefined && options.source === undefined && !variables['GROUNDWIRE_SOURCE']
  const file = path === undefined ? (isSample ? sampleConfig(sampleRoot) : {}) : await importConfig(path)
  const schemas = new Map(channels.map(({ id, settings }) => [id, settings]))
  const config = readConfig(file, variables, schemas, path ?? 'the environment')
  const source = options.source === undefined ? config.source : { ...sourceDefaults(config), location: options.source }
  if (!source)
    throw new ConfigError(path ?? 'the configuration', [
      'source.location: missing; name an llms-full.txt, a feed or a folder',
    ])
  const dataFolder = resolve(folder, options.data ?? config.data)
  if (existsSync(dataFolder) && !statSync(dataFolder).isDirectory())
    throw new UsageError(`the data folder ${dataFolder} is a file; name a folder with --data.`)
  refuseCredentials(source.location)
  return {
    config,
    source: { ...source, location: absolute(source.location, folder) },
    isSample,
    dataFolder,
    callOptions: callOptions(options),
    notices: variables['DATABASE_URL']
      ? ['DATABASE_URL is set, but not used by this version: the store is SQLite.']
      : [],
  }
}

/** Time-out and limits hold for any source; what was said about the configured one does not. */
function sourceDefaults({ source }: Config): Omit<NonNullable<Config['source']>, 'location'> {
  return {
    allowPrivate: source?.allowPrivate ?? false,
    maxMegabytes: source?.maxMegabytes ?? 64,
    timeoutSeconds: source?.timeoutSeconds ?? 30,
  }
}

/** An address is shown in findings, reports and on the desk: nothing secret may be part of it. */
function refuseCredentials(location: string): void {
  if (!/^https?:/i.test(location) || !URL.canParse(location)) return
  const { username, password, host } = new URL(location)
  if (username !== '' || password !== '')
    throw new ConfigError('the configuration', [
      `source.location: the address at ${host} must not carry a name or password`,
    ])
}

function callOptions({ source, data, config }: CommonOptions): string {
  return Object.entries({ source, data, config })
    .flatMap(([name, value]) =>
      value === undefined ? [] : [` --${name} ${/[^\w./:@-]/.test(value) ? JSON.stringify(value) : value}`],
    )
    .join('')
}

function absolute(location: string, folder: string): string {
  return /^https?:\/\//i.test(location) ? location : resolve(folder, location)
}

function findConfigFile(named: string | undefined, folder: string): string | undefined {
  if (named === undefined) return CONFIG_FILES.map((name) => resolve(folder, name)).find(existsSync)
  const path = resolve(folder, named)
  if (!existsSync(path)) throw new UsageError(`there is no config file ${path}.`)
  return path
}

async function importConfig(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(path).href)
    const exported: unknown =
      typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
    if (typeof exported === 'object' && exported !== null) return exported
  } catch (error) {
    throw new ConfigError(path, [`it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`])
  }
  throw new ConfigError(path, ['it has no default export; write export default defineConfig({ ... })'])
}

function readDotEnv(folder: string): NodeJS.Dict<string> {
  const path = resolve(folder, '.env')
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}
