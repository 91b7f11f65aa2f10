import type { Module } from './modules.ts'

interface Wall {
  readonly name: string
  readonly of: RegExp
  /** Modules of this package and libraries that may be imported, types included; a module may always import its own part. */
  readonly may: RegExp
}

const DOMAIN = 'src/domain/'
const PORTS = 'src/ports[./]'
const CHANNEL = 'src/channel[./]'
const THEME = 'emails/theme\\.ts$'

/** The import table of the design. A part that is not here may import nothing; the first line that fits counts. */
const walls: readonly Wall[] = [
  wall('src/domain', DOMAIN, ['zod$', 'node:crypto$']),
  wall('src/ports', PORTS, [DOMAIN]),
  wall('src/channel', CHANNEL, [DOMAIN, PORTS, 'zod$']),
  wall('src/pipeline', 'src/pipeline/', [DOMAIN, PORTS, CHANNEL]),
  wall('src/sources', 'src/sources/', [
    DOMAIN,
    PORTS,
    'node:',
    'zod$',
    'feedsmith$',
    'marked$',
    'sanitize-html$',
    'yaml$',
  ]),
  wall('src/store', 'src/store/', [DOMAIN, PORTS, 'node:', 'zod$']),
  wall('src/world', 'src/world/', [
    DOMAIN,
    PORTS,
    THEME,
    'node:',
    'zod$',
    'sharp$',
    'opentype\\.js/dist/opentype\\.mjs$',
    'htmlparser2$',
    '@fontsource/',
  ]),
  wall('src/web', 'src/web/', [DOMAIN, PORTS, CHANNEL, 'src/pipeline/', THEME, 'node:', 'zod$', 'hono($|/)', '@hono/']),
  wall('src/main', 'src/(main|cli|config)[./]', ['']),
  wall('channels/index.ts', 'channels/index\\.ts$', [CHANNEL, 'channels/[a-z]+/index\\.ts$']),
  channelWall('email', ['emails/', 'react$', '@react-email/render$', 'nodemailer/', 'resend$', 'node:stream$']),
  channelWall('feeds', ['node:zlib$', 'node:util$', 'feed$', '@xmldom/xmldom$', 'marked$', 'sanitize-html$']),
  channelWall('bluesky', ['@atproto/']),
  channelWall('mastodon', ['masto$']),
  channelWall('[a-z]+', []),
  wall('emails', 'emails/', [DOMAIN, 'react$', '@react-email/components$']),
  wall('schedules', 'schedules/', ['src/domain/schedule\\.ts$']),
]

function wall(name: string, of: string, may: readonly string[]): Wall {
  const own = new RegExp(`^${of}`)
  return { name, of: own, may: new RegExp(`^(?:${[of, ...may].join('|')})`) }
}

function channelWall(name: string, may: readonly string[]): Wall {
  return wall(`channels/${name}`, `channels/${name}/`, [DOMAIN, PORTS, CHANNEL, THEME, 'zod$', ...may])
}

/** Imports that the table does not allow. */
export function crossings(modules: readonly Module[]): string[] {
  return modules.flatMap(({ path, imports }) => {
    const part = walls.find(({ of }) => of.test(path))
    return imports.filter((name) => !allowed(part, path, name)).map((name) => `${path} may not import ${name}`)
  })
}

function allowed(part: Wall | undefined, path: string, name: string): boolean {
  if (!part?.may.test(name)) return false
  // The pattern for any channel must not let one channel reach another.
  const folder = /^channels\/[a-z]+\//
  return !folder.test(path) || !folder.test(name) || folder.exec(name)?.[0] === folder.exec(path)?.[0]
}

/** Imports of the composition root from outside of it. */
export function rootImports(modules: readonly Module[]): string[] {
  const root = /^src\/(main|cli|config)[./]/
  return modules
    .filter(({ path }) => !root.test(path))
    .flatMap(({ path, imports }) => imports.filter((name) => root.test(name)).map((name) => `${path} imports ${name}`))
}

/** Rings of imports, types included, each named once. */
export function cycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path)
    if (seen >= 0) found.push([...trail.slice(seen), path].join(' → '))
    if (seen >= 0 || done.has(path)) return
    for (const name of byPath.get(path)?.imports ?? []) visit(name, [...trail, path])
    done.add(path)
  }
  for (const { path } of modules) visit(path, [])
  return found
}

/** Reading `process` outside `src/main`; a worker's name is its process number, nothing else of it is used. */
export function processReaders(modules: readonly Module[]): string[] {
  const may = /^src\/(main[./]|world\/worker\.ts$)/
  return modules.filter(({ path, ambient }) => ambient.includes('process') && !may.test(path)).map(({ path }) => path)
}

/** Clock or chance where the same input must give the same bytes. */
export function impurities(modules: readonly Module[]): string[] {
  const pure = /^(src\/(domain|pipeline|web)|channels|emails|schedules)\//
  return modules
    .filter(({ path }) => pure.test(path))
    .flatMap(({ path, ambient }) => ambient.filter((name) => name !== 'process').map((name) => `${path}: ${name}`))
}

export function defaultExports(modules: readonly Module[]): string[] {
  return modules
    .filter(({ path, hasDefaultExport }) => hasDefaultExport && !/^emails\/.*\.tsx$/.test(path))
    .map(({ path }) => path)
}

/** Modules that import a library which only one may, because that one guards it. */
export function importersOf(library: string, modules: readonly Module[]): string[] {
  return modules.filter(({ imports }) => imports.includes(library)).map(({ path }) => path)
}

/** Differences between the folders of `channels/` and the list in its index. */
export function unlistedChannels(modules: readonly Module[]): string[] {
  const folders = new Set(modules.flatMap(({ path }) => /^channels\/[^/]+(?=\/)/.exec(path) ?? []))
  const index = modules.find(({ path }) => path === 'channels/index.ts')
  const listed = new Set(index?.imports.flatMap((name) => /^channels\/[^/]+(?=\/)/.exec(name) ?? []))
  const either = [...new Set([...folders, ...listed])]
  return either.filter((folder) => !folders.has(folder) || !listed.has(folder))
}

export const LONGEST_FILE_LINES = 210

export function longFiles(modules: readonly Module[]): string[] {
  return modules.filter(({ lines }) => lines > LONGEST_FILE_LINES).map(({ path, lines }) => `${path}: ${lines} lines`)
}
