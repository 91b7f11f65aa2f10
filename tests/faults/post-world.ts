import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import type { ChannelPorts, House, RenderContext } from '../../src/channel.ts'
import { amendmentSchema, type AmendmentKind } from '../../src/domain/amendment.ts'
import { editionItems, type Edition } from '../../src/domain/edition.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Picture } from '../../src/domain/picture.ts'
import { approve } from '../../src/pipeline/approve.ts'
import { mayLeave, postedOf } from '../../src/pipeline/posted.ts'
import { frozen, render, type ConfiguredChannel } from '../../src/pipeline/render.ts'
import type { Clock, Store } from '../../src/ports.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { createApi } from '../../src/world/api.ts'
import { createFiles } from '../../src/world/files.ts'
import { createLog } from '../../src/world/log.ts'
import { createOutbox } from '../../src/world/outbox.ts'
import { samplePublication } from '../fixtures/edition.ts'
import type { FaultProxy } from '../fixtures/fault-proxy.ts'
import type { Pds } from '../servers/pds/start.ts'
import { nothingPublished } from '../../src/channel/published.ts'

/** What a pass is told; see `post-bluesky-child.ts`. */
export interface PassOrder {
  readonly data: string
  readonly settings: unknown
  /** Milliseconds since 1970. */
  readonly began: number
  /** How far the clock was put forward since, in its own milliseconds. */
  readonly ahead: number
}

export const house: House = {
  publication: samplePublication,
  publicUrl: 'https://morningcheck.example',
  secret: 'a secret for tests alone',
  installation: 'tests',
}

/** Time goes so many times as fast for those who post: none of the waits between two tries is really waited for. */
const SPEED = 30

/** The same in every process: a multiple of the time since it began. */
export function fastClock(began: number, ahead: () => number): Clock {
  return {
    now: () => new Date(began + (Date.now() - began) * SPEED + ahead()),
    deadline: (ms) => AbortSignal.timeout(Math.ceil(ms / SPEED)),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms / SPEED)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}

/** What a channel may use, with time-outs that go as fast as the clock. Warnings go to stderr. */
export function openPorts({
  data,
  clock,
  store,
}: {
  readonly data: string
  readonly clock: Clock
  readonly store: Store
}): ChannelPorts & { readonly store: Store } {
  const inFastTime = <Request extends { readonly timeoutMs: number }>(request: Request): Request => ({
    ...request,
    timeoutMs: Math.ceil(request.timeoutMs / SPEED),
  })
  const real = createApi({ userAgent: 'groundwire/tests' })
  const files = createFiles(data)
  return {
    clock,
    http: { get: () => Promise.reject(new Error('nothing is read from outside')) },
    api: {
      get: (request, signal) => real.get(inFastTime(request), signal),
      post: (request, signal) => real.post(inFastTime(request), signal),
    },
    files,
    outbox: createOutbox(files),
    notes: store,
    log: createLog({ write: (text: string) => process.stderr.write(text) }, 'warn'),
    store,
  }
}

export interface PostEnded {
  readonly code: number | null
  readonly killed: boolean
  readonly err: string
}

export interface PostPass {
  readonly ended: Promise<PostEnded>
  kill(): void
}

export interface Posting {
  readonly data: string
  readonly clock: Clock
  readonly settings: unknown
  store(): Promise<Store>
  /** Lets an edition go; nothing leaves yet. */
  approve(edition: Edition): Promise<void>
  /** Says something of an item that was let go before. */
  amend(kind: AmendmentKind, item: Item, note: string): Promise<void>
  /** A worker that carries out what is owed, as a process of its own. */
  pass(): PostPass
  /** Puts the clock forward, for passes to come. */
  leap(ms: number): void
  remove(): void
}

/** A publication on disk that posts to the first account of a PDS, by way of a proxy. */
export async function postingTo(
  pds: Pds,
  proxy: FaultProxy,
  over: Readonly<Record<string, unknown>> = {},
  pictures = 0,
): Promise<Posting> {
  const data = mkdtempSync(join(tmpdir(), 'groundwire-posting-'))
  const began = Date.now()
  let ahead = 0
  const clock = fastClock(began, () => ahead)
  const [{ handle, appPassword }] = pds.accounts
  const settings = blueskyChannel.settings.parse({
    service: proxy.url,
    identifier: handle,
    appPassword,
    gapMinutes: 0,
    mostPerDay: 100,
    timeoutSeconds: 30,
    ...over,
  })
  const channel: ConfiguredChannel = { channel: blueskyChannel, settings }
  const open = (): Promise<Store> => openSqlite(join(data, 'groundwire.db'))
  const within = async (act: (store: Store) => Promise<void>): Promise<void> => {
    const store = await open()
    await store.migrate()
    try {
      await act(store)
    } finally {
      await store.close()
    }
  }
  await within(async () => undefined)
  return {
    data,
    clock,
    settings,
    store: open,
    approve: (edition) =>
      within(async (store) => {
        const first = editionItems(edition).slice(0, pictures)
        const gathered = { known: new Map(), pictures: new Map(first.map(({ url }) => [url, pictureFor(data, url)])) }
        const renderings = await render(edition, [channel], { house, published: nothingPublished }, gathered)
        if (renderings.some((one) => !one.mayLeave)) throw new Error('a post that may not leave')
        if (!(await approve({ store, clock }, { edition, renderings, findings: [] }, [channel])))
          throw new Error('not approved')
      }),
    amend: (kind, item, note) => within((store) => amend({ store, clock }, channel, { kind, item, note })),
    pass: () => startPass({ data, settings, began, ahead }),
    leap: (ms) => void (ahead += ms),
    remove: () => rmSync(data, { recursive: true, force: true }),
  }
}

async function amend(
  ports: { readonly store: Store; readonly clock: Clock },
  configured: ConfiguredChannel,
  { kind, item, note }: { readonly kind: AmendmentKind; readonly item: Item; readonly note: string },
): Promise<void> {
  const at = ports.clock.now().toISOString()
  const id = `${kind}/2026-06-30-${createHash('sha256').update(`${item.url} ${note}`).digest('hex').slice(0, 8)}`
  const amendment = amendmentSchema.parse({ id, kind, url: item.url, title: item.title, note, at })
  const said = (await ports.store.amendments({ url: item.url })).map((one) => one.id)
  const posted = await postedOf(ports.store, item.url, () => true)
  const edition: Edition = {
    ...emptyEdition(id, kind, at),
    subject: `About ${item.title}`,
    amends: { amendment, item },
  }
  const context: RenderContext = { house, published: nothingPublished }
  const input = { amendment, item, posted: posted.filter(({ delivery }) => mayLeave(delivery)) }
  const renderings = await blueskyChannel.amend?.(
    input,
    edition,
    context,
    blueskyChannel.settings.parse(configured.settings),
  )
  const all = (renderings ?? []).map((rendering) => frozen('bluesky', rendering))
  if (!(await approve(ports, { edition, renderings: all, findings: [] }, [configured], said)))
    throw new Error(`${id} was not approved`)
}

function emptyEdition(id: string, schedule: string, at: string): Edition {
  return {
    id,
    schedule,
    date: '2026-06-30',
    plannedAt: at,
    source: 'memory',
    publication: samplePublication,
    subject: '',
    preheader: '',
    intro: '',
    stories: [],
    briefs: [],
    background: [],
  }
}

const ref = z.object({ uri: z.string(), cid: z.string() })
const card = z.object({ embed: z.object({ external: z.object({ uri: z.string() }) }) })

/** Where the card of a post leads. */
export function cardOf(value: unknown): string {
  return card.parse(value).embed.external.uri
}

/** What a post answers; undefined when it is no reply. */
export function refsOf(value: unknown): { root: z.infer<typeof ref>; parent: z.infer<typeof ref> } | undefined {
  return z.object({ reply: z.object({ root: ref, parent: ref }).optional() }).parse(value).reply
}

/** Not much of a picture, but the bytes of one. */
function pictureFor(data: string, url: string): Picture {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(url)])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const path = `pictures/${sha256}.jpg`
  mkdirSync(join(data, 'pictures'), { recursive: true })
  writeFileSync(join(data, path), bytes)
  const shape = { width: 1200, height: 630, bytes: bytes.byteLength, alt: 'A tide gauge' }
  return { ...shape, path, sha256, mediaType: 'image/jpeg', origin: 'item', preview: 'data:image/jpeg;base64,/9j/4A==' }
}

function startPass(order: PassOrder): PostPass {
  const file = join(order.data, 'order.json')
  writeFileSync(file, JSON.stringify(order))
  const script = fileURLToPath(new URL('post-bluesky-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, file], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  const ended = new Promise<PostEnded>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, killed: signal === 'SIGKILL', err }))
  })
  return { ended, kill: () => void child.kill('SIGKILL') }
}

export function readOrder(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
