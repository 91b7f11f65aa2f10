import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Files } from '../../src/ports.ts'
import type { WebDeps } from '../../src/web/app.ts'
import { serve } from '../../src/web/serve.ts'
import { createFiles } from '../../src/world/files.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { sampleApp } from './fixture.ts'

export const RSS = `<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Prüfung</title>${'<item/>'.repeat(99)}</channel></rss>\n`
/** When `publish` says that it wrote, to the second. */
export const WRITTEN = 'Mon, 29 Jun 2026 04:30:00 GMT'

export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** The readers' pages on a port, over a data folder of their own. */
export interface FeedSite {
  readonly url: string
  readonly files: Files
  readonly folder: string
  readonly clock: TestClock
  /** As a poller asks: nothing is unpacked, no redirect followed. */
  ask(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Got>
  /** Siblings first, as the channel does. */
  publish(path: string, text: string, written?: string): Promise<void>
  close(): Promise<void>
}

export async function feedSite(over: Partial<WebDeps> = {}): Promise<FeedSite> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwire-feeds-'))
  const files = createFiles(folder)
  const clock = testClock()
  const { url, close } = await serve(sampleApp({ mode: 'start', files, clock, ...over }), { port: 0 })
  return {
    url,
    files,
    folder,
    clock,
    ask: (path, headers = {}, method = 'GET') => ask(url, path, headers, method),
    async publish(path, text, written = WRITTEN) {
      mkdirSync(dirname(join(folder, 'public', path)), { recursive: true })
      await files.write(`public/${path}.br`, brotliCompressSync(text))
      await files.write(`public/${path}.gz`, gzipSync(text))
      await files.write(`public/${path}`, text)
      const seconds = Date.parse(written) / 1000
      utimesSync(join(folder, 'public', path), seconds, seconds + 0.25)
    },
    async close() {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ask(url: string, path: string, headers: Readonly<Record<string, string>>, method: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(url)
    const asked = request({ host, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}
