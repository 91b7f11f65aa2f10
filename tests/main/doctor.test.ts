import { createServer, type Server } from 'node:http'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { doctorCommand } from '../../src/main/doctor.ts'
import { openStore } from '../../src/main/store.ts'
import type { Dns } from '../../src/ports.ts'
import { listen } from '../channels/email/doctor-support.ts'
import { testClock } from '../fixtures/clock.ts'

const SECRET = 'a secret of the tests alone'
const NOW = '2026-11-23T12:00:00.000Z'
const silentDns: Dns = { txt: async () => [], mx: async () => [] }

let folder: string
const servers: Server[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-doctor-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const reportSchema = z.object({
  ok: z.boolean(),
  areas: z.array(
    z.object({
      area: z.string(),
      checks: z.array(
        z.object({ word: z.string(), code: z.string(), message: z.string(), advice: z.string().nullable() }),
      ),
    }),
  ),
})

interface Options {
  readonly environment?: Record<string, string>
  readonly file?: object
  readonly sendTo?: string
  readonly source?: string
  readonly signal?: AbortSignal
  readonly now?: string
}

async function print(json: boolean, { environment = {}, file, sendTo, source, signal, now = NOW }: Options) {
  if (file) writeFileSync(join(folder, 'groundwire.config.mjs'), `export default ${JSON.stringify(file)}`)
  let [out, err] = ['', '']
  const terminal = {
    environment: { GROUNDWIRE_SECRET: SECRET, ...environment },
    folder,
    isTerminal: false,
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
  }
  const command = { kind: 'doctor', config: undefined, data: 'data', source, json, sendTo } as const
  const stop = signal ?? new AbortController().signal
  const code = await doctorCommand(command, terminal, stop, { clock: testClock(now), dns: silentDns })
  expect(out + err).not.toContain(SECRET)
  return { code, out, err }
}

async function doctor(options: Options = {}) {
  const { code, out } = await print(true, options)
  const { ok, areas } = reportSchema.parse(JSON.parse(out))
  expect(ok).toBe(code === 0)
  const checks = areas.flatMap(({ checks: own }) => own)
  return {
    code,
    areas: areas.map(({ area }) => area),
    words: Object.fromEntries(checks.map(({ code: of, word }) => [of, word])),
    message: (of: string) => checks.find((check) => check.code === of)?.message,
    text: out,
  }
}

/** A configuration with which mail really leaves; nobody listens where it would go. */
const leaving = { EMAIL_FROM: 'x@a.example', SMTP_URL: 'smtp://user:hidden%40pass@127.0.0.1:1/' }

describe('doctor', () => {
  it('finds nothing wrong with the sample, and makes nothing', async () => {
    const { code, areas, words } = await doctor()
    expect(areas).toEqual(['Configuration', 'Source', 'Store', 'Clock', 'E-mail', 'Feeds', 'Bluesky', 'Mastodon'])
    expect([code, Object.values(words).includes('wrong')]).toEqual([0, false])
    expect(words).toMatchObject({ source: 'ok', store: 'ok', clock: 'ok', 'email-outbox': 'ok' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('prints by area one line a check, and what to do below it', async () => {
    const { out } = await print(false, {})
    expect(out).toMatch(/\n {2}Source\n {4}ok {5}36 items in /)
    expect(out).toMatch(/\n {4}look {3}.*name no primary source.*\n {11}→ Name one/)
    expect(out).toMatch(/\n {2}Nothing is wrong, \d to look at\.\n\n$/)
  })

  it('names every problem of a configuration that does not load', async () => {
    const { code, text } = await doctor({
      file: { port: -1, approval: 'perhaps', secret: 'short' },
      environment: { GROUNDWIRE_SECRET: '' },
    })
    expect(code).toBe(1)
    for (const place of ['port:', 'approval:', 'secret']) expect(text).toContain(place)
    expect(text).not.toContain('short')
  })

  it('asks for more where mail really leaves', async () => {
    const { code, words, text } = await doctor({ environment: { ...leaving, GROUNDWIRE_SECRET: '' } })
    expect(code).toBe(1)
    expect(words).toMatchObject({
      secret: 'look',
      'public-address': 'wrong',
      'smtp-unreachable': 'wrong',
      'spf-missing': 'wrong',
    })
    expect(text).not.toMatch(/hidden/)
  })

  it.each([
    ['http://news.a.example', 'wrong'],
    ['https://localhost', 'wrong'],
    ['https://192.168.1.4', 'wrong'],
    ['https://[::1]', 'wrong'],
    ['https://printer.local', 'wrong'],
    ['https://news.a.example', 'ok'],
  ])('takes the public address %s for %s', async (url, word) => {
    expect((await doctor({ environment: { ...leaving, GROUNDWIRE_URL: url } })).words['public-address']).toBe(word)
  })

  it('blanks a secret wherever it may stand', async () => {
    const { words, message } = await doctor({ source: join(folder, `${SECRET}.txt`) })
    expect(words['source']).toBe('wrong')
    expect(message('source')).toContain('[secret]')
    const environment = { ...leaving, SMTP_URL: 'smtp://user:hidden%2Cpass@127.0.0.1:1/' }
    expect((await doctor({ environment, source: join(folder, 'hidden,pass.txt') })).text).not.toContain('hidden')
  })

  it('gives the line for link cards whole, under the name of the publication', async () => {
    const server = createServer(({ url }, response) => {
      const known = url === '/api/v1/accounts/verify_credentials'
      response.writeHead(known ? 200 : 404, { 'Content-Type': 'application/json' })
      response.end(known ? '{"id":"1","acct":"news"}' : '{"error":"not here"}')
    })
    servers.push(server)
    const environment = { MASTODON_URL: `http://127.0.0.1:${await listen(server)}`, MASTODON_ACCESS_TOKEN: 'a-token' }
    const source = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))
    const { out } = await print(false, { environment, source })
    expect(out).toContain('Cards of Tidewatch can name the account as their author.')
    expect(out).toMatch(/Put <meta name="fediverse:creator" content="@news@127\.0\.0\.1:\d+"> on each article/)
  })

  it('refuses an address for the test mail that is none', async () => {
    await expect(print(true, { sendTo: 'two@a.example, three@a.example' })).rejects.toThrow(
      '--send-to needs one mail address',
    )
  })

  it('puts the test mail into the outbox while nothing leaves', async () => {
    const { code, message, areas, text } = await doctor({ sendTo: 'reader@example.org' })
    expect([code, areas.at(-1)]).toEqual([0, 'Test mail'])
    const path = /outbox\/\S+\.eml/.exec(message('test-sent') ?? '')?.[0]
    const mail = readFileSync(join(folder, 'data', path ?? ''), 'utf8')
    expect(mail).toContain('To: reader@example.org')
    expect(mail).toContain('Subject: Test mail of Tidewatch')
    expect(text).not.toContain('reader@')
  })

  it('ends when it is told to stop', async () => {
    const { url } = await serve(() => undefined)
    const stop = new AbortController()
    const running = print(true, { file: { source: { location: url, allowPrivate: true } }, signal: stop.signal })
    stop.abort(new Error('stopped by SIGTERM'))
    await expect(running).rejects.toThrow('stopped by SIGTERM')
  })
})

async function serve(headers: () => Record<string, string> | undefined) {
  const feed = readFileSync(new URL('../../sample/llms-full.txt', import.meta.url))
  const server = createServer((_, response) => {
    const given = headers()
    if (given) response.writeHead(200, given).end(feed)
  })
  servers.push(server)
  return { url: `http://127.0.0.1:${await listen(server)}/llms-full.txt` }
}

describe('the source', () => {
  it('that cannot be read is wrong', async () => {
    const { code, words } = await doctor({ source: join(folder, 'gone.txt') })
    expect([code, words['source']]).toEqual([1, 'wrong'])
  })

  it('that is no source keeps no other check from being made', async () => {
    writeFileSync(join(folder, 'page.html'), '<!doctype html><title>\u001B[31mno</title>')
    const { words, text } = await doctor({ source: join(folder, 'page.html') })
    expect(words).toMatchObject({ source: 'wrong', store: 'ok', clock: 'ok' })
    expect(text).not.toContain('\u001B')
  })

  it.each([
    ['Mon, 23 Nov 2026 12:00:30 GMT', undefined, 'clock-agrees', 'ok'],
    ['Mon, 23 Nov 2026 12:03:00 GMT', undefined, 'clock-off', 'look'],
    ['Mon, 23 Nov 2026 11:54:00 GMT', undefined, 'clock-off', 'wrong'],
    ['Mon, 23 Nov 2026 11:54:00 GMT', '360', 'clock-agrees', 'ok'],
  ])('says by %s (Age %s) whether the clock is right', async (date, age, code, word) => {
    const { url } = await serve(() => ({ date, ...(age === undefined ? {} : { age }) }))
    const { words } = await doctor({ file: { source: { location: url, allowPrivate: true } } })
    expect(words[code]).toBe(word)
  })

  it('is read though the clock is before all time', async () => {
    expect((await doctor({ now: '1970-01-01T00:00:00.000Z' })).words['clock']).toBe('wrong')
  })
})

describe('the store', () => {
  const path = (): string => join(folder, 'data', 'groundwire.db')
  async function filled(): Promise<void> {
    const { store } = await openStore(join(folder, 'data'))
    const address = 'reader@example.org'
    await store.addSubscribers([{ id: 'r1', address, state: 'active', consent: 'asked' }])
    await store.close()
  }

  it('is counted and not changed', async () => {
    await filled()
    const before = readFileSync(path())
    const { words, message } = await doctor()
    expect(words).toMatchObject({ store: 'ok', readers: 'ok', disk: 'ok' })
    expect(message('readers')).toContain('1 active readers')
    expect(readFileSync(path()).equals(before)).toBe(true)
    expect(readdirSync(join(folder, 'data')).toSorted()).toEqual(['.gitignore', 'groundwire.db'])
  })

  it('tells of a worker that ended in the midst of something', async () => {
    const { store } = await openStore(join(folder, 'data'))
    const slot = new Date(NOW)
    // No process has this number.
    const worker = `${hostname()}:2147483646:1`
    await store.claimSlot({ schedule: 'digest', slot, worker, now: slot, staleBefore: new Date(0), gone: [] })
    await store.close()
    expect((await doctor()).words['stale-claims']).toBe('look')
  })

  it('that others can read is worth a look', async () => {
    await filled()
    chmodSync(path(), 0o644)
    expect((await doctor()).words['store-mode']).toBe('look')
  })

  it('that is damaged is wrong, and the rest is checked all the same', async () => {
    await filled()
    const bytes = readFileSync(path())
    bytes.fill(0xff, 4096, bytes.length - 4096)
    writeFileSync(path(), bytes)
    const { code, words, message } = await doctor()
    expect(code).toBe(1)
    expect(message('store-damaged') ?? message('not-checked')).toMatch(/damaged/)
    expect(words['source']).toBe('ok')
  })

  it.each([
    [
      'no database',
      () => writeFileSync(path(), 'text, and more text than a header'.repeat(40)),
      /not an SQLite database/,
    ],
    ['of a newer groundwire', () => setVersion(path(), 999), /newer groundwire/],
  ])('that is %s is told', async (_, spoil, expected) => {
    await filled()
    spoil()
    const { code, message } = await doctor()
    expect([code, message('not-checked')]).toEqual([1, expect.stringMatching(expected)])
  })

  it('of an older groundwire is left as it is', async () => {
    await filled()
    setVersion(path(), 1)
    expect((await doctor()).words['store-schema']).toBe('look')
    const database = new DatabaseSync(path())
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    database.close()
  })

  it('in a folder that is not there yet is no fault', async () => {
    await doctor()
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})

function setVersion(path: string, version: number): void {
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA user_version = ${version}`)
  database.close()
}
