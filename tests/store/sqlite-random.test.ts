import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { Claim, Settlement, Store } from '../../src/ports.ts'
import {
  claimAll,
  editionOf,
  freezeOf,
  keysOf,
  mailingOf,
  minutesAfterNoon,
  postNamed,
  requestBy,
  subscriberNamed,
} from '../contracts/store/fixtures.ts'
import { seeded } from '../fixtures/random.ts'
import { openNewSqlite } from './open-sqlite.ts'

const STEPS = 250
const READERS = 12
const WORKERS = ['one', 'two', 'three']

/** Deliveries with what became of them. */
const OWED = '(SELECT deliveries.*, state FROM deliveries LEFT JOIN outcomes ON delivery = id)'

/** What no sequence of calls may break, each as a query for those who break it. */
const BROKEN = {
  'an open delivery whose group is closed, missing, or elsewhere in the ledger': `
    SELECT owed.key FROM ${OWED} AS owed LEFT JOIN attempt_groups ON attempt_groups.id = group_id
    WHERE owed.state IS NULL
      AND (attempt_groups.state IS NULL OR attempt_groups.state = 'done' OR owed.id NOT BETWEEN first_delivery AND last_delivery)`,
  'an open group without an open delivery': `
    SELECT key FROM attempt_groups
    WHERE state <> 'done' AND NOT EXISTS (SELECT 1 FROM ${OWED} AS owed WHERE group_id = attempt_groups.id AND owed.state IS NULL)`,
  'a group that is to be called afresh, of which something is settled': `
    SELECT key FROM attempt_groups
    WHERE state IN ('planned', 'waiting')
      AND EXISTS (SELECT 1 FROM ${OWED} AS owed WHERE group_id = attempt_groups.id AND owed.state IS NOT NULL)`,
  'an outcome of nothing that is owed':
    'SELECT delivery FROM outcomes WHERE delivery NOT IN (SELECT id FROM deliveries)',
  'a count that is not the number of rows': `
    SELECT * FROM (
      SELECT owed.edition, owed.channel, coalesce(owed.state, attempt_groups.state) AS state, count(*) AS count
      FROM ${OWED} AS owed LEFT JOIN attempt_groups ON attempt_groups.id = group_id GROUP BY 1, 2, 3
    ) FULL JOIN (SELECT * FROM ledger_counts WHERE count > 0) AS counted USING (edition, channel, state, count)
    WHERE counted.edition IS NULL OR NOT EXISTS (SELECT 1 FROM deliveries WHERE edition = counted.edition)`,
}

test.each([1, 2, 3, 4])('no sequence of calls breaks the ledger (%i)', { timeout: 60_000 }, async (seed) => {
  const { path, store, another, close } = await openNewSqlite()
  const database = new DatabaseSync(path)
  onTestFinished(async () => {
    database.close()
    await close()
  })
  const world = new World([store, await another()], seeded(seed))
  await store.addSubscribers(Array.from({ length: READERS }, (_, at) => subscriberNamed(`reader-${at}`)))
  for (let step = 0; step < STEPS; step += 1) {
    const done = await world.step()
    for (const [what, sql] of Object.entries(BROKEN))
      expect({ seed, step, done, what, broken: database.prepare(sql).all() }).toMatchObject({ broken: [] })
  }
  await world.finish()
  expect(world.wrong).toEqual([])
  expect(world.claimed).toBeGreaterThan(STEPS / 5)
})

class World {
  claimed = 0
  /** What was found that must not be. */
  readonly wrong: string[] = []
  private minute = 0
  private editions = 0
  /** What each key was ever called with. */
  private readonly calls = new Map<string, string[]>()
  /** Deliveries that may have left: called, and not known not to have. */
  private readonly gone = new Set<string>()
  private readonly held = new Map<string, Claim[]>(WORKERS.map((worker) => [worker, []]))

  private readonly stores: readonly Store[]
  private readonly random: () => number

  constructor(stores: readonly Store[], random: () => number) {
    this.stores = stores
    this.random = random
  }

  async step(): Promise<string> {
    const acts = [
      'approve',
      'claim',
      'claim',
      'claim',
      'settle',
      'settle',
      'settle',
      'leave',
      'control',
      'resolve',
    ] as const
    const act = this.one(acts)
    this.minute += this.random() < 0.3 ? 1 : 0
    await this[act]()
    return act
  }

  /** Lets everything go that may, and settles it: all that was frozen must be there. */
  async finish(): Promise<void> {
    const store = this.store()
    for (const { id } of await store.editions(1000, ['held'])) await store.release(id, this.now())
    this.minute += 1000
    for (const claim of await claimAll(store, this.request('last', WORKERS))) {
      this.take(claim)
      await store.settle(
        'last',
        new Map(keysOf(claim).map((key) => [key, { kind: 'sent', remoteId: 'x' }])),
        this.now(),
      )
    }
    if ((await store.owed()) !== 0) this.wrong.push('something is still owed')
    for (const { id } of await store.editions(1000, ['approved', 'sending']))
      if ((await store.settleEdition(id)) !== 'sent') this.wrong.push(`${id} is not at its end`)
  }

  private async approve(): Promise<void> {
    const edition = editionOf('2026-06-29', { id: `daily/${this.editions++}` })
    const posts = ['p', 'q', 'r'].map((name) =>
      postNamed(`${edition.id}/${name}`, {
        edition: edition.id,
        target: name,
        group: `posts/${edition.id}/${this.one('xy')}`,
      }),
    )
    const mailing = mailingOf({ key: `mail/${edition.id}`, perAttempt: 1 + Math.floor(this.random() * 5) })
    const documents = this.random() < 0.5 ? ['posts'] : []
    await this.store().approve(freezeOf(posts, { edition, mailings: [mailing], documents }))
  }

  private async claim(): Promise<void> {
    const worker = this.one(WORKERS)
    const others = WORKERS.filter((name) => name !== worker && this.random() < 0.1)
    const claim = await this.store().claim(this.request(worker, others))
    if (!claim) return
    this.take(claim)
    this.held.get(worker)?.push(claim)
  }

  /** Every call under a key carries the same, and nothing that may have left is called as if it were new. */
  private take(claim: Claim): void {
    this.claimed += 1
    const carried = [...claim.deliveries, ...claim.settled].map(({ key }) => key).sort()
    const before = this.calls.get(claim.group)
    if (before && before.join(' ') !== carried.join(' '))
      this.wrong.push(`${claim.group} was called with ${before.join(' ')}, and now with ${carried.join(' ')}`)
    this.calls.set(claim.group, carried)
    for (const key of carried)
      if (claim.kind === 'fresh' && this.gone.has(key))
        this.wrong.push(`${key} may have left, and is called as if it were new`)
    for (const key of carried) this.gone.add(key)
  }

  private async settle(): Promise<void> {
    const worker = this.one(WORKERS)
    const claim = this.held.get(worker)?.pop()
    if (!claim) return
    const mixed = this.random() < 0.5
    let outcome = this.outcome()
    const outcomes = new Map<string, Settlement>()
    for (const key of keysOf(claim)) {
      if (mixed) outcome = this.outcome()
      if (!mixed || this.random() < 0.95) outcomes.set(key, outcome)
    }
    const mine = new Map((await this.store().ledger({})).map((entry) => [entry.key, entry]))
    await this.store().settle(worker, outcomes, this.now())
    const now = new Map((await this.store().ledger({})).map((entry) => [entry.key, entry]))
    for (const [key, { kind }] of outcomes)
      if (kind === 'later' && mine.get(key)?.state === 'claimed' && now.get(key)?.state === 'waiting')
        this.gone.delete(key)
  }

  private outcome(): Settlement {
    const notBefore = minutesAfterNoon(this.minute + Math.floor(this.random() * 3))
    return this.one<Settlement>([
      { kind: 'sent', remoteId: 'r' },
      { kind: 'rejected', reason: 'no' },
      { kind: 'later', reason: 'busy', notBefore },
      { kind: 'later', reason: 'busy', notBefore },
      { kind: 'unknown', reason: 'reset', notBefore },
      { kind: 'review', reason: 'look' },
    ])
  }

  private async leave(): Promise<void> {
    const id = `reader-${Math.floor(this.random() * READERS)}`
    if (this.random() < 0.5) await this.store().unsubscribe(id, 'by link', this.now())
    else await this.store().renewConsent(id, 'asked again', this.now())
  }

  private async control(): Promise<void> {
    const id = `daily/${Math.floor(this.random() * this.editions)}`
    const act = this.random()
    if (act < 0.4) await this.store().hold(id, 'wait')
    else if (act < 0.9) await this.store().release(id, this.now())
    else await this.store().cancel(id, 'withdrawn', this.now())
    if (await this.store().edition(id)) await this.store().settleEdition(id)
  }

  private async resolve(): Promise<void> {
    const entries = await this.store().ledger({ states: ['review', 'unknown', 'rejected', 'claimed', 'sent'] })
    if (entries.length === 0) return
    const { key, edition } = this.one(entries)
    const resolution = this.one(['sent', 'retry', 'drop'] as const)
    await this.store().resolve(this.random() < 0.7 ? { delivery: key } : { edition }, resolution, 'a word', this.now())
    // What a person has tried anew is known to them not to have left.
    for (const entry of await this.store().ledger({ states: ['planned'] })) this.gone.delete(entry.key)
  }

  private request(worker: string, gone: readonly string[]): Parameters<Store['claim']>[0] {
    return requestBy(worker, { now: this.now(), gone })
  }

  private now(): Date {
    return minutesAfterNoon(this.minute)
  }

  private store(): Store {
    return this.one(this.stores)
  }

  private one<T>(of: ArrayLike<T>): T {
    const chosen = of[Math.floor(this.random() * of.length)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }
}
