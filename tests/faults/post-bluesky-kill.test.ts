import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Edition } from '../../src/domain/edition.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { startFaultProxy, type FaultProxy } from '../fixtures/fault-proxy.ts'
import { seeded } from '../fixtures/random.ts'
import { pdsProblem, startPds, type Pds, type PdsRecord } from '../servers/pds/start.ts'
import { printTable } from './mailing.ts'
import { disturb, killUntilDone, type Killed, type Killing } from './post-killing.ts'
import { cardOf, postingTo, refsOf, type Posting } from './post-world.ts'

const isLong = process.env['KILLS'] !== undefined
const ITEMS = 60
const KILLS = isLong ? 100 : 15
const SEED = Number(process.env['SEED'] ?? 20260629)
const TIMEOUT_MS = isLong ? 3_000_000 : 300_000

/** Edition `n` of so many items that no other edition has. */
function editionOf(n: number, stories: number): Edition {
  const edition = sampleEdition({ stories, briefs: 0, id: `daily/${n}` })
  return {
    ...edition,
    stories: edition.stories.map((item) => ({ ...item, url: item.url.replace('item-', `item-${n}-`) })),
  }
}

describe.skipIf(await pdsProblem())('posts on Bluesky, with a worker that is killed and a network that fails', () => {
  const results: Record<string, string | number>[] = []
  let pds: Pds
  let proxy: FaultProxy
  let postings: Posting[] = []

  beforeAll(async () => {
    proxy = await startFaultProxy()
  })
  afterEach(async () => {
    for (const posting of postings) posting.remove()
    postings = []
    proxy.setPlan(undefined)
    await pds.close()
  })
  afterAll(async () => {
    await proxy.close()
    printTable(`Bluesky under kill -9 (seed ${SEED})`, results)
  })

  async function begin(settings: Readonly<Record<string, unknown>>, pictures = 0): Promise<Killing> {
    // The DID document names the proxy, so that nothing goes past it.
    pds = await startPds({ publicUrl: proxy.url })
    proxy.to(pds.url)
    const posting = await postingTo(pds, proxy, settings, pictures)
    postings.push(posting)
    return { proxy, posting, random: seeded(SEED) }
  }

  const records = (): Promise<PdsRecord[]> => pds.records(pds.accounts[0].did)

  function note(what: string, done: Killed, expected: number, found: number, from: number): void {
    const passed = proxy.passed.slice(from)
    results.push({
      what,
      kills: done.kills,
      passes: done.passes,
      requests: passed.length,
      disturbed: passed.filter(({ fault }) => fault && fault.ends !== 'answer').length,
      'sign-ins': passed.filter(({ path }) => path.endsWith('createSession')).length,
      expected,
      found,
    })
  }

  it.each([1, 2])(
    `puts ${ITEMS} items out exactly once (workers at once: %i)`,
    async (workers) => {
      const world = await begin({}, 4)
      const { posting } = world
      const from = proxy.passed.length
      const began = posting.clock.now().getTime()
      await posting.approve(editionOf(0, ITEMS))
      disturb(world, 0.35)
      const done = await killUntilDone(world, {
        kills: KILLS,
        workers,
        requests: (ITEMS * 1.2) / KILLS,
        refill: (times) => posting.approve(editionOf(times, ITEMS)),
      })
      const expected = ITEMS * (done.refills + 1)
      const found = await records()
      note(`item posts, ${workers} at once`, done, expected, found.length, from)
      expect(done.kills).toBeGreaterThanOrEqual(KILLS)
      expect(found.map(({ value }) => cardOf(value)).toSorted()).toEqual(
        Array.from({ length: done.refills + 1 }, (_, n) => editionOf(n, ITEMS).stories)
          .flat()
          .map(({ url }) => url)
          .toSorted(),
      )
      const dates = found.map(({ value }) => Date.parse(String(value['createdAt'])))
      expect(Math.min(...dates)).toBeGreaterThanOrEqual(began)
      expect(Math.max(...dates)).toBeLessThanOrEqual(posting.clock.now().getTime())
      await expectLedger(posting, found)
    },
    TIMEOUT_MS,
  )

  it(
    'puts a thread out whole or not at all',
    async () => {
      const [THREADS, LENGTH] = [isLong ? 30 : 6, 8]
      const world = await begin({ posts: 'thread', pictures: false })
      const { posting } = world
      const from = proxy.passed.length
      for (let n = 0; n < THREADS; n += 1) await posting.approve(editionOf(n, LENGTH))
      disturb(world, 0.35)
      const done = await killUntilDone(world, {
        kills: isLong ? KILLS : 10,
        requests: (THREADS * 4) / (isLong ? KILLS : 10),
        refill: (times) => posting.approve(editionOf(THREADS + times, LENGTH)),
        check: async () => expectWholeThreads(await records(), LENGTH + 1),
      })
      const found = await records()
      const expected = (THREADS + done.refills) * (LENGTH + 1)
      note(`threads of ${LENGTH + 1}`, done, expected, found.length, from)
      expect(found).toHaveLength(expected)
      expectWholeThreads(found, LENGTH + 1)
    },
    TIMEOUT_MS,
  )

  it.each(['item', 'thread'])(
    'puts nothing out twice when its store was lost and made anew (%s)',
    async (posts) => {
      const world = await begin({ posts, pictures: false })
      const edition = editionOf(0, 12)
      await world.posting.approve(edition)
      expect(await world.posting.pass().ended).toMatchObject({ code: 0 })
      const before = await records()
      const anew = await postingTo(pds, proxy, { posts, pictures: false })
      postings.push(anew)
      await anew.approve(edition)
      disturb(world, 0.3)
      await killUntilDone({ ...world, posting: anew }, { kills: 3, requests: 3 })
      expect(await records()).toEqual(before)
      await expectLedger(anew, before)
    },
    TIMEOUT_MS,
  )
})

/** Every delivery was sent, and is known under the name of a record that is there. */
async function expectLedger(posting: Posting, found: readonly PdsRecord[]): Promise<void> {
  const store = await posting.store()
  const entries = await store.ledger({})
  await store.close()
  expect([...new Set(entries.map(({ state }) => state))]).toEqual(['sent'])
  const uris = new Set(found.map(({ uri }) => uri))
  expect(entries.filter(({ remoteId }) => remoteId === undefined || !uris.has(remoteId))).toEqual([])
}

/** The parts of every thread, each of which names what it answers by the CID that is really there. */
function expectWholeThreads(found: readonly PdsRecord[], length: number): void {
  const cids = new Map(found.map(({ uri, cid }) => [uri, cid]))
  const replies = found.filter(({ value }) => 'reply' in value)
  const threads = Map.groupBy(replies, ({ value }) => refsOf(value)?.root.uri)
  expect([...threads.values()].map((parts) => parts.length + 1).filter((parts) => parts !== length)).toEqual([])
  expect(threads.size + replies.length).toBe(found.length)
  for (const { value } of replies)
    for (const { uri, cid } of Object.values(refsOf(value) ?? {})) expect(cids.get(uri)).toBe(cid)
}
