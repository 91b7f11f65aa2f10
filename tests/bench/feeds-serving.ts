import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { seeded } from '../fixtures/random.ts'
import { median, type Row } from './table.ts'

const REQUESTS = 10_000
const PATH = '/rss.xml'
const NGINX = 'nginx'
const here = fileURLToPath(new URL('serving/', import.meta.url))
const run = promisify(execFile)

interface Rival {
  readonly name: string
  readonly url: string
  stop(): void
}

/**
 * A feed of some 180 KB, packed when it was written, polled by programs that have it already and by such that have not:
 * our server against sirv, and against nginx where it is installed, over the same files. Ours asks the disk at every
 * request whether the file is still the same, sirv never does.
 */
export async function measureFeedsServing(scratch: string, rounds: number): Promise<Row[]> {
  const folder = join(scratch, 'serving')
  writeFeed(join(folder, 'public'))
  const ours = await started(spawn(process.execPath, [join(here, 'server-child.ts'), 'ours', folder]), 'ours')
  const rivals = [await started(spawn(process.execPath, [join(here, 'server-child.ts'), 'sirv', folder]), 'sirv')]
  const nginx = await startNginx(folder)
  if (nginx) rivals.push(nginx)
  try {
    const rows: Row[] = []
    for (const rival of rivals)
      for (const kind of ['304', '200'] as const) rows.push(await compare(kind, ours, rival, rounds))
    return rows
  } finally {
    for (const server of [ours, ...rivals]) server.stop()
  }
}

async function compare(kind: '304' | '200', ours: Rival, rival: Rival, rounds: number): Promise<Row> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { url }] of [ours, rival].entries()) {
      const ms = await load(url, kind)
      if (round > 0) times[index]?.push(ms)
    }
  }
  return {
    what: `${REQUESTS} answers ${kind}, gzip`,
    ms: median(times[0]),
    against: rival.name,
    thanMs: median(times[1]),
    // At least half as many in a second.
    aim: 2,
  }
}

async function load(url: string, kind: '304' | '200'): Promise<number> {
  const fields = { 'Accept-Encoding': 'gzip', ...(kind === '304' && { 'If-None-Match': await etagOf(url + PATH) }) }
  const given = [join(here, 'load-child.ts'), url + PATH, `${REQUESTS}`, kind, JSON.stringify(fields)]
  return Number((await run(process.execPath, given)).stdout)
}

function etagOf(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200 ? (response.headers.etag ?? '') : ''))
    })
    asked.on('error', reject).end()
  })
}

function writeFeed(folder: string): void {
  const next = seeded(5)
  const items = Array.from(
    { length: 2500 },
    () => `<item><title>${(next() * 1e9).toString(36)}</title><link>https://example.org/${next()}</link></item>\n`,
  )
  const text = `<?xml version="1.0"?>\n<rss version="2.0"><channel>\n${items.join('')}</channel></rss>\n`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'rss.xml.br'), brotliCompressSync(text))
  writeFileSync(join(folder, 'rss.xml.gz'), gzipSync(text))
  writeFileSync(join(folder, 'rss.xml'), text)
  // What was written just now has no date yet, and answers of another length.
  utimesSync(join(folder, 'rss.xml'), 1_700_000_000, 1_700_000_000)
}

async function started(child: ChildProcess, name: string): Promise<Rival> {
  child.stderr?.pipe(process.stderr)
  const [line] = await once(child.stdout?.setEncoding('utf8') ?? child, 'data')
  return { name, url: String(line).trim(), stop: () => child.kill() }
}

/** One worker, as ours is one process. Undefined where there is none. */
async function startNginx(folder: string): Promise<Rival | undefined> {
  try {
    execFileSync(NGINX, ['-v'], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`)
  // Else the worker would be another user, who may not look into our folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const configuration = `${user} worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http { access_log off; sendfile on; keepalive_requests 100000000; types { application/xml xml; } ${temporary.join(' ')}
server { listen 127.0.0.1:${port}; root ${folder}/public; gzip_static on; gzip_vary on;
add_header Cache-Control "public, max-age=1800"; } }`
  writeFileSync(join(folder, 'nginx.conf'), configuration)
  const child = spawn(NGINX, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 50; tries++) {
    const answers = await etagOf(url + PATH).catch(() => undefined)
    if (answers) return { name: 'nginx', url, stop: () => child.kill() }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.kill()
  return undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
