import { type Attempt, type ChannelPorts, type House } from '../../../../src/channel.ts'
import type { LedgerEntry, Outcome } from '../../../../src/domain/delivery.ts'
import { sha256 } from '../../../../src/domain/hash.ts'
import { createApi } from '../../../../src/world/api.ts'
import { blueskyChannel } from '../../../../channels/bluesky/index.ts'
import { asContent, type Content, type FrozenPost } from '../../../../channels/bluesky/content.ts'
import { blueskySettings } from '../../../../channels/bluesky/settings.ts'
import { samplePublication } from '../../../fixtures/edition.ts'
import { channelPorts } from '../../../fixtures/ports.ts'
import type { FakePds } from '../../../fakes/pds.ts'

export const house: House = {
  publication: samplePublication,
  publicUrl: 'https://morningcheck.example',
  secret: 'a secret for tests alone',
  installation: 'test',
}

export const ACCOUNT = 'tidewatch.test'
const never = new AbortController().signal

/** A picture that files can be asked for. */
const PICTURE = new TextEncoder().encode('a picture')
export const picture = {
  path: 'pictures/one.png',
  sha256: sha256(PICTURE),
  mediaType: 'image/png',
  width: 1200,
  height: 630,
}
const pictureFiles: ChannelPorts['files'] = {
  write: () => Promise.reject(new Error('not for this test')),
  read: async () => undefined,
  readBytes: async (path) => (path === picture.path ? PICTURE : undefined),
  list: async () => [],
  stamp: () => undefined,
}

/** One account's post about an item, with a card. */
export function postOf(item: string, over: Partial<FrozenPost> = {}): FrozenPost {
  const url = `https://morningcheck.example/news/${item}.html`
  const external = { uri: url, title: item, description: '' }
  return {
    items: [url],
    seed: `${ACCOUNT} ${url}`,
    at: '2026-06-29T04:00:00.000Z',
    record: {
      $type: 'app.bsky.feed.post',
      text: `${item}, checked.`,
      langs: ['en'],
      embed: { $type: 'app.bsky.embed.external', external },
    },
    ...over,
  }
}

export function posts(...all: FrozenPost[]): Content {
  return { kind: 'posts', account: ACCOUNT, posts: all }
}

/** An attempt to deliver; `doubts` when an earlier one may have left. */
function attemptOf(content: Content, over: Partial<LedgerEntry> = {}): Attempt {
  const key = over.key ?? 'bluesky/one'
  const delivery: LedgerEntry = {
    key,
    group: key,
    edition: 'daily/2026-06-29',
    channel: 'bluesky',
    rendering: '01-one',
    target: 'https://morningcheck.example/news/one.html',
    state: 'claimed',
    attempts: 1,
    doubts: 0,
    ...over,
  }
  const rendering = {
    id: '01-one',
    identity: key,
    title: 'One',
    mediaType: 'application/json',
    content: asContent(content),
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
    channel: 'bluesky',
    hash: '',
  }
  return { key, rendering, deliveries: [delivery], settled: [] }
}

export interface Worker {
  send(content: Content, over?: Partial<LedgerEntry>): Promise<Outcome>
}

/** A process that knows nothing but what its ports remember. */
export function startWorker(
  { url, password }: Pick<FakePds, 'url' | 'password'>,
  over: Partial<ChannelPorts> = {},
  { atOnce = true, settings = {} }: { atOnce?: boolean; settings?: Record<string, unknown> } = {},
): Worker {
  const ports = channelPorts({ api: createApi({ userAgent: 'groundwire/test' }), files: pictureFiles, ...over })
  const account = { service: url, identifier: ACCOUNT, appPassword: password, timeoutSeconds: 5 }
  const sender = blueskyChannel.open(blueskySettings.parse({ ...account, ...settings }), ports, house, { atOnce })
  return {
    async send(content, entry) {
      const [outcome, ...more] = await sender.send(attemptOf(content, entry), never)
      if (!outcome || more.length > 0) throw new Error('not one outcome')
      return outcome
    },
  }
}
