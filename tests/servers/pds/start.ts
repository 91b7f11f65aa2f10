import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { installPds } from './install.ts'

/** First start of the server on a busy machine; usually some 3 s. */
const START_MS = 60_000

/** An account of the server, with all that it takes to post as it. */
export interface PdsAccount {
  readonly did: string
  readonly handle: string
  readonly appPassword: string
}

export interface PdsRecord {
  readonly uri: string
  readonly cid: string
  readonly value: Readonly<Record<string, unknown>>
}

export interface Pds {
  /** Where it listens: `http://localhost:2583`. */
  readonly url: string
  /** In the order in which they were asked for. */
  readonly accounts: readonly [PdsAccount, ...PdsAccount[]]
  /** All of one account, the newest key first. */
  records(did: string, collection?: string): Promise<PdsRecord[]>
  close(): Promise<void>
}

let problem: Promise<string | undefined> | undefined

/**
 * Why no PDS can run here, or undefined when one can: `describe.skipIf(await pdsProblem())('…')`. The first call on a
 * machine installs it (some 15 s, 190 MB). Says so on stderr, so that nothing is skipped in silence.
 */
export function pdsProblem(): Promise<string | undefined> {
  problem ??= installPds().then(
    () => undefined,
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      process.stderr.write(`\nPDS TESTS SKIPPED: no AT Protocol PDS can run here: ${reason}\n`)
      return reason
    },
  )
  return problem
}

/**
 * A real PDS as a process of its own, empty but for these accounts. The caller closes it; it ends with its parent anyway.
 *
 * @param options.accounts first labels of handles: `tidewatch` is `tidewatch.test`. Some are reserved, `news` among them.
 * @param options.publicUrl the address that its DID documents name, which is where clients go after they have signed in;
 * by default where it listens.
 */
export async function startPds({
  accounts = ['tidewatch'],
  publicUrl,
}: { readonly accounts?: readonly string[]; readonly publicUrl?: string } = {}): Promise<Pds> {
  await installPds()
  const script = fileURLToPath(new URL('serve.mjs', import.meta.url))
  const child = fork(script, publicUrl === undefined ? [] : [publicUrl], {
    execArgv: [],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NODE_ENV: 'test' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  try {
    const url = await addressOf(child)
    const [first, ...others] = await Promise.all(accounts.map((name) => createAccount(url, name)))
    if (!first) throw new Error('a PDS for tests needs an account')
    return {
      url,
      accounts: [first, ...others],
      records: (did, collection = 'app.bsky.feed.post') => recordsOf(url, did, collection),
      close: () => end(child),
    }
  } catch (error) {
    await end(child)
    throw error
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let said = ''
  child.stderr?.on('data', (bytes: Buffer) => (said = `${said}${bytes.toString()}`.slice(-2000)))
  child.once('message', (message) => resolve(z.object({ url: z.string() }).parse(message).url))
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`the PDS ended with code ${code}: ${said}`)))
  const timer = setTimeout(() => reject(new Error(`the PDS was not up within ${START_MS} ms: ${said}`)), START_MS)
  return promise.finally(() => clearTimeout(timer))
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(timer)
}

async function createAccount(url: string, name: string): Promise<PdsAccount> {
  const handle = `${name}.test`
  const session = z.object({ did: z.string(), accessJwt: z.string() }).parse(
    await call(`${url}/xrpc/com.atproto.server.createAccount`, {
      handle,
      email: `${name}@reader.example`,
      password: `the password of ${name}`,
    }),
  )
  const created = await call(
    `${url}/xrpc/com.atproto.server.createAppPassword`,
    { name: 'groundwire' },
    session.accessJwt,
  )
  return { did: session.did, handle, appPassword: z.object({ password: z.string() }).parse(created).password }
}

const page = z.object({
  cursor: z.string().optional(),
  records: z.array(z.object({ uri: z.string(), cid: z.string(), value: z.record(z.string(), z.unknown()) })),
})

async function recordsOf(url: string, repo: string, collection: string): Promise<PdsRecord[]> {
  const found: PdsRecord[] = []
  for (let cursor: string | undefined; ;) {
    const query = new URLSearchParams({ repo, collection, limit: '100', ...(cursor !== undefined && { cursor }) })
    const { records, cursor: next } = page.parse(
      await call(`${url}/xrpc/com.atproto.repo.listRecords?${query.toString()}`),
    )
    found.push(...records)
    if (next === undefined || records.length === 0) return found
    cursor = next
  }
}

/** One call; with a body it is a POST. */
async function call(url: string, body?: unknown, token?: string): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
