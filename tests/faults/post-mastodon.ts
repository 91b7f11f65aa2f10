import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asContent, type Content, type FrozenPost } from '../../channels/mastodon/content.ts'
import type { House } from '../../src/channel.ts'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { sha256 } from '../../src/domain/hash.ts'
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

/** What is owed. The first of the posts have pictures, or are corrected, or both; the last of them are taken back. */
export interface Owed {
  readonly posts: number
  /** Threads of three. */
  readonly threads: number
  readonly pictures?: number
  readonly edits?: number
  readonly deletes?: number
}

/** Stands for any file of a picture. */
export const PICTURE_BYTES = new TextEncoder().encode('as good as a picture')

/**
 * A store on disk that owes all of this to one account.
 *
 * @param account name and settings of the account.
 */
export async function postingWith(
  { posts, threads, pictures = 0, edits = 0, deletes = 0 }: Owed,
  account: { readonly name: string; readonly settings: Readonly<Record<string, unknown>> },
  clock: FastClock,
): Promise<Posting> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-posting-'))
  const path = join(folder, 'groundwire.db')
  const store = await openSqlite(path)
  await store.migrate()
  const singles = Array.from({ length: posts }, (_, at) => [
    { ...postOf(`post-${at}`), ...(at < pictures && { picture: PICTURE }) },
  ])
  const chains = Array.from({ length: threads }, (_, at) =>
    ['root', 'b', 'c'].map((part) => postOf(`thread-${at}-${part}`)),
  )
  const id = (at: number): string => `p-${String(at).padStart(3, '0')}`
  const frame = (at: number) => ({ account: account.name, of: `${CHANNEL}/${id(at)}`, part: 0 })
  const contents: Content[] = [
    ...[...singles, ...chains].map((each) => ({ kind: 'posts', account: account.name, posts: each }) as const),
    ...singles.slice(0, edits).flatMap((each, at) =>
      each.map(({ status }) => {
        const corrected = { ...status, status: `Put right. ${status.status}` }
        return { kind: 'edit', ...frame(at), at: clock.at, status: corrected } as const
      }),
    ),
    ...singles.slice(posts - deletes).map((_, at) => ({ kind: 'delete', ...frame(posts - deletes + at) }) as const),
  ]
  await store.approve(
    freezeOf(
      contents.map((_, at) => {
        const key = `${CHANNEL}/${id(at)}`
        return { key, group: key, edition: 'daily/2026-06-29', channel: CHANNEL, rendering: id(at), target: id(at) }
      }),
      {
        at: clock.at,
        renderings: contents.map((each, at) => renderingOf(CHANNEL, id(at), { content: asContent(each) })),
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
      start({
        path,
        worker,
        settings: { ...account.settings, gapMinutes: 0, mostPerDay: 100, timeoutSeconds: 1 },
        clock,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const PICTURE = { path: 'one.png', sha256: sha256(PICTURE_BYTES), mediaType: 'image/png', alt: 'A tide gauge' }

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
