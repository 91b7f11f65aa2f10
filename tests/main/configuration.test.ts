import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommonOptions } from '../../src/cli.ts'
import { loadConfiguration, type Configuration } from '../../src/main/configuration.ts'
import { packageRoot } from '../../src/main/package.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function load(
  options: Partial<CommonOptions> = {},
  environment: Record<string, string> = {},
): Promise<Configuration> {
  const given = { config: undefined, data: undefined, source: undefined, json: false, ...options }
  const terminal = { environment, folder, isTerminal: false, out: () => undefined, err: () => undefined }
  return loadConfiguration(given, terminal, packageRoot)
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('without anything', () => {
  it('is the bundled sample, kept in the working folder, with every channel on', async () => {
    const configuration = await load()
    expect(configuration).toMatchObject({
      isSample: true,
      source: { location: fileURLToPath(new URL('sample/llms-full.txt', packageRoot)) },
      dataFolder: join(folder, '.groundwire'),
    })
    expect([...configuration.config.channels.keys()]).toEqual(['email', 'feeds', 'bluesky', 'mastodon'])
  })
})

describe('a source', () => {
  it('is no longer the sample, wherever it was named', async () => {
    expect((await load({ source: 'mine.txt' })).isSample).toBe(false)
    expect((await load({}, { GROUNDWIRE_SOURCE: 'mine.txt' })).isSample).toBe(false)
    file('.env', 'GROUNDWIRE_SOURCE=mine.txt')
    expect((await load()).isSample).toBe(false)
  })

  it('is found from the working folder, an address as it is', async () => {
    expect((await load({ source: 'sub/mine.txt' })).source.location).toBe(join(folder, 'sub/mine.txt'))
    expect((await load({ source: 'HTTPS://example.org/feed' })).source.location).toBe('HTTPS://example.org/feed')
  })

  it('of the call wins over the configured one, and takes nothing of it but its limits', async () => {
    file(
      'groundwire.config.mjs',
      `export default { source: { location: 'a', kind: 'feed', section: 'x', maxMegabytes: 2, timeoutSeconds: 3 } }`,
    )
    expect((await load({ source: 'b' })).source).toEqual({
      location: join(folder, 'b'),
      allowPrivate: false,
      maxMegabytes: 2,
      timeoutSeconds: 3,
    })
  })

  it('that a config file forgets is asked for', async () => {
    const path = file('groundwire.config.mjs', 'export default {}')
    await expect(load()).rejects.toThrow(`One problem in ${path}:\n  - source.location: missing; name an llms-full.txt`)
  })
})

describe('what wins', () => {
  it('is the option, then the environment, then .env, then the file', async () => {
    file('groundwire.config.mjs', `export default { source: { location: 'a' }, data: 'from-file' }`)
    expect((await load()).dataFolder).toBe(join(folder, 'from-file'))
    file('.env', 'GROUNDWIRE_DATA=from-dotenv')
    expect((await load()).dataFolder).toBe(join(folder, 'from-dotenv'))
    expect((await load({}, { GROUNDWIRE_DATA: 'from-environment' })).dataFolder).toBe(join(folder, 'from-environment'))
    expect((await load({ data: 'from-option' }, { GROUNDWIRE_DATA: 'x' })).dataFolder).toBe(join(folder, 'from-option'))
  })
})

describe('the config file', () => {
  it('may be TypeScript', async () => {
    file(
      'groundwire.config.ts',
      `const at: string = '18:30'\nexport default { source: { location: 'a' }, schedule: { at } }`,
    )
    expect((await load()).config.schedule.at).toBe('18:30')
  })

  it('may have another name', async () => {
    file('other.mjs', `export default { source: { location: 'a' }, port: 8080 }`)
    expect((await load({ config: 'other.mjs' })).config.port).toBe(8080)
  })

  it('that is not there is wrong use', async () => {
    await expect(load({ config: 'nowhere.ts' })).rejects.toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `there is no config file ${join(folder, 'nowhere.ts')}.`,
      }),
    )
  })

  it('that cannot be loaded is named with the reason', async () => {
    const path = file('groundwire.config.mjs', 'export default {')
    await expect(load()).rejects.toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.stringContaining(`in ${path}:\n  - it cannot be loaded`),
      }),
    )
  })

  it.each(['export const config = {}', 'export default 7', 'export default null'])(
    'that exports nothing useful is told so: %s',
    async (text) => {
      file('groundwire.config.mjs', text)
      await expect(load()).rejects.toThrow(/it has no default export/)
    },
  )

  it('with problems names them all', async () => {
    const path = file(
      'groundwire.config.mjs',
      `export default { source: { location: '' }, port: -1, channels: { fax: {} } }`,
    )
    await expect(load()).rejects.toThrow(new RegExp(`^3 problems in ${path}`))
  })
})

describe('credentials that this version does not use', () => {
  it('are named, so that nobody believes that mail has left, and never shown', async () => {
    file('.env', 'SMTP_URL=smtp://user:hidden@mail.example')
    const { notices } = await load({}, { RESEND_API_KEY: 'hidden', MASTODON_URL: 'https://social.example' })
    expect(notices.map((notice) => notice.split(' ')[0])).toEqual(['RESEND_API_KEY', 'SMTP_URL'])
    expect(notices.join()).not.toContain('hidden')
  })

  it('are not spoken of when there are none', async () => {
    expect((await load()).notices).toEqual([])
  })
})
