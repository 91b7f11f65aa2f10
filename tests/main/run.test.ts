import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../src/main/run.ts'
import { common, testTerminal } from './editor.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwire-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function run(): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const terminal = testTerminal(folder)
  const words = { date: undefined, channels: undefined, approve: false, now: false, dryRun: false }
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
