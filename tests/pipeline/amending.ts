import type { AmendInput, RenderContext } from '../../src/channel.ts'
import type { AmendmentKind } from '../../src/domain/amendment.ts'
import type { Item } from '../../src/domain/item.ts'
import type { Rendering } from '../../src/domain/rendering.ts'
import { amend, type Amended } from '../../src/pipeline/amend.ts'
import { run, type RunInput, type RunReport } from '../../src/pipeline/run.ts'
import type { LedgerEntry } from '../../src/domain/delivery.ts'
import type { Store } from '../../src/ports.ts'
import { fakeChannel, onePerEdition, rendering, type FakeChannel } from '../fixtures/channel.ts'
import { testClock, type TestClock } from '../fixtures/clock.ts'
import type { Edition } from '../../src/domain/edition.ts'
import { testLog, testStore } from '../fixtures/store.ts'
import { fakeSource, house, never, runInput, settingsFor } from './fixture.ts'

export const NOW = '2026-06-30T09:00:00.000Z'

/** A publication with a mail, a timeline and a feed, whose editions leave on their days at 07:00. */
export interface Press {
  readonly store: Store
  readonly clock: TestClock
  readonly mail: FakeChannel
  readonly posts: FakeChannel
  readonly files: FakeChannel
  /** A pass for the edition of that day, with what its source lists then. */
  pass(date: string, items: readonly Item[], over?: Partial<RunInput>): Promise<RunReport>
  say(kind: AmendmentKind, url: string, note: string, dryRun?: boolean): Promise<Amended>
  ledger(edition: string): Promise<LedgerEntry[]>
}

export async function openPress(subscribers = 2): Promise<Press> {
  const store = await testStore({ subscribers })
  const clock = testClock()
  const mail = fakeChannel('mail', { audience: 'subscribers', perAttempt: 100, renderings: onePerEdition })
  const posts = fakeChannel('posts', { amend: onePerPost })
  const files = fakeChannel('files', {
    document: true,
    renderings: async (edition, context) => [await feed(edition, context)],
    amend: async (_, edition, context) => [await feed(edition, context)],
  })
  const all = [mail, posts, files]
  return {
    store,
    clock,
    mail,
    posts,
    files,
    pass(date, items, over = {}) {
      clock.set(`${date}T05:00:00.000Z`)
      const input = runInput(fakeSource(...items), all, { date, ...over })
      return run({ clock, store, log: testLog() }, input, () => undefined, never)
    },
    say: (kind, url, note, dryRun = false) =>
      amend({ store, clock }, { kind, url, note }, house, settingsFor(...all), dryRun),
    ledger: (edition) => store.ledger({ edition }),
  }
}

/** An answer to, or the end of, each post about the item; what has no post of its own for it is left alone. */
function onePerPost({ amendment, posted }: AmendInput): Rendering[] {
  return posted
    .filter((one) => one.rendering.item === amendment.url && one.edition.amends === undefined)
    .map(({ delivery }, at) =>
      rendering(
        `${at + 1}`,
        `${amendment.id} ${delivery.key}`,
        `${amendment.kind} of ${delivery.key}: ${amendment.note}`,
        {
          item: amendment.url,
        },
      ),
    )
}

/** One line an item: what it is called, when it changed, and what was put right. */
async function feed(edition: Edition, { published }: RenderContext): Promise<Rendering> {
  const recent = await published.itemsOf(published.items.map(({ url }) => url))
  const lines = recent.map(({ item, updated, corrections = [] }) =>
    [item.title, updated, ...corrections.map(({ note }) => note)].join(' | '),
  )
  return rendering('feed', `feed@${edition.id}`, lines.join('\n'))
}
