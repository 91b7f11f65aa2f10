import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { runCommand } from '../../src/main/run.ts'
import { common, testTerminal } from './editor.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Words = Partial<Omit<Parameters<typeof runCommand>[0], 'kind'>>

async function run(more: Words = {}): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const terminal = testTerminal(folder)
  const words = { date: undefined, channels: undefined, approve: false, now: false, dryRun: false, ...more }
  const code = await runCommand({ ...common(folder), kind: 'run', ...words }, terminal, new AbortController().signal)
  return { code, out: terminal.written.join(''), err: terminal.said.join('') }
}

it('ends with 1 when an edition stays open though nothing of it is owed: its ledger does not add up', async () => {
  expect((await run()).code).toBe(0)
  const db = new DatabaseSync(join(folder, 'groundwire.db'))
  db.exec(`UPDATE editions SET state = 'sending', frozen = frozen + 1 WHERE state = 'sent'`)
  db.close()
  const { code, out, err } = await run()
  expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('0 still owed') })
  expect(err).toMatch(/^error: daily\/2026-10-16: /m)
})

it('of the bundled sample says what the README shows', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [block = ''] = /^ {4}Tidewatch · (?:.*\n)+?(?=\S)/m.exec(readme) ?? []
  const { out } = await run()
  const shown = out
    .replaceAll(` --data ${folder}`, '')
    .replaceAll(folder, '.groundwire')
    .replaceAll(root, '/home/you/groundwire/')
  expect(shown.trim()).toBe(block.replace(/^ {4}/gm, '').trim())
})

describe('posts in quiet hours', () => {
  const sample = { source: fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url)), date: '2026-10-16' }

  /** A network that takes no credential, and hours around this one in which nothing is posted. */
  async function configure(): Promise<void> {
    const server = createServer((_, answer) =>
      answer.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":"The access token is invalid"}'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = z.object({ port: z.number() }).parse(server.address())
    const hour = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16)
    const mastodon = {
      url: `http://127.0.0.1:${address.port}`,
      accessToken: 'a-token-of-mastodon',
      gapMinutes: 7,
      quiet: { from: hour(-2), to: hour(2) },
    }
    const channels = { mastodon, email: false, bluesky: false }
    writeFileSync(join(folder, 'groundwire.config.mjs'), `export default ${JSON.stringify({ channels })}`)
  }

  it('are in order: 0, and when the next one leaves', async () => {
    await configure()
    const first = await run({ ...sample, approve: true })
    expect(first.out).toMatch(
      / · approved; \d+ leave later: the next at (\d{4}-\d\d-\d\d )?\d\d:\d\d \(quiet hours\)\n/,
    )
    expect(first.code).toBe(0)
    const again = await run(sample)
    expect(again.out).toMatch(/ · nothing to do now: sending; \d+ leave later/)
    expect(again.code).toBe(0)
    const told = z
      .object({ waits: z.array(z.object({ channel: z.string(), byPlan: z.boolean() })) })
      .parse(JSON.parse((await run({ ...sample, json: true })).out))
    expect(told.waits).toEqual([expect.objectContaining({ channel: 'mastodon', byPlan: true })])
  })

  it('are tried at once when somebody asks for it; an account that is stopped then ends it with 1, and is named once', async () => {
    await configure()
    await run({ ...sample, approve: true })
    const { code, out, err } = await run({ ...sample, now: true, channels: ['mastodon'] })
    expect({ code, out }).toEqual({ code: 1, out: expect.not.stringContaining('leave later') })
    expect(out).toMatch(
      / · nothing to do now: sending; \d+ still owed: mastodon 127\.0\.0\.1:\d+ is stopped: .*, next try /,
    )
    expect([out.match(/is stopped/g)?.length, err.match(/is stopped/g)?.length]).toEqual([1, 1])
    expect(out + err).not.toContain('a-token-of-mastodon')
    // The next day has no news, and the account is stopped all the same.
    const next = await run({ ...sample, date: '2026-10-17', channels: ['mastodon'] })
    expect({ code: next.code, out: next.out }).toEqual({
      code: 1,
      out: expect.stringContaining('nothing new to send; of other editions'),
    })
    expect(next.out).toMatch(/ {2}Also {6}daily\/2026-10-16: \d+ still owed: mastodon 127\.0\.0\.1:\d+ is stopped/)
    // What is wrong with one channel is not asked of a pass for another.
    expect((await run({ ...sample, channels: ['feeds'] })).code).toBe(0)
  })
})
