import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { House } from '../../src/channel.ts'
import { contentHash, type Item } from '../../src/domain/item.ts'
import { composeDefaults } from '../../src/pipeline/compose.ts'
import type { MakeSettings } from '../../src/pipeline/make.ts'
import type { RunInput } from '../../src/pipeline/run.ts'
import type { Source, SourceEvent, StoredItem, Validators } from '../../src/ports.ts'
import { openSource } from '../../src/sources/index.ts'
import type { FakeChannel } from '../fixtures/channel.ts'
import { sampleItem, samplePublication } from '../fixtures/edition.ts'

export const zone = samplePublication.zone

export const house: House = {
  publication: samplePublication,
  publicUrl: 'https://news.example',
  secret: 'secret',
  installation: 'here',
}

export const never = new AbortController().signal

/** An item of a day with an address and words of its own: `https://morningcheck.example/news/<name>.html`. */
export function news(name: string, published = '2026-06-29', over: Partial<Item> = {}): Item {
  return sampleItem({
    url: `https://morningcheck.example/news/${name}.html`,
    title: `All about ${name}`,
    summary: `What is known about ${name}.`,
    published,
    sources: [{ url: `https://arxiv.org/abs/${name}` }],
    links: [],
    ...over,
  })
}

/** An undated piece: `https://morningcheck.example/learn/<name>.html`. */
export function lesson(name: string, over: Partial<Item> = {}): Item {
  const { published: _, ...item } = news(name, '', { section: 'learn', ...over })
  return { ...item, url: `https://morningcheck.example/learn/${name}.html` }
}

/** An item as the store gives it, first seen and unchanged since the morning of its day. */
export function stored(item: Item, over: Partial<StoredItem> = {}): StoredItem {
  const seen = '2026-06-29T04:00:00.000Z'
  return {
    item,
    hash: contentHash(item),
    source: 'memory',
    state: item.published === undefined ? 'undated' : 'new',
    ...(item.published !== undefined && { day: item.published.slice(0, 10) }),
    position: 0,
    firstSeenAt: seen,
    changedAt: seen,
    ...over,
  }
}

export interface FakeSource extends Source {
  /** What the next reading says. */
  says(...items: readonly Item[]): void
  tells(...events: readonly SourceEvent[]): void
  /** Validators that each reading was asked with. */
  readonly asked: Validators[]
}

/** A source that says what it is told to, and completes with the ETag of its last change. */
export function fakeSource(...items: readonly Item[]): FakeSource {
  let events: readonly SourceEvent[] = []
  let version = 0
  const asked: Validators[] = []
  const source: FakeSource = {
    id: 'memory',
    asked,
    async *read(validators) {
      asked.push(validators)
      yield* events
    },
    tells: (...told) => {
      events = told
    },
    says: (...said) => {
      version += 1
      events = [about, ...said.map((item) => ({ kind: 'item', item }) as const), end({ etag: `"${version}"` })]
    },
  }
  source.says(...items)
  return source
}

const about: SourceEvent = { kind: 'about', about: { title: 'The Morning Check', url: 'https://morningcheck.example' } }

export function end(validators: Validators, over: { complete?: boolean; unchanged?: boolean } = {}): SourceEvent {
  return { kind: 'end', complete: true, unchanged: false, validators, ...over }
}

export const brokenOff: readonly SourceEvent[] = [
  { kind: 'problem', finding: { severity: 'error', code: 'source-broken', message: 'The source broke off.' } },
  end({ etag: '"broken off"' }, { complete: false }),
]

export function settingsFor(...channels: readonly FakeChannel[]): MakeSettings {
  return {
    compose: composeDefaults,
    channels: channels.map((channel) => ({ channel, settings: {} })),
    source: 'memory',
  }
}

function sendersOf(...channels: readonly FakeChannel[]): ReadonlyMap<string, ReturnType<FakeChannel['sender']>> {
  return new Map(channels.map((channel) => [channel.id, channel.sender()]))
}

/** A run of `daily/2026-06-29` that approves by itself. */
export function runInput(
  source: Source,
  channels: readonly FakeChannel[],
  over: Partial<Omit<RunInput, 'source'>> = {},
): RunInput {
  return {
    source,
    schedule: { id: 'daily', at: '07:00' },
    date: '2026-06-29',
    zone,
    lateMs: 12 * 3_600_000,
    settings: settingsFor(...channels),
    houseFor: () => house,
    sendersFor: () => sendersOf(...channels),
    approval: 'auto',
    draft: 'anew',
    dryRun: false,
    worker: { name: 'worker-1', isGone: () => false },
    ...over,
  }
}

const realFile = new URL('../../../shared/data/ground-truth-llms-full.txt', import.meta.url)
export const hasRealData = existsSync(realFile)

/** The publication that groundwire was first built for, where its text lies beside the checkout. */
export function realSource(): Source {
  return openSource(
    { location: fileURLToPath(realFile), maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000 },
    { http: { get: () => Promise.reject(new Error('no network in tests')) } },
  )
}

export async function realItems(): Promise<Item[]> {
  const items: Item[] = []
  for await (const event of realSource().read({})) if (event.kind === 'item') items.push(event.item)
  return items
}
