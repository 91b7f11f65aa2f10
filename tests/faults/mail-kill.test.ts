import { afterAll, afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { byChance, faults, slow, startFakeResend, type Fault, type FakeResend } from '../fakes/resend.ts'
import { seeded } from '../fixtures/random.ts'
import { DAYS, printTable, publicationWith, type Pass, type Publication } from './mailing.ts'

const isLong = process.env['KILLS'] !== undefined
const READERS = isLong ? 20_000 : 1500
const KILLS = isLong ? 200 : 20
const SEED = Number(process.env['SEED'] ?? 20261016)
/** Passes that may be made beyond the killed ones until everything has left. */
const SPARE = 60

const TROUBLE: readonly Fault[] = [
  faults.acceptThenReset,
  faults.loseAnswer,
  faults.resetBefore,
  faults.resetEarly,
  faults.acceptThenHtml502,
  faults.html502,
  faults.nameless502,
  faults.acceptThenHtml200,
  faults.html429,
  faults.acceptThenHang,
  ...[20, 40, 80, 120, 200].map(slow),
]

const results: Record<string, string | number>[] = []
const open: { readonly provider: FakeResend; readonly publication: Publication }[] = []
afterEach(async () => {
  for (const { provider, publication } of open.splice(0)) {
    publication.remove()
    await provider.close()
  }
})
afterAll(() => printTable(`Mail under kill -9 (seed ${SEED})`, results))

async function begin(readers: number, resend: Readonly<Record<string, unknown>> = {}) {
  const random = seeded(SEED)
  const provider = await startFakeResend({ perSecond: 200, fault: byChance(random, isLong ? 0.4 : 0.25, TROUBLE) })
  const publication = await publicationWith(readers, {
    resend: {
      apiKey: 're_test',
      baseUrl: provider.url,
      callsPerSecond: 100,
      timeoutSeconds: 1,
      maxPayloadMegabytes: 0.3,
      ...resend,
    },
  })
  open.push({ provider, publication })
  return { provider, publication, random }
}

const book = z.object({ state: z.string(), deliveries: z.array(z.object({ state: z.string(), target: z.string() })) })

/** What the ledger says of an edition, and what the provider really took. */
async function account(publication: Publication, provider: FakeResend, editions: number) {
  const books: z.infer<typeof book>[] = []
  for (const day of DAYS.slice(0, editions)) {
    const { out } = await publication.groundwire('status', `daily/${day}`, '--json')
    books.push(book.parse(JSON.parse(out)))
  }
  const counts = publication.addresses.map((address) => provider.accepted.get(address) ?? 0)
  return {
    states: [...new Set(books.flatMap(({ state, deliveries }) => [state, ...deliveries.map((each) => each.state)]))],
    rows: books.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
    accepted: counts.reduce((sum, count) => sum + count, 0),
    twice: counts.filter((count) => count > editions).length,
    missed: counts.filter((count) => count < editions).length,
  }
}

/** Runs editions one after the other and kills at random instants until there were enough kills; then lets all end. */
async function killUntilDone(
  { publication, random }: { readonly publication: Publication; readonly random: () => number },
  workers: number,
): Promise<{ kills: number; passes: number; editions: number }> {
  let [kills, passes, edition] = [0, 0, 0]
  while (passes < KILLS + SPARE) {
    const day = DAYS[edition]
    if (day === undefined) break
    passes += 1
    const children = Array.from({ length: workers }, () => publication.run(day))
    const killing = kills < KILLS ? children.map((child) => killAt(child, 150 + 650 * random())) : []
    const ended = await Promise.all(children.map((child) => child.ended))
    for (const stop of killing) stop()
    kills += ended.filter(({ killed }) => killed).length
    if (ended.every(({ code }) => code === 0)) edition += 1
    if (kills >= KILLS && edition > 0 && ended.every(({ code }) => code === 0)) break
  }
  return { kills, passes, editions: edition }
}

function killAt(child: Pass, ms: number): () => void {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  return () => clearTimeout(timer)
}

describe('mail by Resend, with a worker that is killed and a provider that fails', () => {
  it.each([1, 2])(
    `reaches every reader exactly once (%i at once)`,
    async (workers) => {
      const world = await begin(READERS)
      const done = await killUntilDone(world, workers)
      const found = await account(world.publication, world.provider, done.editions)
      const replayed = world.provider.calls.filter((call) => call.replayed).length
      results.push({
        workers,
        readers: READERS,
        editions: done.editions,
        kills: done.kills,
        calls: world.provider.calls.length,
        'told again': replayed,
        accepted: found.accepted,
        twice: found.twice,
        missed: found.missed,
      })
      expect(done.kills).toBeGreaterThanOrEqual(KILLS)
      expect(done.editions).toBeGreaterThan(0)
      expect(found).toEqual({
        states: ['sent'],
        rows: READERS * done.editions,
        accepted: READERS * done.editions,
        twice: 0,
        missed: 0,
      })
      expect(replayed).toBeGreaterThan(0)
    },
    isLong ? 3_000_000 : 180_000,
  )

  it('finishes the calls in flight on SIGTERM, claims no more, and goes on from there', async () => {
    const { provider, publication } = await begin(600, { lanes: 3 })
    provider.setFault(() => slow(300))
    const [day] = DAYS
    const pass = publication.run(day)
    await expect.poll(() => provider.calls.length, { timeout: 20_000, interval: 10 }).toBeGreaterThanOrEqual(3)
    pass.kill('SIGTERM')
    const ended = await pass.ended
    const called = provider.calls.length
    const took = [...provider.accepted.values()].reduce((sum, count) => sum + count, 0)
    expect(ended.code).toBe(1)
    const { out } = await publication.groundwire('status', `daily/${day}`, '--json')
    const states = book.parse(JSON.parse(out)).deliveries.map(({ state }) => state)
    expect(states.filter((state) => state === 'sent')).toHaveLength(took)
    expect(states.filter((state) => state !== 'sent' && state !== 'planned')).toEqual([])
    expect(called).toBeLessThanOrEqual(6)
    provider.setFault(undefined)
    expect((await publication.run(day).ended).code).toBe(0)
    expect([...provider.accepted.values()].every((count) => count === 1)).toBe(true)
    expect(provider.accepted.size).toBe(600)
  }, 60_000)
})
