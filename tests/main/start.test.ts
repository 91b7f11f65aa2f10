import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it, vi } from 'vitest'
import { startCommand } from '../../src/main/start.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwire-start-test-'))
const stop = new AbortController()
afterEach(() => {
  stop.abort()
  rmSync(folder, { recursive: true, force: true })
})

// Taken as any other publication: its name is known only when it was read.
const SOURCE = fileURLToPath(new URL('../../sample/llms-full.txt', import.meta.url))

it('serves the desk on a port of its own, under the name that the source turns out to have, and closes both', async () => {
  let said = ''
  const terminal = {
    environment: { GROUNDWIRE_SOURCE: SOURCE },
    folder,
    isTerminal: false,
    out: (text: string) => (said += text),
    err: (text: string) => (said += text),
  }
  const command = { kind: 'start', config: undefined, source: undefined, data: 'data', json: false, port: 0 } as const
  const ended = startCommand(command, terminal, stop.signal)
  const [readers, desk] = await vi.waitFor(() => {
    const found = /Readers: (http:\S+?);.*? (http:\S+?)\/desk;/.exec(said)
    if (!found) throw new Error(`no addresses yet: ${said}`)
    return [String(found[1]), String(found[2])] as const
  }, 20_000)
  await vi.waitFor(async () => expect(await (await fetch(`${desk}/desk`)).text()).toContain('Tidewatch'), 20_000)
  expect(await (await fetch(`${readers}/`)).text()).toContain('Tidewatch')
  expect((await fetch(`${readers}/desk`)).status).toBe(404)
  expect(desk).toMatch(/^http:\/\/127\.0\.0\.1:/)
  stop.abort()
  expect(await ended).toBe(0)
  for (const url of [readers, desk]) await expect(fetch(url)).rejects.toThrow('fetch failed')
})
