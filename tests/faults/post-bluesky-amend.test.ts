import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { contentSchema } from '../../channels/bluesky/content.ts'
import { blueskyChannel } from '../../channels/bluesky/index.ts'
import type { Item } from '../../src/domain/item.ts'
import { sampleEdition } from '../fixtures/edition.ts'
import { faults, startFaultProxy, type FaultProxy } from '../fixtures/fault-proxy.ts'
import { seeded } from '../fixtures/random.ts'
import { pdsProblem, startPds, type Pds, type PdsRecord } from '../servers/pds/start.ts'
import { disturb, killUntilDone, type Killing } from './post-killing.ts'
import { house, openPorts, postingTo, refsOf, type Posting } from './post-world.ts'

const isLong = process.env['KILLS'] !== undefined
const KILLS = isLong ? 60 : 8
const SEED = Number(process.env['SEED'] ?? 20260630)
const TIMEOUT_MS = isLong ? 3_000_000 : 300_000

describe.skipIf(await pdsProblem())(
  'what is said of posts on Bluesky later, under kill -9 and a network that fails',
  () => {
    const edition = sampleEdition({ stories: 10, briefs: 0 })
    const [first, second, third, ...others] = edition.stories
    if (!first || !second || !third) throw new Error('the edition has three items at least')
    let pds: Pds
    let proxy: FaultProxy
    let posting: Posting

    beforeAll(async () => {
      proxy = await startFaultProxy()
    })
    afterEach(async () => {
      posting.remove()
      proxy.setPlan(undefined)
      await pds.close()
    })
    afterAll(async () => proxy.close())

    async function begin(settings: Readonly<Record<string, unknown>> = {}): Promise<Killing> {
      pds = await startPds({ publicUrl: proxy.url })
      proxy.to(pds.url)
      posting = await postingTo(pds, proxy, { pictures: false, ...settings })
      await posting.approve(edition)
      return { proxy, posting, random: seeded(SEED) }
    }

    const records = (): Promise<PdsRecord[]> => pds.records(pds.accounts[0].did)
    const about = (all: readonly PdsRecord[], { url }: Item): PdsRecord[] =>
      all.filter(({ value }) => JSON.stringify(value).includes(`"uri":"${url}"`) && !('reply' in value))

    it(
      'says every correction once, as an answer to the post it corrects',
      async () => {
        const world = await begin()
        expect(await posting.pass().ended).toMatchObject({ code: 0 })
        const corrected = [first, second, third, ...others]
        const originals = await records()
        for (const item of corrected) await posting.amend('correction', item, `One figure of ${item.url} was wrong`)
        disturb(world, 0.35)
        const again = async (times: number): Promise<void> => posting.amend('correction', first, `Once more: ${times}`)
        const { refills } = await killUntilDone(world, { kills: KILLS, requests: 2, refill: again })
        const replies = (await records()).filter(({ value }) => 'reply' in value)
        expect(replies).toHaveLength(corrected.length + refills)
        for (const item of corrected) {
          const [original] = about(originals, item)
          const own = replies.filter(({ value }) => String(value['text']).includes(`One figure of ${item.url}`))
          expect(own.map(({ value }) => refsOf(value)?.parent)).toEqual([{ uri: original?.uri, cid: original?.cid }])
        }
        // Nothing of what was posted has changed.
        expect((await records()).filter(({ value }) => !('reply' in value))).toEqual(originals)
      },
      TIMEOUT_MS,
    )

    it(
      'corrects a post that is still to leave only after it has left',
      async () => {
        const world = await begin()
        await posting.amend('correction', second, 'A figure was wrong')
        disturb(world, 0.3)
        await killUntilDone(world, { kills: 3, requests: 3 })
        const all = await records()
        expect(all).toHaveLength(edition.stories.length + 1)
        const reply = all.find(({ value }) => 'reply' in value)
        expect(refsOf(reply?.value)?.parent.uri).toBe(about(all, second)[0]?.uri)
      },
      TIMEOUT_MS,
    )

    it(
      'takes posts back for good, whatever is sent again',
      async () => {
        const world = await begin()
        expect(await posting.pass().ended).toMatchObject({ code: 0 })
        const gone = edition.stories.slice(0, 7)
        const kept = edition.stories.slice(7)
        for (const item of gone) await posting.amend('retraction', item, 'It was not so')
        disturb(world, 0.4)
        const { kills } = await killUntilDone(world, { kills: KILLS, requests: 1 })
        expect(kills).toBeGreaterThan(0)
        const left = await records()
        expect(left).toHaveLength(kept.length)
        expect(gone.flatMap((item) => about(left, item))).toEqual([])

        proxy.setPlan(undefined)
        expect((await sendAllAgain(posting)).toSorted()).toEqual([
          ...gone.map(() => 'delete: sent'),
          ...gone.map(() => 'posts: rejected'),
          ...kept.map(() => 'posts: sent'),
        ])
        expect(await records()).toEqual(left)
      },
      TIMEOUT_MS,
    )

    it(
      'takes back a post of which nobody knows whether it has left',
      async () => {
        await begin()
        // The worker is killed while its first post lies with a network that delivers late.
        proxy.setPlan(({ path }) => (path.endsWith('putRecord') ? { ...faults.resetThenAct, ms: 1500 } : undefined))
        const from = proxy.passed.length
        const pass = posting.pass()
        await expect
          .poll(() => proxy.passed.slice(from).some(({ path }) => path.endsWith('putRecord')), { timeout: 20_000 })
          .toBe(true)
        pass.kill()
        await pass.ended
        proxy.setPlan(undefined)
        await posting.amend('retraction', first, 'It was not so')
        // All else goes; deletions go on until no call can be under way any more.
        expect((await posting.pass().ended).code).toBe(1)
        await proxy.settled()
        expect(about(await records(), first)).toHaveLength(1)
        const passLater = () => {
          posting.leap(10 * 60_000)
          return posting.pass().ended
        }
        await expect.poll(passLater, { timeout: 30_000 }).toMatchObject({ code: 0 })
        const left = await records()
        expect(about(left, first)).toEqual([])
        expect(left).toHaveLength(edition.stories.length - 1)
      },
      TIMEOUT_MS,
    )

    it(
      'takes one part out of a thread and leaves the others',
      async () => {
        const world = await begin({ posts: 'thread' })
        expect(await posting.pass().ended).toMatchObject({ code: 0 })
        await posting.amend('retraction', second, 'It was not so')
        disturb(world, 0.3)
        await killUntilDone(world, { kills: 3, requests: 1 })
        const left = await records()
        expect(left).toHaveLength(edition.stories.length)
        expect(left.filter(({ value }) => JSON.stringify(value).includes(`"uri":"${second.url}"`))).toEqual([])
      },
      TIMEOUT_MS,
    )
  },
)

/** Makes every call once more, as if its answer had been lost; what becomes of each, in words. */
async function sendAllAgain(posting: Posting): Promise<string[]> {
  const { data, settings, clock } = posting
  const store = await posting.store()
  try {
    const parsed = blueskyChannel.settings.parse(settings)
    const sender = blueskyChannel.open(parsed, openPorts({ data, clock, store }), house)
    const seen: string[] = []
    for (const { id } of await store.editions(100)) {
      const renderings = new Map((await store.renderings(id)).map((one) => [one.id, one]))
      for (const delivery of await store.ledger({ edition: id })) {
        const rendering = renderings.get(delivery.rendering)
        if (!rendering) throw new Error(`${delivery.key} has no rendering`)
        const attempt = { key: delivery.group, rendering, deliveries: [{ ...delivery, doubts: 1 }], settled: [] }
        const [outcome] = await sender.send(attempt, AbortSignal.timeout(10_000))
        const { kind } = contentSchema.parse(JSON.parse(rendering.content))
        seen.push(`${kind}: ${outcome?.kind ?? 'nothing'}`)
      }
    }
    await sender.close?.()
    return seen
  } finally {
    await store.close()
  }
}
