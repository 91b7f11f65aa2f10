import { onTestFinished } from 'vitest'
import { accountsOf, type MastodonSettings, mastodonSettings } from '../../../../channels/mastodon/settings.ts'
import { asContent, type Content, type FrozenPost } from '../../../../channels/mastodon/content.ts'
import { findMastodon, sendMastodon } from '../../../../channels/mastodon/remote/send.ts'
import type { Context } from '../../../../channels/mastodon/remote/job.ts'
import type { House } from '../../../../src/channel.ts'
import type { Outcome } from '../../../../src/domain/delivery.ts'
import { sha256 } from '../../../../src/domain/hash.ts'
import type { Notes } from '../../../../src/ports.ts'
import { createApi } from '../../../../src/world/api.ts'
import { startFakeMastodon, TOKEN, type FakeMastodon } from '../../../fakes/mastodon.ts'
import type { MastodonRules } from '../../../fakes/mastodon-state.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { testNotes } from '../../../fixtures/notes.ts'
import { channelPorts } from '../../../fixtures/ports.ts'
import { testLog } from '../../../fixtures/store.ts'

export const ACCOUNT = 'news@fake.example'

export const house: House = {
  publication: {
    name: 'Morning Check',
    description: '',
    url: 'https://morningcheck.example',
    language: 'en',
    zone: 'UTC',
    address: '',
  },
  publicUrl: 'https://morningcheck.example',
  secret: 'a secret for tests alone',
  installation: 'house1',
}

/** A server, an account on it, and a worker; a new worker shares what is durable. */
export interface World {
  readonly server: FakeMastodon
  readonly clock: TestClock
  readonly log: ReturnType<typeof testLog>
  readonly values: Map<string, string>
  readonly settings: MastodonSettings
  send(content: Content, how?: How): Promise<Outcome>
  find(content: Content, how?: How): Promise<Outcome | undefined>
}

export interface How {
  readonly key?: string
  readonly doubts?: number
  readonly notes?: Notes
  readonly signal?: AbortSignal
  readonly token?: string
  /** Another instance than the world's. */
  readonly url?: string
  /** The attempt group; by default the delivery's key. */
  readonly group?: string
}

export const PICTURE = new TextEncoder().encode('as good as a picture')
const api = createApi({ userAgent: 'groundwire/test' })

export async function newWorld(
  rules: Partial<MastodonRules> = {},
  over: Readonly<Record<string, unknown>> = {},
): Promise<World> {
  const clock = testClock()
  const server = await startFakeMastodon({ clock, ...rules })
  onTestFinished(() => server.close())
  const log = testLog()
  const values = new Map<string, string>()
  const base = {
    url: server.url,
    accessToken: TOKEN,
    account: ACCOUNT,
    gapMinutes: 0,
    mostPerDay: 100,
    timeoutSeconds: 5,
  }
  const settings = mastodonSettings.parse({ ...base, ...over })
  const contextOf = ({ notes = testNotes(values), token = TOKEN, url = server.url }: How): Context => {
    const used = mastodonSettings.parse({ ...base, ...over, accessToken: token, url })
    const refused = () => Promise.reject(new Error('not for this test'))
    const files = {
      write: refused,
      read: refused,
      list: refused,
      stamp: () => undefined,
      readBytes: async (path: string) => (path === 'pictures/one.png' ? PICTURE : undefined),
    }
    const ports = channelPorts({ clock, api, log, notes, files })
    return { settings: used, accounts: accountsOf(used), ports, house, how: { atOnce: false } }
  }
  return {
    server,
    clock,
    log,
    values,
    settings,
    async send(content, how = {}) {
      const [outcome] = await sendMastodon(
        { key: deliveryOf(how).group, rendering: renderingOf(content), deliveries: [deliveryOf(how)], settled: [] },
        contextOf(how),
        how.signal ?? new AbortController().signal,
      )
      if (!outcome) throw new Error('there is no outcome')
      return outcome
    },
    find: (content, how = {}) =>
      findMastodon(deliveryOf(how), renderingOf(content), contextOf(how), new AbortController().signal),
  }
}

function deliveryOf({ key = 'mastodon/one', group = key, doubts = 0 }: How) {
  return {
    key,
    group,
    edition: 'daily/2026-06-29',
    channel: 'mastodon',
    rendering: 'one',
    target: 'one',
    state: 'claimed' as const,
    attempts: doubts + 1,
    doubts,
  }
}

function renderingOf(content: Content) {
  const text = asContent(content)
  return {
    channel: 'mastodon',
    id: 'one',
    identity: 'one',
    title: 'One',
    mediaType: 'application/json',
    content: text,
    hash: sha256(text),
    page: '',
    measures: [],
    findings: [],
    mayLeave: true,
  }
}

/** What is frozen for one item: `itemPost('tides')`. */
export function itemPost(name: string, more: Partial<FrozenPost> = {}): FrozenPost {
  const href = `https://morningcheck.example/news/${name}.html?a=1&b=2`
  return {
    items: [href],
    href,
    status: {
      status: `About ${name} & “the sea”\n\nRead: ${href}\nSource: https://doi.org/10.1000/${name}`,
      language: 'en',
      visibility: 'public',
    },
    ...more,
  }
}

export function posts(...each: readonly FrozenPost[]): Content & { kind: 'posts' } {
  return { kind: 'posts', account: ACCOUNT, posts: each }
}

/** @param at when the editor said it. */
export function editOf(of: string, text: string, part = 0, at = '2026-06-29T05:00:00.000Z'): Content {
  return {
    kind: 'edit',
    account: ACCOUNT,
    of,
    part,
    at,
    status: { status: text, language: 'en', visibility: 'public' },
  }
}

export function deleteOf(of: string, part = 0): Content {
  return { kind: 'delete', account: ACCOUNT, of, part }
}

export const withPicture = {
  picture: { path: 'pictures/one.png', sha256: sha256(PICTURE), mediaType: 'image/png', alt: 'A tide gauge' },
}

/** Tries again, a minute and a half later each time, as the ledger does, until there is an end. */
export async function untilSettled(world: World, content: Content, how: How = {}, tries = 12): Promise<Outcome> {
  let outcome = await world.send(content, how)
  for (let doubts = (how.doubts ?? 0) + 1; doubts < tries && !isEnd(outcome); doubts += 1) {
    world.clock.advance(90_000)
    outcome = await world.send(content, { ...how, doubts })
  }
  return outcome
}

export function isEnd({ kind }: Outcome): boolean {
  return kind === 'sent' || kind === 'rejected'
}

/** The process ends at the `at`-th durable step: before it is done, or just after. */
export class Killed extends Error {}
export function killedAt(values: Map<string, string>, at: number, when: 'before' | 'after'): Notes {
  const notes = testNotes(values)
  let step = 0
  const dying = async <T>(act: () => Promise<T>): Promise<T> => {
    step += 1
    if (step > at || (step === at && when === 'before')) throw new Killed('killed')
    const done = await act()
    if (step === at) throw new Killed('killed')
    return done
  }
  return {
    recall: (name) => (step >= at ? Promise.reject(new Killed('killed')) : notes.recall(name)),
    remember: (name, propose) => dying(() => notes.remember(name, propose)),
    replace: (name, before, after) => dying(() => notes.replace(name, before, after)),
  }
}
