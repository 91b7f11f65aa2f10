import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parseCommand } from '../../src/cli.ts'
import { subscribersCommand } from '../../src/main/subscribers.ts'
import type { Terminal } from '../../src/main/terminal.ts'
import type { Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { testClock } from '../fixtures/clock.ts'

export const NOW = '2026-06-29T05:00:00.000Z'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Office {
  readonly data: string
  /** `groundwire subscribers …` as it would be typed, with standard input. */
  subscribers(words: readonly string[], input?: string | Uint8Array): Promise<Said>
  /** A file to import; its path. */
  file(content: string | Uint8Array): string
  withStore<T>(act: (store: Store) => Promise<T>): Promise<T>
  discard(): void
}

/** A data folder without a store yet. */
export function openOffice(): Office {
  const root = mkdtempSync(join(tmpdir(), 'groundwire-subscribers-'))
  const data = join(root, 'data')
  return {
    data,
    async subscribers(words, input = '') {
      const parsed = parseCommand(['subscribers', ...words, '--data', data])
      if (parsed.kind !== 'command' || parsed.command.kind !== 'subscribers') throw new Error(JSON.stringify(parsed))
      let out = ''
      let err = ''
      const terminal: Terminal = {
        environment: {},
        folder: root,
        isTerminal: false,
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        input: Readable.from([Buffer.from(input)]),
      }
      const code = await subscribersCommand(parsed.command, terminal, new AbortController().signal, testClock(NOW))
      return { code, out, err }
    },
    file(content) {
      const path = join(root, 'readers.csv')
      writeFileSync(path, content)
      return path
    },
    async withStore(act) {
      const store = await openSqlite(join(data, 'groundwire.db'))
      try {
        await store.migrate()
        return await act(store)
      } finally {
        await store.close()
      }
    },
    discard: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Everybody in the store, by address. */
export async function readers(office: Office): Promise<Record<string, object>> {
  const found: [string, object][] = []
  await office.withStore(async (store) => {
    for await (const { id: _opaque, address, ...reader } of store.subscribers()) found.push([address, reader])
  })
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
