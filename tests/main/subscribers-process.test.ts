import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'groundwire-subscribers-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function start(...words: readonly string[]) {
  const child = spawn(process.execPath, [cli, 'subscribers', ...words], { cwd: root, env: {} })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...said }))
  return { child, ended }
}

describe('subscribers as a process of its own', () => {
  it('imports what is piped into it, and ends quietly when nobody reads its export to the end', async () => {
    const importing = start('import', '-', '--consent', 'c')
    importing.child.stdin.end(Array.from({ length: 20_000 }, (_, at) => `reader-${at}@reader.example\n`).join(''))
    expect(await importing.ended).toEqual({ code: 0, out: '20,000 added\n', err: '' })

    const whole = await start('export').ended
    expect(whole.out.split('\n')).toHaveLength(20_002)

    const cut = start('export')
    cut.child.stdout.once('data', () => cut.child.stdout.destroy())
    expect(await cut.ended).toMatchObject({ code: 0, err: '' })
  })

  it('stops waiting for input when it is told to', async () => {
    const { child, ended } = start('import', '-', '--consent', 'c', '--data', 'other')
    child.stdin.write('x@@y.example\n')
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    expect(await ended).toEqual({
      code: 1,
      out: expect.stringMatching(/^line 1: /),
      err: 'groundwire: Stopped. What was begun is in the store; the next run goes on from there.\n',
    })
  })
})
