import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asContent, type FrozenPost } from '../../channels/mastodon/content.ts'
import type { House } from '../../src/channel.ts'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { editionOf, freezeOf, renderingOf } from '../contracts/store/fixtures.ts'
import type { FastClock } from './post-mastodon-clock.ts'

const script = fileURLToPath(new URL('post-mastodon-child.ts', import.meta.url))
const CHANNEL = 'mastodon'

export const POSTING_HOUSE: House = {
  publication: editionOf('2026-06-29').publication,
  publicUrl: 'https://paper.example',
  secret: 'a secret for tests alone',
  installation: 'house1',
}

export interface Posting {
  readonly path: string
  ledger(): Promise<LedgerEntry[]>
  /** Ends when nothing is owed, or when it is killed. */
  run(worker: string): Pass
  remove(): void
}

export interface Pass {
  readonly ready: Promise<void>
  readonly ended: Promise<{ readonly killed: boolean; readonly code: number | null; readonly err: string }>
  kill(): void
}

/**
 * A store on disk that owes so many single posts and so many threads of three to one account.
 *
 * @param account name and settings of the account.
 */
export async function postingWith(
  { posts, threads }: { readonly posts: number; readonly threads: number },
  account: { readonly name: string; readonly settings: Readonly<Record<string, unknown>> },
  clock: FastClock,
): Promise<Posting> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-posting-'))
  const path = join(folder, 'groundwire.db')
  const store = await openSqlite(path)
  await store.migrate()
  const singles = Array.from({ length: posts }, (_, at) => [postOf(`post-${at}`)])
  const chains = Array.from({ length: threads }, (_, at) =>
    ['root', 'b', 'c'].map((part) => postOf(`thread-${at}-${part}`)),
  )
  const contents = [...singles, ...chains]
  const id = (at: number): string => `p-${String(at).padStart(3, '0')}`
  await store.approve(
    freezeOf(
      contents.map((_, at) => {
        const key = `${CHANNEL}/${id(at)}`
        return { key, group: key, edition: 'daily/2026-06-29', channel: CHANNEL, rendering: id(at), target: id(at) }
      }),
      {
        at: clock.at,
        renderings: contents.map((each, at) => {
          const content = asContent({ kind: 'posts', account: account.name, posts: each })
          return renderingOf(CHANNEL, id(at), { content })
        }),
      },
    ),
  )
  await store.close()
  return {
    path,
    async ledger() {
      const open = await openSqlite(path)
      try {
        return await open.ledger({})
      } finally {
        await open.close()
      }
    },
    run: (worker) =>
      start({ path, worker, settings: { ...account.settings, gapMinutes: 0, timeoutSeconds: 1 }, clock }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function postOf(name: string): FrozenPost {
  const href = `https://paper.example/${name}.html?from=here&to=there`
  const status = `About ${name}\n\nRead: ${href}\nSource: https://doi.org/10.1000/${name}`
  return { items: [href], href, status: { status, language: 'en', visibility: 'public' } }
}

function start(given: Readonly<Record<string, unknown>>): Pass {
  const child = spawn(process.execPath, [script, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ready = Promise.withResolvers<void>()
  let err = ''
  child.stdout.once('data', () => ready.resolve())
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  const ended = new Promise<Awaited<Pass['ended']>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      ready.resolve()
      resolve({ killed: signal === 'SIGKILL', code, err })
    })
  })
  return { ready: ready.promise, ended, kill: () => void child.kill('SIGKILL') }
}
