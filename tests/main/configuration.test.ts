import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommonOptions } from '../../src/cli.ts'
import { accountsOf as blueskyAccounts, blueskySettings } from '../../channels/bluesky/settings.ts'
import { settingsSchema, transportOf } from '../../channels/email/settings.ts'
import { accountsOf as mastodonAccounts, mastodonSettings } from '../../channels/mastodon/settings.ts'
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

describe('credentials of mail', () => {
  const from = { EMAIL_FROM: 'Paper <digest@paper.example>' }
  const transport = (loaded: Awaited<ReturnType<typeof load>>): unknown =>
    transportOf(settingsSchema.parse(loaded.config.channels.get('email')))

  it('choose how it leaves', async () => {
    expect(transport(await load())).toBe('outbox')
    expect(transport(await load({}, { ...from, RESEND_API_KEY: 're_1' }))).toBe('resend')
    expect(transport(await load({}, { ...from, SMTP_URL: 'smtps://a:b@mail.example' }))).toBe('smtp')
  })

  it('for both ways are refused until one is chosen, without showing either', async () => {
    const both = { ...from, RESEND_API_KEY: 'hidden', SMTP_URL: 'smtp://user:hidden@mail.example' }
    await expect(load({}, both)).rejects.toThrow('channels.email.transport: must say resend or smtp')
    await expect(load({}, both)).rejects.not.toThrow('hidden')
    file(
      'groundwire.config.mjs',
      `export default { source: { location: 'a' }, channels: { email: { transport: 'smtp' } } }`,
    )
    expect(transport(await load({}, both))).toBe('smtp')
  })

  it.each([
    { RESEND_BASE_URL: 'https://user:hidden@api.example' },
    { RESEND_BASE_URL: 'https://api.example/?key=hidden' },
    { RESEND_BASE_URL: 'https://api.example/#hidden' },
    { SMTP_URL: 'smtp://user:hidden@mail.example?requireTLS=1' },
    { RESEND_API_KEY: 're_hidden…' },
    { RESEND_WEBHOOK_SECRET: 'whsec_hidden x' },
  ])('never shows what it refuses where that may be secret: %j', async (variables) => {
    const [name = ''] = Object.keys(variables)
    const refused = await load({}, { EMAIL_FROM: 'x@a.example', ...variables }).catch((error: unknown) => String(error))
    expect(refused).toContain(`(${name}): `)
    expect(refused).not.toContain('hidden')
  })

  it('takes an address of Resend with or without a slash at its end', async () => {
    const { config } = await load({}, { EMAIL_FROM: 'x@a.example', RESEND_BASE_URL: 'https://api.example/v1//' })
    expect(config.channels.get('email')).toMatchObject({ resend: { baseUrl: 'https://api.example/v1' } })
  })

  it('need a sender, and an address that says what it is', async () => {
    await expect(load({}, { RESEND_API_KEY: 're_1' })).rejects.toThrow('channels.email.from (EMAIL_FROM)')
    const odd = { ...from, SMTP_URL: 'mail.example with hidden' }
    await expect(load({}, odd)).rejects.toThrow('channels.email.smtp.url (SMTP_URL): must be an address such as')
    await expect(load({}, odd)).rejects.not.toThrow('hidden')
  })
})

describe('credentials in the environment', () => {
  const FULL = {
    BLUESKY_IDENTIFIER: 'news.example.com',
    BLUESKY_APP_PASSWORD: 'abcd-efgh-ijkl-mnop',
    MASTODON_URL: 'https://social.example',
    MASTODON_ACCESS_TOKEN: 'a-token-of-mastodon',
  }
  const problem = async (environment: Record<string, string>): Promise<string> =>
    load({}, environment).then(
      () => '',
      (error: unknown) => String(error),
    )

  it('turn the networks on by themselves', async () => {
    file('.env', 'BLUESKY_SERVICE=https://pds.example')
    const { config, notices } = await load({}, FULL)
    expect(blueskyAccounts(blueskySettings.parse(config.channels.get('bluesky')))).toEqual([
      {
        name: 'news.example.com',
        identifier: 'news.example.com',
        service: 'https://pds.example',
        appPassword: 'abcd-efgh-ijkl-mnop',
      },
    ])
    expect(mastodonAccounts(mastodonSettings.parse(config.channels.get('mastodon')))).toMatchObject([
      { url: 'https://social.example', accessToken: 'a-token-of-mastodon' },
    ])
    expect(notices).toEqual([])
  })

  it('that are not there, or empty, leave posts to the outbox', async () => {
    const empty = Object.fromEntries(Object.keys(FULL).map((name) => [name, '']))
    for (const environment of [{}, empty]) {
      const { channels } = (await load({}, environment)).config
      expect(blueskyAccounts(blueskySettings.parse(channels.get('bluesky')))).toEqual([])
      expect(mastodonAccounts(mastodonSettings.parse(channels.get('mastodon')))).toEqual([])
    }
  })

  it.each([
    ['BLUESKY_IDENTIFIER', 'BLUESKY_APP_PASSWORD'],
    ['BLUESKY_APP_PASSWORD', 'BLUESKY_IDENTIFIER'],
    ['MASTODON_ACCESS_TOKEN', 'MASTODON_URL'],
  ] as const)(
    'that are half given are refused: %s without %s, with its name and without the secret',
    async (given, missing) => {
      const words = await problem({ [given]: FULL[given] })
      expect(words).toMatch(/^ConfigError: One problem in the environment:/)
      expect(words).toContain(missing)
      expect(words).not.toContain(FULL[given])
    },
  )

  it('are shown by no problem of a file, however wrong it is', async () => {
    const secret = 'abcd-efgh-ijkl-mnop'
    for (const accounts of [
      `'alice:${secret}'`,
      `['alice:${secret}']`,
      `[{ appPassword: '${secret}', accessToken: '${secret}' }]`,
      `[{ identifier: 7, appPassword: ['${secret}'], url: 'x', accessToken: { is: '${secret}' } }]`,
      `[{ identifier: 'alice', appPassword: '${secret}', accesToken: '${secret}' }]`,
    ]) {
      const channels = `{ bluesky: { accounts: ${accounts} }, mastodon: { accounts: ${accounts} } }`
      const config = file(`${accounts.length}.mjs`, `export default { channels: ${channels} }`)
      const words = String(await load({ config, source: 'x' }).catch((error: unknown) => error))
      expect(words).toMatch(/bluesky\.accounts[^]*mastodon\.accounts/)
      expect(words).not.toContain(secret)
    }
  })

  it('of a database are named, so that nobody believes that it is used, and never shown', async () => {
    const { notices } = await load({}, { DATABASE_URL: 'postgres://hidden' })
    expect(notices).toEqual(['DATABASE_URL is set, but not used by this version: the store is SQLite.'])
  })
})
