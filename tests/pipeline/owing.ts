import type { LedgerEntry } from '../../src/domain/delivery.ts'
import { deliver, type Progress } from '../../src/pipeline/deliver.ts'
import { plan } from '../../src/pipeline/plan.ts'
import { render } from '../../src/pipeline/render.ts'
import type { Sender } from '../../src/channel.ts'
import type { Store } from '../../src/ports.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import { fakeChannel, onePerEdition, type FakeChannel, type FakeChannelOptions } from '../fixtures/channel.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { house, never, settingsFor } from './fixture.ts'
import { nothingPublished } from '../../src/channel/published.ts'

export const START = '2026-06-29T05:00:00.000Z'
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** A store with five readers, and what a test wants to do with its ledger. */
export interface Owing {
  readonly clock: TestClock
  readonly store: Store
  readonly log: ReturnType<typeof testLog>
  channel(id: string, options?: FakeChannelOptions): FakeChannel
  /** Mail to the five readers, three in each attempt. */
  mail(options?: FakeChannelOptions): FakeChannel
  /** Approves an edition of three items, so that every channel owes it. */
  owe(...channels: readonly FakeChannel[]): Promise<void>
  pass(
    channels: readonly Pick<FakeChannel, 'id' | 'sender'>[],
    options?: { worker?: string; gone?: readonly string[]; signal?: AbortSignal },
  ): Promise<Progress[]>
  ledger(channel: string): Promise<LedgerEntry[]>
  /** `sent sent waiting`, in the order of planning. */
  states(channel: string): Promise<string>
}

export async function owing(): Promise<Owing> {
  const clock = testClock(START)
  const store = await testStore({ subscribers: 5 })
  const log = testLog()

  const channel: Owing['channel'] = (id, options) => fakeChannel(id, { now: () => clock.now(), ...options })
  const ledger: Owing['ledger'] = async (id) =>
    (await store.ledger({ edition: 'daily/2026-06-29' })).filter((entry) => entry.channel === id)
  return {
    clock,
    store,
    log,
    channel,
    mail: (options) =>
      channel('mail', { audience: 'subscribers', perAttempt: 3, renderings: onePerEdition, ...options }),
    async owe(...channels) {
      const edition = sampleEdition({ stories: 3, briefs: 0, background: 0 })
      const { channels: configured } = settingsFor(...channels)
      const renderings = await render(edition, configured, { house, published: nothingPublished })
      const planned = plan(edition, configured, renderings, new Date(edition.plannedAt))
      await store.approve({ edition, findings: [], at: START, renderings, documents: [], ...planned })
    },
    async pass(channels, { worker = 'worker-1', gone = [], signal = never } = {}) {
      const steps: Progress[] = []
      const me = { name: worker, isGone: (name: string) => gone.includes(name) }
      const senders = new Map(channels.map((each) => [each.id, each.sender()]))
      await deliver({ clock, store, log }, senders, me, (step) => steps.push(step), signal)
      return steps
    },
    ledger,
    states: async (id) => (await ledger(id)).map(({ state }) => state).join(' '),
  }
}

/** The same channel with another way to send or to look. */
export function acting(channel: FakeChannel, over: Partial<Sender>): Pick<FakeChannel, 'id' | 'sender'> {
  return { id: channel.id, sender: () => ({ ...channel.sender(), ...over }) }
}

export const copies = (of: FakeChannel): number[] => [...of.accepted.values()]
