import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ConfigError, defineConfig, readConfig, type Config, type ConfigFile } from '../src/config.ts'

const channels = new Map<string, z.ZodType>([
  ['email', z.object({ from: z.string().includes('@', { error: 'must be an address' }).optional() })],
  ['feeds', z.object({})],
  ['chat', z.strictObject({ appPassword: z.string().min(8).optional(), room: z.int().default(1) })],
])

function read(file: ConfigFile | undefined, environment: Record<string, string> = {}): Config {
  return readConfig(file, environment, channels)
}

function problems(file: unknown, environment: Record<string, string> = {}): readonly string[] {
  try {
    readConfig(file, environment, channels)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('with nothing configured', () => {
  it('everything has a default, and every channel is on with its own', () => {
    expect(read(undefined)).toEqual({
      publication: { zone: 'UTC', address: '' },
      edition: { stories: 10, background: 3 },
      schedule: { at: '07:00', pollMinutes: 15, catchUpDays: 3, lateHours: 12 },
      approval: 'auto',
      data: '.groundwire',
      host: '127.0.0.1',
      port: 4750,
      channels: new Map([
        ['email', {}],
        ['feeds', {}],
        ['chat', { room: 1 }],
      ]),
    })
  })
})

describe('the file', () => {
  it('is taken over, with addresses without a slash at their end', () => {
    const config = read(
      defineConfig({
        publication: { name: 'The Morning Check', url: 'https://morningcheck.example/', zone: 'Europe/Berlin' },
        source: { location: 'https://morningcheck.example/llms-full.txt', maxMegabytes: 1 },
        url: 'https://news.example/digest//',
        channels: { chat: { room: 7 } },
      }),
    )
    expect(config.publication.url).toBe('https://morningcheck.example')
    expect(config.url).toBe('https://news.example/digest')
    expect(config.source).toEqual({
      location: 'https://morningcheck.example/llms-full.txt',
      allowPrivate: false,
      maxMegabytes: 1,
      timeoutSeconds: 30,
    })
    expect(config.channels.get('chat')).toEqual({ room: 7 })
  })

  it.each([
    ['https://zürich.example/', 'https://xn--zrich-kva.example'],
    ['https://NEWS.example:443/Der Tag/', 'https://news.example/Der%20Tag'],
    ['http://news.example/@daily/ä', 'http://news.example/@daily/%C3%A4'],
  ])('has its address %s written as %s, as it can stand in a header', (given, written) => {
    expect(read({ url: given, publication: { url: given } })).toMatchObject({
      url: written,
      publication: { url: written },
    })
  })

  it('leaves out a channel that is off, and only that one', () => {
    expect([...read({ channels: { email: false } }).channels.keys()]).toEqual(['feeds', 'chat'])
  })
})

describe('the environment', () => {
  it('wins over the file', () => {
    const config = read(
      { source: { location: 'file.txt', section: 'news' }, data: 'a', channels: { email: { from: 'a@example.org' } } },
      {
        GROUNDWIRE_SOURCE: 'other.txt',
        GROUNDWIRE_DATA: 'b',
        GROUNDWIRE_URL: 'https://news.example/',
        GROUNDWIRE_SECRET: 'sixteen letters!',
        EMAIL_FROM: 'b@example.org',
      },
    )
    expect(config).toMatchObject({
      source: { location: 'other.txt', section: 'news' },
      data: 'b',
      url: 'https://news.example',
      secret: 'sixteen letters!',
    })
    expect(config.channels.get('email')).toEqual({ from: 'b@example.org' })
  })

  it('says nothing by an empty variable', () => {
    expect(read({ data: 'a' }, { GROUNDWIRE_DATA: '', EMAIL_FROM: '' }).data).toBe('a')
  })

  it('is enough without a file', () => {
    expect(read(undefined, { GROUNDWIRE_SOURCE: 'items' }).source).toEqual({
      location: 'items',
      allowPrivate: false,
      maxMegabytes: 64,
      timeoutSeconds: 30,
    })
  })

  it('does not turn on what the file turned off', () => {
    expect(read({ channels: { email: false } }, { EMAIL_FROM: 'b@example.org' }).channels.has('email')).toBe(false)
  })
})

describe('problems', () => {
  it('come all at once, each with its place, what would be right, and the value', () => {
    expect(
      problems({
        publication: { zone: 'Mars/Olympus', url: 'ftp://example.org', language: 'english please' },
        schedule: { at: '7:00', pollMinutes: 0 },
        edition: { stories: 2.5 },
        port: 70_000,
        approval: 'maybe',
        channels: { email: { from: 'nobody' }, chat: { room: 'x' }, fax: {} },
      }),
    ).toEqual([
      'publication.url: must be an address that begins with https:// or http:// (it is "ftp://example.org")',
      'publication.language: must be a language tag such as en or pt-BR (it is "english please")',
      'publication.zone: must be a time zone such as Europe/Berlin (it is "Mars/Olympus")',
      'edition.stories: Invalid input: expected int, received number (it is 2.5)',
      'schedule.at: must be a time such as 07:00 (it is "7:00")',
      'schedule.pollMinutes: Too small: expected number to be >=1 (it is 0)',
      'approval: Invalid option: expected one of "auto"|"editor" (it is "maybe")',
      'port: Too big: expected number to be <=65535 (it is 70000)',
      'channels.fax: there is no such channel; there are email, feeds, chat',
      'channels.email.from (EMAIL_FROM): must be an address (it is "nobody")',
      'channels.chat.room: Invalid input: expected number, received string (it is "x")',
    ])
  })

  it('name the file they are in, and how many there are', () => {
    expect(() => readConfig({ port: -1, host: '' }, {}, channels, 'groundwire.config.ts')).toThrow(
      /^2 problems in groundwire\.config\.ts:\n {2}- host: .*\n {2}- port: .*$/,
    )
    expect(() => readConfig({ port: -1 }, {}, channels)).toThrow(/^One problem in the configuration:\n/)
  })

  it('name a word that has no meaning, at every level', () => {
    expect(problems({ pubication: {}, source: { location: 'a', path: 'b' } })).toEqual([
      'source: Unrecognized key: "path"',
      'the file: Unrecognized key: "pubication"',
    ])
  })

  it('name the variable that a value came from', () => {
    expect(problems({}, { GROUNDWIRE_URL: 'news.example', EMAIL_FROM: 'nobody' })).toEqual([
      'url (GROUNDWIRE_URL): must be an address that begins with https:// or http:// (it is "news.example")',
      'channels.email.from (EMAIL_FROM): must be an address (it is "nobody")',
    ])
  })

  it('never show a secret', () => {
    const shown = problems({ channels: { chat: { appPassword: 'hunter2' } } }, { GROUNDWIRE_SECRET: 'too-short' })
    expect(shown).toHaveLength(2)
    expect(shown.join()).toContain('secret (GROUNDWIRE_SECRET): must have at least 16 characters')
    expect(shown.join()).not.toMatch(/hunter2|too-short/)
  })

  it.each([
    'https://ada:hunter2@news.example/',
    'https://hunter2@news.example',
    'https://news.example/?key=hunter2',
    'https:ada:hunter2@news.example',
    'https://ada:hunter2/3@news.example',
    'ftp://ada:hunter2@news.example',
  ])('refuse %s without showing what is secret in it', (address) => {
    const found = problems({ publication: { url: address } }, { GROUNDWIRE_URL: address })
    expect(found.map((line) => line.split(':')[0])).toEqual(['publication.url', 'url (GROUNDWIRE_URL)'])
    expect(found.join()).not.toMatch(/hunter2/)
  })

  it('say what an address may not hold', () => {
    expect(problems({ url: 'https://ada@news.example' })).toEqual([
      'url (GROUNDWIRE_URL): must not hold a user name or password: everybody gets to see it',
    ])
    for (const end of ['?', '?a=b', '#', '#top'])
      expect(problems({ url: `https://news.example/${end}` }).join()).toContain('no query (?) and no fragment (#)')
  })

  it('never show a reader’s address', () => {
    expect(problems({ readers: ['ada@reader.example', 'grace at reader.example'] })).toEqual([
      'readers.1: must be an e-mail address',
    ])
  })

  it.each(['en-x', 'de-', 'a', 'en_US', 'en-a-b-', '1'])(
    'refuse the language %j before it breaks a date',
    (language) => {
      expect(problems({ publication: { language } })).toHaveLength(1)
    },
  )

  it.each(['text', 7, true])('say so when the file holds %j', (file) => {
    expect(problems(file).join()).toMatch(/^the file: Invalid input: expected object/)
  })

  it.each(['24:00', '7:00', '07:60', '07:00:00', ''])('refuse the time %j', (at) => {
    expect(problems({ schedule: { at } })).toHaveLength(1)
  })
})
