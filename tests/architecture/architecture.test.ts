import { describe, expect, it } from 'vitest'
import { moduleOf, productModules, type Module } from './modules.ts'
import {
  crossings,
  cycles,
  defaultExports,
  importersOf,
  impurities,
  LONGEST_FILE_LINES,
  longFiles,
  processReaders,
  rootImports,
  unlistedChannels,
} from './rules.ts'

const product = productModules()

/** Modules that break a rule, to show that the rule bites. */
function planted(files: Readonly<Record<string, string>>): Module[] {
  return Object.entries(files).map(([path, text]) => moduleOf(path, text))
}

describe('imports are found', () => {
  it.each([
    ["import x from './b.ts'"],
    ["import './b.ts'"],
    ["import type { X } from './b.ts'"],
    ["import { type X,\n  Y } from\n './b.ts'"],
    ["export * from './b.ts'"],
    ["export type * from './b.ts'"],
    ["export { x } from './b.ts'"],
    ["const x = await import('./b.ts')"],
    ["let x: import('./b.ts').X"],
    ["let x: typeof import('./b.ts')"],
  ])('in %j', (text) => {
    expect(moduleOf('src/domain/a.ts', text).imports).toEqual(['src/domain/b.ts'])
  })

  it('but not in comments and strings', () => {
    expect(moduleOf('src/a.ts', `// import './b.ts'\nconst x = "import './b.ts'"`).imports).toEqual([])
  })

  it('in the whole product', () => {
    expect(product.length).toBeGreaterThan(30)
    expect(product.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(20)
  })
})

describe('the import table', () => {
  it('holds', () => {
    expect(crossings(product)).toEqual([])
  })

  it.each([
    ['src/domain/a.ts', '../ports.ts'],
    ['src/domain/a.ts', 'node:fs'],
    ['src/ports/a.ts', '../channel.ts'],
    ['src/channel.ts', './pipeline/run.ts'],
    ['src/pipeline/a.ts', '../store/sqlite.ts'],
    ['src/pipeline/a.ts', '../../channels/index.ts'],
    ['src/pipeline/a.ts', 'node:fs'],
    ['src/sources/a.ts', '../store/sqlite.ts'],
    ['src/store/a.ts', '../pipeline/run.ts'],
    ['src/world/a.ts', '../../emails/digest.tsx'],
    ['src/web/a.ts', '../../channels/index.ts'],
    ['src/web/a.ts', '../store/sqlite.ts'],
    ['channels/bluesky/a.ts', '../mastodon/status.ts'],
    ['channels/bluesky/a.ts', '../../emails/digest.tsx'],
    ['channels/bluesky/a.ts', '../../src/pipeline/run.ts'],
    ['channels/email/a.ts', '../feeds/index.ts'],
    ['channels/email/a.ts', '../index.ts'],
    ['channels/index.ts', './email/settings.ts'],
    ['emails/digest.tsx', '../src/channel.ts'],
    ['emails/digest.tsx', 'node:fs'],
    ['schedules/daily.ts', '../src/domain/item.ts'],
    ['src/stray.ts', './domain/item.ts'],
    ['src/web/a.ts', 'express'],
  ])('keeps %s from importing %s, types included', (path, specifier) => {
    for (const text of [`import type { X } from '${specifier}'`, `await import('${specifier}')`]) {
      expect(crossings(planted({ [path]: text }))).toHaveLength(1)
    }
  })

  it('lets nobody import the composition root', () => {
    expect(rootImports(product)).toEqual([])
    const guilty = {
      'src/web/a.ts': "import type { X } from '../main/house.ts'",
      'emails/b.tsx': "import '../src/main.ts'",
    }
    expect(rootImports(planted(guilty))).toHaveLength(2)
  })

  it('lets one module alone import the feed library, where it is hardened', () => {
    expect(importersOf('feed', product)).toHaveLength(1)
    expect(importersOf('feed', planted({ 'channels/feeds/a.ts': "import { Feed } from 'feed'" }))).toHaveLength(1)
  })
})

it('no imports go round in a circle, types included', () => {
  expect(cycles(product)).toEqual([])
  const ring = {
    'src/domain/a.ts': "import type { B } from './b.ts'",
    'src/domain/b.ts': "export { c } from './c.ts'",
    'src/domain/c.ts': "const a = await import('./a.ts')",
    'src/domain/d.ts': "import './a.ts'",
  }
  expect(cycles(planted(ring))).toEqual(['src/domain/a.ts → src/domain/b.ts → src/domain/c.ts → src/domain/a.ts'])
})

it('only the composition root reads the process', () => {
  expect(processReaders(product)).toEqual([])
  const texts = [
    'process.env.HOME',
    "import process from 'node:process'",
    'const { env } = process',
    "import { argv } from 'process'",
    'globalThis.process.exit()',
  ]
  for (const text of texts) expect(processReaders(planted({ 'src/world/a.ts': text }))).toEqual(['src/world/a.ts'])
  expect(processReaders(planted({ 'src/main/a.ts': 'process.env.HOME' }))).toEqual([])
})

it('nothing that makes content looks at the clock or throws dice', () => {
  expect(impurities(product)).toEqual([])
  const texts = [
    'new Date()',
    'Date()',
    'Date.now()',
    'const now = Date.now',
    'Math.random()',
    'performance.now()',
    "import { randomUUID } from 'node:crypto'",
  ]
  for (const folder of ['src/domain', 'src/pipeline', 'src/web', 'channels/email', 'emails', 'schedules']) {
    for (const text of texts) expect(impurities(planted({ [`${folder}/a.ts`]: text }))).toHaveLength(1)
  }
  expect(impurities(planted({ 'src/domain/a.ts': 'new Date(instant)' }))).toEqual([])
})

it('exports have names, but for templates of mails', () => {
  expect(defaultExports(product)).toEqual([])
  const guilty = { 'src/web/a.ts': 'export default 1', 'src/web/b.ts': 'const x = 1; export { x as default }' }
  expect(defaultExports(planted({ ...guilty, 'emails/digest.tsx': 'export default 1' }))).toEqual(Object.keys(guilty))
})

it('the list of channels names every folder', () => {
  expect(unlistedChannels(product)).toEqual([])
  const index = { 'channels/index.ts': "import { e } from './email/index.ts'; import { x } from './gone/index.ts'" }
  const folders = { 'channels/email/index.ts': '', 'channels/pigeon/index.ts': '' }
  expect(unlistedChannels(planted({ ...index, ...folders }))).toEqual(['channels/pigeon', 'channels/gone'])
})

it(`no file is longer than ${LONGEST_FILE_LINES} lines`, () => {
  expect(longFiles(product)).toEqual([])
  expect(longFiles(planted({ 'src/web/a.ts': 'x\n'.repeat(LONGEST_FILE_LINES + 1) }))).toHaveLength(1)
  expect(longFiles(planted({ 'src/web/a.ts': 'x\n'.repeat(LONGEST_FILE_LINES) }))).toEqual([])
})
