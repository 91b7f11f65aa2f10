import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Terminal } from '../../src/main/terminal.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { fakeChannel, onePerEdition, type FakeChannel } from '../fixtures/channel.ts'
import { testClock } from '../fixtures/clock.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, never, news, runInput } from '../pipeline/fixture.ts'

export const ID = 'daily/2026-06-29'

/** A data folder as a run leaves it, for commands that open it by themselves. */
export interface Desk {
  readonly folder: string
  readonly email: FakeChannel
  readonly posts: FakeChannel
  pass(over?: Partial<RunInput>): Promise<RunReport>
  /** Looks at, or changes, the store of the folder. */
  withStore<T>(act: (store: Store) => Promise<T>): Promise<T>
  discard(): void
}

export async function openEditorsDesk(subscribers = 3): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-editor-'))
  const path = join(folder, 'groundwire.db')
  await (await testStore({ subscribers, path })).close()
  const email = fakeChannel('email', { audience: 'subscribers', perAttempt: 100, renderings: onePerEdition })
  const posts = fakeChannel('posts')
  const withStore = async <T>(act: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openSqlite(path)
    try {
      return await act(store)
    } finally {
      await store.close()
    }
  }
  return {
    folder,
    email,
    posts,
    withStore,
    pass: (over = {}) =>
      withStore((store) => {
        const input = runInput(fakeSource(news('tides')), [email, posts], over)
        return run({ clock: testClock(), store, log: testLog() }, input, () => undefined, never)
      }),
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export interface TestTerminal extends Terminal {
  /** What went to standard output, one entry a write. */
  readonly written: string[]
  readonly said: string[]
}

export function testTerminal(folder: string): TestTerminal {
  const written: string[] = []
  const said: string[] = []
  return {
    written,
    said,
    environment: { GROUNDWIRE_SECRET: 'a secret for tests alone' },
    folder,
    isTerminal: false,
    out: (text) => written.push(text),
    err: (text) => said.push(text),
  }
}

/** Options that every command takes, for this folder. */
export function common(folder: string): {
  readonly config: undefined
  readonly data: string
  readonly source: undefined
  readonly json: boolean
} {
  return { config: undefined, data: folder, source: undefined, json: false }
}
